"""Run the network of `blazeface` on MediaPipe 0.10.21, if that is installed.

It is the last release with models in its wheel, and supports Python 3.10 to 3.12.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np

from emoapp.detectors.search import SearchingDetector
from emoapp.types import Box, Face

if TYPE_CHECKING:
    from mediapipe.framework.formats.detection_pb2 import Detection

SHORT_RANGE = 0
MIN_SCORE = 0.5


@contextmanager
def _stubbed(*names: str) -> Iterator[None]:
    """Let `import` find empty modules instead of these, unless they are loaded already.

    MediaPipe imports tensorflow, jax, matplotlib and its own "tasks" where it finds them. Its
    detectors need none of them, and the import takes 8 seconds with them instead of a fifth of one.
    Its sounddevice starts a compiler to look for a library.
    """
    stubs = {name: ModuleType(name) for name in names if name not in sys.modules}
    sys.modules.update(stubs)
    try:
        yield
    finally:
        for name in stubs:
            del sys.modules[name]


def load_solution() -> ModuleType:
    """Import `mediapipe.python.solutions.face_detection` quickly.

    Returns:
        The module.

    Raises:
        ImportError: If MediaPipe is not installed.
    """
    with _stubbed("tensorflow", "jax", "matplotlib", "matplotlib.pyplot", "sounddevice"):
        from mediapipe.python.solutions import face_detection
    return face_detection


class BareMediaPipe:
    """Run MediaPipe's short-range detector on single images.

    Raises:
        ImportError: If MediaPipe is not installed.
    """

    def __init__(self) -> None:
        self._solution = load_solution().FaceDetection(
            min_detection_confidence=MIN_SCORE, model_selection=SHORT_RANGE
        )

    def find(self, rgb: np.ndarray) -> list[Face]:
        """Find the faces that are large in an image.

        Args:
            rgb: uint8 (H, W, 3), RGB. Becomes read-only.

        Returns:
            The faces, highest score first, in pixels of the image.
        """
        # MediaPipe copies writable images, and passes on the others.
        rgb.flags.writeable = False
        size_wh = np.array(rgb.shape[1::-1], np.float32)
        found = self._solution.process(rgb).detections or ()
        return [_face(detection, size_wh) for detection in found if _has_area(detection)]

    def close(self) -> None:
        """Release the network; call it once."""
        self._solution.close()


def _has_area(detection: Detection) -> bool:
    box = detection.location_data.relative_bounding_box
    return box.width > 0 and box.height > 0


def _face(detection: Detection, size_wh: np.ndarray) -> Face:
    where = detection.location_data
    box = where.relative_bounding_box
    points = np.array([(point.x, point.y) for point in where.relative_keypoints], np.float32)
    points *= size_wh
    corners = np.array([[box.xmin, box.ymin], [box.xmin + box.width, box.ymin + box.height]])
    return Face(
        box=Box(*(corners * size_wh).astype(np.float32).ravel().tolist()),
        score=min(1.0, detection.score[0]),
        # Its first point is the person's right eye, on the left of the image.
        eyes=points[:2],
        nose=points[2],
        mouth=points[3],
    )


class MediaPipeDetector(SearchingDetector):
    """The detector that runs the network on MediaPipe.

    Raises:
        ImportError: If MediaPipe is not installed.
    """

    name = "mediapipe"

    def __init__(self) -> None:
        super().__init__(BareMediaPipe())
