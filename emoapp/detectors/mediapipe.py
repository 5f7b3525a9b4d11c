"""MediaPipe's face detectors (BlazeFace, Bazarevsky et al. 2019): short range, and full range."""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import cv2
import numpy as np

from emoapp.detectors.base import Detector, largest_first
from emoapp.geometry import iou, similarity
from emoapp.types import Box, Face

SHORT_RANGE, FULL_RANGE = 0, 1
MIN_SCORE = 0.5
WORKING_SIDE = 640
"""Longer sides are shrunk to this: the networks look at 128 and 192 pixels anyway."""

SEARCH_EVERY = 5
"""While one face is in sight, a look at where it was gives its points more exactly, and in less
time, than a search of the whole picture; so many frames pass until others are looked for."""

FAR_CHECK_EVERY = 15
"""The full range runs on every so many frames to see whether it finds faces that the short range
misses; while it does, it runs in all searches. It costs twice the time of the short range."""

MARGIN = 0.5
"""Border added on each side, as a share of the picture's sides."""

SAME_FACE_IOU = 0.3

STAYED_IOU = 0.5
"""A face that overlaps so much with one of the frame before is the same."""

CERTAIN_SCORE = 0.75
CERTAIN_TILT_DEG = 10.0
"""Fainter and more tilted faces are looked at again: cut out upright, large and in the middle. It
tells faces from other things, and the points of a tilted face are exact only then."""

CLOSE_UP_SIDE = 160
CLOSE_UP_POINTS = np.array([[0.36, 0.38], [0.64, 0.38], [0.5, 0.66]]) * CLOSE_UP_SIDE
"""Eyes and mouth in the close-up, pixels."""

CLOSE_UP_ERROR = 0.12 * CLOSE_UP_SIDE
"""A face is confirmed when its points are at most so many pixels from where they should be."""

