"""OpenCV's Haar cascade for frontal faces (Viola and Jones 2001): no eyes, no other library."""

from __future__ import annotations

from pathlib import Path

import cv2
import cv2.data
import numpy as np

from emoapp.detectors.base import Detector, largest_first
from emoapp.errors import EmoappError
from emoapp.images import Image
from emoapp.types import Box, Face
from emoapp.utils.geometry import scaled

WORKING_WIDTH = 640
"""Images are shrunk to this width before the search, which takes longer than all the rest."""

MIN_SIZE = 24
"""Smallest face in pixels of the shrunken image: the size that the cascade was trained on."""

CERTAIN_WEIGHT = 5.0
"""Weight from the cascade at which a face gets the score 1."""

MIN_SCORE = 0.3
"""Most of the false faces have less, and few of the real ones."""


class HaarDetector(Detector):
    """The detector that runs OpenCV's cascade.

    Raises:
        EmoappError: If the cascade's file is missing.
    """

    name = "haar"

    def __init__(self) -> None:
        path = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"
        self._cascade = cv2.CascadeClassifier()
        if not path.is_file() or not _load(self._cascade, path):
            raise EmoappError(
                f"{path}: OpenCV's face cascade is missing; "
                "install opencv-python again, a release before 5"
            )

    def _detect(self, image: Image) -> list[Face]:
        width, height = image.size_wh
        scale = min(1.0, WORKING_WIDTH / width)
        small = image.resized((round(width * scale), max(1, round(height * scale))))
        gray = cv2.equalizeHist(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
        boxes, _, weights = self._cascade.detectMultiScale3(
            gray,
            scaleFactor=1.1,
            minNeighbors=5,
            minSize=(MIN_SIZE, MIN_SIZE),
            outputRejectLevels=True,
        )
        faces = (
            Face(
                box=scaled(Box(x, y, x + width, y + height), 1 / scale),
                score=float(np.clip(weight / CERTAIN_WEIGHT, 0.0, 1.0)),
            )
            for (x, y, width, height), weight in zip(boxes, weights, strict=True)
        )
        return largest_first([face for face in faces if face.score >= MIN_SCORE])

    def _close(self) -> None:
        del self._cascade


def _load(cascade: cv2.CascadeClassifier, path: Path) -> bool:
    """Load a cascade from a file that Python reads; return whether it is one.

    OpenCV opens no path with letters outside the code page of Windows.
    """
    memory = cv2.FILE_STORAGE_READ | cv2.FILE_STORAGE_MEMORY
    storage = cv2.FileStorage(path.read_text(encoding="utf-8"), memory)
    return cascade.read(storage.getFirstTopLevelNode())
