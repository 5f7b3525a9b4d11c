"""Choose the squares of an image to search: all of it, its parts, zoomed out, and rotated."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from emoapp.detectors.closeup import Find, transformed
from emoapp.types import Face

INPUT_SIDE = 128
"""Side of the short-range network's input, pixels."""

PART_SHARE = 2 / 3
"""Side of a part, as a share of the image's shorter side."""

OVERLAP = 1 / 6
"""Overlap of the parts, as a share of their side: a face at the edge of one is whole in the
next."""

ZOOM_OUT = 2.0
"""Factor by which the image is shrunk for faces that fill it."""

ROTATION_DEG = 35.0
"""Rotation of the image, both ways, for heads that are tilted too far for the network."""


@dataclass(frozen=True, slots=True)
class View:
    """A square of an image; it is black where it leaves the image.

    Attributes:
        x: Center of the square, pixels of the image.
        y: Center of the square, pixels of the image.
        side: Side of the square, pixels of the image.
        degrees: Clockwise rotation.
        is_part: Whether it shows a part of the image only.
    """

    x: float
    y: float
    side: float
    degrees: float = 0.0
    is_part: bool = False

    def find(self, find: Find, rgb: np.ndarray) -> list[Face]:
        """Find the faces in the square.

        Args:
            find: Returns the faces in an RGB image.
            rgb: uint8 (H, W, 3), RGB, the whole image.

        Returns:
            The faces in pixels of the whole image.
        """
        scale, angle = INPUT_SIDE / self.side, math.radians(self.degrees)
        cos, sin = scale * math.cos(angle), scale * math.sin(angle)
        to_square = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
        to_square[:, 2] = INPUT_SIDE / 2 - to_square[:, :2] @ (self.x, self.y)
        # As in `blazeface.letterbox`, the network expects the corners of pixels on corners.
        size_wh = INPUT_SIDE, INPUT_SIDE
        square = cv2.warpAffine(rgb, to_square, size_wh, flags=cv2.INTER_LINEAR)
        to_image = cv2.invertAffineTransform(to_square)
        return [transformed(face, to_image) for face in find(square)]


def whole(width: int, height: int) -> View:
    """Return the view of the whole image.

    Args:
        width: Width of the image, pixels.
        height: Height of the image, pixels.
    """
    return View(width / 2, height / 2, max(width, height))


def parts(width: int, height: int) -> list[View]:
    """Return six overlapping parts of a wide image, four of a square one.

    Small faces are as large there as the network needs them.

    Args:
        width: Width of the image, pixels.
        height: Height of the image, pixels.
    """
    return _grid(width, height, PART_SHARE * max(min(width, height), max(width, height) / 2))


def last_resorts(width: int, height: int) -> list[View]:
    """Return the views to try if no other one shows a face: zoomed out, and rotated both ways.

    Args:
        width: Width of the image, pixels.
        height: Height of the image, pixels.
    """
    x, y, side = width / 2, height / 2, max(width, height)
    return [
        View(x, y, ZOOM_OUT * side),
        View(x, y, side, ROTATION_DEG),
        View(x, y, side, -ROTATION_DEG),
    ]


def _grid(width: int, height: int, side: float) -> list[View]:
    """Return squares of that side that cover an image, row by row."""
    rows, columns = _centers(height, side), _centers(width, side)
    return [View(x, y, side, is_part=True) for y in rows for x in columns]


def _centers(length: int, side: float) -> list[float]:
    if side >= length:
        return [length / 2]
    count = 1 + math.ceil((length - side) / (side * (1 - OVERLAP)) - 1e-9)
    return np.linspace(side / 2, length - side / 2, count).tolist()
