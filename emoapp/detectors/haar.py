"""OpenCV's Haar cascade for frontal faces (Viola and Jones 2001): no eyes, but no other library."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.detectors.base import Detector, largest_first
from emoapp.errors import EmoappError
from emoapp.geometry import scaled
from emoapp.types import Box, Face

WORKING_WIDTH = 480
"""Pictures are shrunk to this width before the search: a third of the time of 1280 pixels, and
faces down to a fifteenth of the width are still found."""

MIN_SIZE = 30
"""Smallest face in pixels of the shrunken picture."""

CERTAIN_WEIGHT = 5.0
"""The cascade's own weight at which a face counts as certain (score 1)."""


class HaarDetector(Detector):
    name = "haar"

    def __init__(self) -> None:
        path = Path(cv2.data.haarcascades) / "haarcascade_frontalface_default.xml"
        self._cascade = cv2.CascadeClassifier(str(path))
        if self._cascade.empty():
            raise EmoappError(
                f"{path}: OpenCV's face cascade is missing; reinstall opencv-python==4.11.0.86"
            )

    def detect(self, image: np.ndarray) -> list[Face]:
        scale = min(1.0, WORKING_WIDTH / image.shape[1])
        if scale < 1.0:
            image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        grey = cv2.equalizeHist(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
        boxes, _, weights = self._cascade.detectMultiScale3(
            grey,
            scaleFactor=1.1,
            minNeighbors=5,
            minSize=(MIN_SIZE, MIN_SIZE),
            outputRejectLevels=True,
        )
        return largest_first(
            [
                Face(
                    box=scaled(Box(x, y, x + width, y + height), 1 / scale),
                    score=float(np.clip(weight / CERTAIN_WEIGHT, 0.0, 1.0)),
                )
                for (x, y, width, height), weight in zip(boxes, weights, strict=True)
            ]
        )

    def close(self) -> None:
        pass
