"""BlazeFace does what MediaPipe does: its parts by themselves, and both on the same pictures."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import zipfile

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from support.faces import portrait
from support.paths import ROOT, SHARED
from support.programs import run_python

from emoapp.detectors import blazeface, open_detector
from emoapp.detectors.blazeface import FILE, BlazeFace, letterbox
from emoapp.detectors.nms import weighted_nms
from emoapp.errors import EmoappError
from emoapp.images import BgrImage
from emoapp.sources import open_source
from emoapp.utils.geometry import iou
from emoapp.utils.resources import DETECTION


def test_the_network_is_that_of_the_checksum_and_of_a_wheel_it_is_taken_from(tmp_path):
    listed = dict(reversed(line.split()) for line in (DETECTION / "SHA256SUMS").open())
    assert set(listed) == {FILE}
    for name, expected in listed.items():
        assert hashlib.sha256((DETECTION / name).read_bytes()).hexdigest() == expected

    def extract(changed: bytes) -> subprocess.CompletedProcess[str]:
        with zipfile.ZipFile(tmp_path / "m.whl", "w") as wheel:
            for name in listed:
                data = (DETECTION / name).read_bytes() + changed
                wheel.writestr(f"mediapipe/modules/face_detection/{name}", data)
        script = ROOT / "models" / "detection" / "extract.py"
        command = [sys.executable, script, "--wheel", tmp_path / "m.whl"]
        return subprocess.run(
            [*command, "--output", tmp_path], check=False, capture_output=True, text=True
        )

    assert "SHA-256" in extract(b"more").stderr
    assert not list(tmp_path.glob("*.tflite"))
    assert extract(b"").returncode == 0
    for name in listed:
        assert (tmp_path / name).read_bytes() == (DETECTION / name).read_bytes()


def test_a_damaged_network_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(blazeface, "DETECTION", tmp_path)
    with pytest.raises(EmoappError, match=r"install emoapp again .*short_range\.tflite"):
        BlazeFace()
    shutil.copy(DETECTION / "SHA256SUMS", tmp_path / FILE)
    with pytest.raises(EmoappError, match=r"install emoapp again .*short_range\.tflite"):
        BlazeFace()


@settings(deadline=None)
@given(width=st.integers(25, 900), height=st.integers(25, 900), side=st.sampled_from([128, 192]))
def test_the_letterbox_has_the_picture_in_the_middle_and_black_around(width, height, side):
    square, (scale, shift) = letterbox(np.full((height, width, 3), 255, np.uint8), side)
    assert square.shape == (side, side, 3) and square.dtype == np.float32
    start, end = -shift / scale, (np.array([width, height]) - shift) / scale  # x, y in the square
    np.testing.assert_allclose(start + end, [side, side])
    np.testing.assert_allclose((end - start).max(), side)
    lines, pixel = np.arange(side), 1 / scale
    inexact = pixel / 16  # OpenCV places pixels to a 32nd of one
    for axis, (first, last) in enumerate(zip(start, end, strict=True)):
        brightest = square.max(axis=(axis, 2))
        # Corners lie on corners as if they were centers, so the last pixel ends early.
        inside = (lines >= first + inexact) & (lines <= last - pixel - inexact)
        assert (brightest[inside] > 0.9).all()
        outside = (lines <= first - pixel - inexact) | (lines >= last + inexact)
        assert (brightest[outside] == -1).all()


boxes = st.integers(0, 12).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, (n, 2), elements=st.floats(0, 100)),
        arrays(np.float64, (n, 2), elements=st.floats(1, 60)),
        arrays(np.float64, n, elements=st.floats(0.5, 1)),
    )
)


@settings(deadline=None)
@given(boxes)
def test_weighted_nms_leaves_one_mean_of_each_group(drawn):
    corners, sizes, scores = drawn
    points = np.stack([corners, corners + sizes], axis=1)
    merged, best = weighted_nms(points, scores, 0.3)
    assert len(merged) == len(best) <= len(scores) and (len(best) > 0) == (len(scores) > 0)
    assert list(best) == sorted(best, reverse=True)
    if len(scores):
        assert best[0] == scores.max()
        assert (merged >= points.min(axis=0) - 1e-9).all()
        assert (merged <= points.max(axis=0) + 1e-9).all()
    far_apart = points + 1000 * np.arange(len(points))[:, None, None]
    merged, best = weighted_nms(far_apart, scores, 0.3)
    order = np.argsort(-scores, kind="stable")
    np.testing.assert_allclose(merged, far_apart[order].reshape(merged.shape))


def test_weighted_nms_by_hand():
    points = np.array([[[0, 0], [10, 10]], [[0, 0], [10, 12]], [[50, 50], [60, 60]]], float)
    merged, best = weighted_nms(points, np.array([0.6, 0.9, 0.7]), 0.3)
    np.testing.assert_allclose(merged, [[[0, 0], [10, 11.2]], [[50, 50], [60, 60]]])
    np.testing.assert_allclose(best, [0.9, 0.7])


def test_it_needs_no_other_library_than_litert():
    code = (
        "import sys; sys.modules['mediapipe'] = sys.modules['tensorflow'] = None\n"
        "from support.faces import portrait; from emoapp.detectors import open_detector\n"
        "print(len(open_detector('blazeface').detect(portrait())))"
    )
    assert run_python(code).stdout.strip() == "1"


def pictures() -> list[np.ndarray]:
    """Portraits of even and odd sizes and tilts, and every tenth frame of the clips."""
    found = []
    for side, angle in ((512, 0), (301, 20), (97, -15), (640, 10)):
        turn = cv2.getRotationMatrix2D((224, 124), angle, 1.0)
        turned = cv2.warpAffine(portrait(), turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)
        found.append(cv2.resize(turned[:400], (side, side * 3 // 4), interpolation=cv2.INTER_AREA))
    for clip in sorted((SHARED / "samples").glob("*.m*[4v]")):
        with open_source(clip) as source:
            found += [frame.image for frame in source if frame.index % 10 == 0]
    return [cv2.cvtColor(image, cv2.COLOR_BGR2RGB) for image in found]


def test_each_call_agrees_with_mediapipe():
    pytest.importorskip("mediapipe")
    from emoapp.detectors.mediapipe import BareMediaPipe

    ours, theirs = BlazeFace(), BareMediaPipe()
    overlaps, away = [], []
    for image in pictures():
        a, b = ours.find(image), theirs.find(image)
        assert len(a) == len(b)
        for one, other in zip(a, b, strict=True):
            overlaps.append(iou(one.box, other.box))
            between = np.linalg.norm(other.eyes[1] - other.eyes[0])
            away.append(np.linalg.norm(one.eyes - other.eyes, axis=1).max() / between)
            assert one.score == pytest.approx(other.score, abs=0.02)
    theirs.close()
    assert len(overlaps) >= 4
    assert np.median(overlaps) > 0.9995 and np.percentile(overlaps, 1) > 0.98
    assert np.median(away) < 1e-3 and np.percentile(away, 99) < 0.02


@pytest.mark.parametrize("corner", [(40, 40), (1120, 540)])
def test_where_none_may_be_missed_a_small_face_is_found_at_once_after_a_cut(demo, corner):
    with open_source(demo) as source:
        image = source.read().image.copy()
    x, y = corner
    with open_detector("blazeface") as detector:
        x0, y0, x1, y1 = (round(side) for side in detector.detect(BgrImage(image))[0].box)
        around = image[y0 - 85 : y1 + 85, x0 - 85 : x1 + 85]
        image[y : y + 120, x : x + 120] = cv2.resize(
            around, (120, 120), interpolation=cv2.INTER_AREA
        )
        detector.reset()
        detector.exhaustive = True
        for picture in (image, image, image[:, ::-1], image):
            assert len(detector.detect(BgrImage(np.ascontiguousarray(picture)))) == 2
