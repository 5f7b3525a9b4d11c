"""Check the program's own parts: the model, face alignment, video files, speed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2
import numpy as np

from emoapp.alignment.align import align, crop_transform
from emoapp.classifiers import open_classifier
from emoapp.classifiers.description import sha256_of
from emoapp.crop_template import FER2013_TEMPLATE
from emoapp.detectors import Detector, open_detector
from emoapp.diagnostics.doctor.findings import OK, PROBLEM, WARNING, Finding
from emoapp.images import as_image
from emoapp.pipeline import Pipeline
from emoapp.platforms import clock
from emoapp.sinks import open_recorder
from emoapp.sources import open_source
from emoapp.types import Box, Face
from emoapp.utils.resources import DEMO_CLIP, DETECTION

ENLARGEMENT = 6
"""The known crop is put into an image at this many times its size."""

TILT_DEG = 15.0

MIN_CORRELATION = 0.98
"""Between the known crop and the one cut out of the image; a shift of one pixel yields 0.95."""

TEMPLATE_POINTS = np.array(
    [FER2013_TEMPLATE.eye_left, FER2013_TEMPLATE.eye_right, FER2013_TEMPLATE.mouth]
)
"""Eyes and mouth of the crop template, (3, 2), x, y in pixels of the crop."""

MAX_POINT_DISTANCE_PX = 1.5
"""Distance of eyes and mouth from the template in pixels of the crop: no face is the average."""

CODEC_FRAMES, CODEC_FPS, CODEC_SIZE_WH = 10, 25.0, (320, 180)

MAX_CODEC_ERROR = 6
"""Difference of a gray level, of 255, after writing and reading."""

SPEED_S, WARM_UP_FRAMES = 1.0, 10

MAX_FRAME_MS = 33.0
"""Time per frame of a camera with 30 frames per second."""

REINSTALL = "Install emoapp again: a file that ships with it was changed."


def check_model(model: Path | None = None) -> Finding:
    """Check whether the model has the SHA-256 of its description, and runs.

    Args:
        model: The classifier's file or folder; None for the shipped model.
    """
    with open_classifier(model, device="cpu") as classifier:
        size = classifier.description.crop_template.size
        (row,) = classifier.classify(np.full((1, size, size), 128, np.uint8))
        if not np.isfinite(row).all():
            return Finding(PROBLEM, "the model gives no numbers", REINSTALL)
        known = "as described" if classifier.description.sha256 else "without a checksum"
        return Finding(OK, f"{known}, knows {', '.join(classifier.labels)}")


def check_detector() -> Finding:
    """Check the detector's files by SHA-256, and its eyes and mouth against the crop template."""
    changed = [
        name
        for checksum, name in map(str.split, (DETECTION / "SHA256SUMS").open(encoding="ascii"))
        if sha256_of(DETECTION / name) != checksum
    ]
    if changed:
        return Finding(PROBLEM, f"{', '.join(changed)}: damaged (its SHA-256 differs)", REINSTALL)
    with open_detector() as detector:
        image, face = _demo_face(detector)
    if face.eyes is None or face.mouth is None:
        return Finding(WARNING, f"{detector.name} is used, which finds no eyes", REINSTALL)
    to_crop = crop_transform(face)
    points = np.vstack([face.eyes, face.mouth]) @ to_crop[:, :2].T + to_crop[:, 2]
    away = float(np.linalg.norm(points - TEMPLATE_POINTS, axis=1).max())
    if away > MAX_POINT_DISTANCE_PX:
        return Finding(PROBLEM, f"an eye is {away:.1f} pixels from its place", REINSTALL)
    return Finding(OK, f"{detector.name} finds the demo's eyes, {away:.1f} pixels from their place")


