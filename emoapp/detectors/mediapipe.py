"""The network of `blazeface`, run by the package mediapipe 0.10.21 where it is installed.

It is the last release with models in its wheel, and runs on Python 3.10 to 3.12.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

import numpy as np

from emoapp.detectors.search import SearchingDetector
from emoapp.types import Box, Face

SHORT_RANGE = 0
MIN_SCORE = 0.5


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Make `import` see empty modules instead of these, unless they are loaded already.

    MediaPipe imports tensorflow, jax, matplotlib and its own "tasks" where it finds them, needs
    none of them for its detectors, and takes 8 seconds for it instead of a fifth of one. Its
    sounddevice starts a compiler to look for a library.
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
    with _hidden("tensorflow", "jax", "matplotlib", "matplotlib.pyplot", "sounddevice"):
        from mediapipe.python.solutions import face_detection
    return face_detection


class BareMediaPipe:
    """Its short-range detector; `find` returns the faces that it sees in a picture."""

    def __init__(self) -> None:
        """Raises ImportError without the package."""
        self._solution = load_solution().FaceDetection(
            min_detection_confidence=MIN_SCORE, model_selection=SHORT_RANGE
        )

    def find(self, rgb: np.ndarray) -> list[Face]:
        """The faces in a picture, most certain first, in its pixels.

        rgb: uint8 (H, W, 3).
        """
        # MediaPipe copies pictures that may change, and passes on the others.
        rgb.flags.writeable = False
        size_wh = np.float32(rgb.shape[1::-1])
        found = self._solution.process(rgb).detections or ()
        return [_face(detection, size_wh) for detection in found if _has_area(detection)]

    def close(self) -> None:
        """Give the network back; to be called once."""
        self._solution.close()


def _has_area(detection) -> bool:
    box = detection.location_data.relative_bounding_box
    return box.width > 0 and box.height > 0


def _face(detection, size_wh: np.ndarray) -> Face:
    where = detection.location_data
    box = where.relative_bounding_box
    points = np.array([(point.x, point.y) for point in where.relative_keypoints], np.float32)
    points *= size_wh
    corners = np.float32(
        [[box.xmin, box.ymin], [box.xmin + box.width, box.ymin + box.height]] * size_wh
    )
    return Face(
        box=Box(*corners.ravel().tolist()),
        score=min(1.0, detection.score[0]),
        # Its first point is the person's right eye: on the left of the picture.
        eyes=points[:2],
        nose=points[2],
        mouth=points[3],
    )


class MediaPipeDetector(SearchingDetector):
    """The network run by MediaPipe."""

    name = "mediapipe"

    def __init__(self) -> None:
        super().__init__(BareMediaPipe())