LOOKS = 3
"""Each look starts from the points that the last one found. On real faces they settle at once; in
a cartoon's title 36 of 36 false faces wandered off."""


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Make `import` see empty modules instead of these, unless they are loaded already.

    MediaPipe imports tensorflow, jax, matplotlib and its own "tasks" where it finds them, needs
    none of them for its detectors, and takes 8 seconds for it instead of a fifth of one.
    """
    hidden = {name: ModuleType(name) for name in names if name not in sys.modules}
    sys.modules.update(hidden)
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def load_solution():
    """The module `mediapipe.python.solutions.face_detection`, quickly."""
    with _hidden("tensorflow", "jax", "matplotlib", "matplotlib.pyplot"):
        from mediapipe.python.solutions import face_detection
    return face_detection


class MediaPipeDetector(Detector):
    """Short range on each picture, full range where it helps, other searches where neither does.

    Remembers which search found somebody, so that not all of them run on each frame of a video.
    """

    name = "mediapipe"

    def __init__(self, *, min_score: float = MIN_SCORE) -> None:
        solution = load_solution()
        self._short, self._full = (
            solution.FaceDetection(min_detection_confidence=min_score, model_selection=model)
            for model in (SHORT_RANGE, FULL_RANGE)
        )
        self._resorts = deque([self._detect_with_margin, self._detect_in_halves])
        self.reset()

    def detect(self, image: np.ndarray) -> list[Face]:
        number, self._number = self._number, self._number + 1
        if len(self._known) == 1 and number % SEARCH_EVERY and not self.thorough:
            face = self._look_closer(self._known[0], image)
            if face is not None:
                self._known = [face]
                return [face]
        self._known = largest_first(self._search(image, far_check=number % FAR_CHECK_EVERY == 0))
        return list(self._known)

    def reset(self) -> None:
        self._number = 0
        self._known: list[Face] = []
        self._far_helps = False

    def _search(self, image: np.ndarray, *, far_check: bool) -> list[Face]:
        """All faces in the whole picture."""
        height, width = image.shape[:2]
        size_wh = (width, height)
        scale = min(1.0, WORKING_SIDE / max(height, width))
        small = image
        if scale < 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)

        faces = self._confirmed(_run(self._short, rgb, size_wh), image)
        if far_check or self._far_helps or not faces:
            far = self._confirmed(_new_ones(_run(self._full, rgb, size_wh), faces), image)
            if far_check or self._far_helps:
                self._far_helps = bool(far)
            faces += far
        return faces or self._last_resorts(rgb, image, all_of_them=self._number == 1)

    def _confirmed(self, faces: list[Face], image: np.ndarray) -> list[Face]:
        """The faces without doubt as they are, the others as a second look sees them, if it does.

        With several people in sight, those who were there before are not looked at again.
        """
        known = self._known if len(self._known) > 1 else ()
        looked = (
            face
            if _certain(face) or any(iou(face.box, k.box) > STAYED_IOU for k in known)
            else self._look_closer(face, image)
            for face in faces
        )
        return [face for face in looked if face is not None]

    def _look_closer(self, face: Face, image: np.ndarray) -> Face | None:
        for _ in range(LOOKS):
            points = np.vstack([face.eyes, face.mouth]).astype(np.float64)
            if not points.std():
                return None
            to_close_up = similarity(points, CLOSE_UP_POINTS)
            close_up = cv2.warpAffine(
                image, to_close_up, (CLOSE_UP_SIDE, CLOSE_UP_SIDE), borderMode=cv2.BORDER_REPLICATE
            )
            rgb = cv2.cvtColor(close_up, cv2.COLOR_BGR2RGB)
            found = _run(self._short, rgb, (CLOSE_UP_SIDE, CLOSE_UP_SIDE))
            if not found:
                return None
            best = max(found, key=lambda other: other.score)
            errors = np.linalg.norm(np.vstack([best.eyes, best.mouth]) - CLOSE_UP_POINTS, axis=1)
            face = _transformed(best, cv2.invertAffineTransform(to_close_up))
            if errors.max() <= CLOSE_UP_ERROR:
                return face
        return None

    def _last_resorts(self, rgb: np.ndarray, image: np.ndarray, *, all_of_them: bool) -> list[Face]:
        """Costly searches, for when the others find nobody: one a frame, in turn.

        The one that finds somebody keeps its turn.
        """
        size_wh = (image.shape[1], image.shape[0])
        for _ in range(len(self._resorts) if all_of_them else 1):
            faces = self._confirmed(self._resorts[0](rgb, size_wh), image)
            if faces:
                return faces
            self._resorts.rotate()
        return []

    def _detect_with_margin(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        """Makes the picture wider: the networks miss faces that fill it."""
        height, width = rgb.shape[:2]
        x, y = round(width * MARGIN), round(height * MARGIN)
        wider = cv2.copyMakeBorder(rgb, y, y, x, x, cv2.BORDER_REPLICATE)
        growth = 1 + 2 * MARGIN
        return _run(
            self._short,
            wider,
            (size_wh[0] * growth, size_wh[1] * growth),
            offset=(-size_wh[0] * MARGIN, -size_wh[1] * MARGIN),
        )

    def _detect_in_halves(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        """Looks at both ends of the longer side: small faces are twice as large there."""
        height, width = rgb.shape[:2]
        side = max(min(width, height), (max(width, height) + 1) // 2)
        faces: list[Face] = []
        for x, y in {(0, 0), (max(0, width - side), max(0, height - side))}:
            half = np.ascontiguousarray(rgb[y : y + side, x : x + side])
            part = (
                half.shape[1] * size_wh[0] / width,
                half.shape[0] * size_wh[1] / height,
            )
            offset = (x * size_wh[0] / width, y * size_wh[1] / height)
            faces += _new_ones(_run(self._full, half, part, offset=offset), faces)
        return faces

    def close(self) -> None:
        for solution in (self._short, self._full):
            # Its own `close` must not be called twice.
            if solution._graph is not None:
                solution.close()


def _run(
    solution, rgb: np.ndarray, size_wh: tuple[float, float], offset: tuple[float, float] = (0, 0)
) -> list[Face]:
    """Faces in pixels of the full picture; `rgb` shows `size_wh` of them, from `offset` on."""
    # MediaPipe copies pictures that may change, and passes on the others.
    rgb.flags.writeable = False
    found = solution.process(rgb).detections or ()
    faces = []
    for detection in found:
        where = detection.location_data
        box = where.relative_bounding_box
        if box.width <= 0 or box.height <= 0:
            continue
        points = np.array([(point.x, point.y) for point in where.relative_keypoints], np.float32)
        points = points * np.float32(size_wh) + np.float32(offset)
        x0, y0 = box.xmin * size_wh[0] + offset[0], box.ymin * size_wh[1] + offset[1]
        faces.append(
            Face(
                box=Box(x0, y0, x0 + box.width * size_wh[0], y0 + box.height * size_wh[1]),
                score=min(1.0, detection.score[0]),
                # Its first point is the person's right eye: on the left of the picture.
                eyes=points[:2],
                nose=points[2],
                mouth=points[3],
            )
        )
    return faces


def _certain(face: Face) -> bool:
    x, y = face.eyes[1] - face.eyes[0]
    return face.score >= CERTAIN_SCORE and abs(math.degrees(math.atan2(y, x))) <= CERTAIN_TILT_DEG


def _transformed(face: Face, transform: np.ndarray) -> Face:
    """The face in the picture that `transform` (a similarity, (2, 3)) leads to.

    The box keeps its size over all: it turns about its centre but stays upright.
    """

    def moved(points: np.ndarray) -> np.ndarray:
        return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)

    x, y = moved(np.array(face.box.center))
    scale = math.hypot(transform[0, 0], transform[1, 0])
    w, h = face.box.width * scale, face.box.height * scale
    return Face(
        box=Box(*(float(v) for v in (x - w / 2, y - h / 2, x + w / 2, y + h / 2))),
        score=face.score,
        eyes=moved(face.eyes),
        nose=moved(face.nose),
        mouth=moved(face.mouth),
    )


def _new_ones(candidates: list[Face], known: list[Face]) -> list[Face]:
    """Those candidates that are none of the known faces."""
    return [
        face
        for face in candidates
        if all(iou(face.box, other.box) < SAME_FACE_IOU for other in known)
    ]