def check_crops() -> Finding:
    """Check whether a training crop that is pasted into an image is cut out unchanged."""
    with open_detector() as detector:
        image, face = _demo_face(detector)
    (crop,) = align(image, [face])
    picture, face = _pasted(crop)
    (again,) = align(picture, [face])
    alike = float(np.corrcoef(crop.ravel(), again.ravel())[0, 1])
    if alike < MIN_CORRELATION:
        return Finding(PROBLEM, f"faces are cut out wrongly (correlation {alike:.3f})", REINSTALL)
    return Finding(OK, f"live crops are those of training (correlation {alike:.3f})")


def _demo_face(detector: Detector) -> tuple[np.ndarray, Face]:
    """Return the demo clip's first image and the face in it."""
    with open_source(DEMO_CLIP) as source:
        image = next(iter(source)).image
    return image, detector.detect(image)[0]


def _pasted(crop: np.ndarray) -> tuple[np.ndarray, Face]:
    """Paste a crop, enlarged and tilted, into an image; return both the image and the face."""
    size = crop.shape[0]
    side = 2 * ENLARGEMENT * size
    to_picture = cv2.getRotationMatrix2D((size / 2, size / 2), TILT_DEG, ENLARGEMENT)
    to_picture[:, 2] += side / 2 - size / 2
    # OpenCV counts from the center of the first pixel, positions from its corner.
    from_centers = to_picture.copy()
    from_centers[:, 2] += to_picture[:, :2] @ (0.5, 0.5) - 0.5
    picture = cv2.warpAffine(
        crop, from_centers, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    points = np.float32(TEMPLATE_POINTS @ to_picture[:, :2].T + to_picture[:, 2])
    box = Box(side / 4, side / 4, 3 * side / 4, 3 * side / 4)
    face = Face(box, 1.0, eyes=points[:2], mouth=points[2])
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), face


def check_video_files() -> Finding:
    """Check whether a recording can be written, and is the same when read."""
    width, height = CODEC_SIZE_WH
    grays = [60 + 12 * number for number in range(CODEC_FRAMES)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test.mp4"
        with open_recorder(path, fps=CODEC_FPS, size_wh=CODEC_SIZE_WH) as recorder:
            for index, gray in enumerate(grays):
                picture = as_image(np.full((height, width, 3), gray, np.uint8))
                recorder.write(picture, index / CODEC_FPS)
        with open_source(path) as source:
            read = [(frame.t, float(frame.image.mean())) for frame in source]
    if len(read) != len(grays):
        return Finding(PROBLEM, f"{len(grays)} frames written, {len(read)} read", REINSTALL)
    late = max(abs(t - index / CODEC_FPS) for index, (t, _) in enumerate(read))
    off = max(abs(gray - mean) for gray, (_, mean) in zip(grays, read, strict=True))
    if late > 1e-3 or off > MAX_CODEC_ERROR:
        return Finding(PROBLEM, f"off by {late:.3f} s and {off:.0f} of 255 in gray", REINSTALL)
    return Finding(OK, "H.264 is written and read as it was")


def check_speed(model: Path | None = None) -> Finding:
    """Measure the time per frame of the demo clip, 1280x720 with one face, for about a second.

    Window and drawing are left out.

    Args:
        model: The classifier's file or folder; None for the shipped model.
    """
    milliseconds = []
    with (
        Pipeline(open_detector(), open_classifier(model, device="cpu")) as pipeline,
        open_source(DEMO_CLIP, loop=True) as source,
    ):
        ends = clock.now() + SPEED_S
        for frame in source:
            milliseconds.append(sum(pipeline.process(frame).ms.values()))
            if clock.now() > ends and len(milliseconds) > WARM_UP_FRAMES:
                break
    ms = float(np.median(milliseconds[WARM_UP_FRAMES:]))
    found = f"{ms:.1f} ms a frame of 1280x720 with one face"
    if ms > MAX_FRAME_MS:
        return Finding(
            WARNING, found, "Close other programs, or take smaller pictures: --size 640x480."
        )
    return Finding(OK, found)
