"""The squares in which a picture is searched: all of it, its parts, from afar, and turned."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from emoapp.detectors.closeup import Find, transformed
from emoapp.types import Face

SIDE = 128
"""What a search sees of a view, pixels: the short-range network's input."""

PART = 2 / 3
"""The side of a part, as a share of the picture's shorter side."""

OVERLAP = 1 / 6
"""Of the parts of a picture, as a share of their side: a face at the edge of one is whole in the
next."""

FAR, TURN_DEG = 2.0, 35.0
"""The picture is also looked at from so many times as far, for faces that fill it, and turned, for
heads that are tilted too far for the network."""


@dataclass(frozen=True, slots=True)
class View:
    """A square of a picture, which it may leave: there it is black.

    x, y: its centre in pixels. side: pixels. degrees: how far it is turned, clockwise.
    is_part: whether it is a smaller part of the picture.
    """

    x: float
    y: float
    side: float
    degrees: float = 0.0
    is_part: bool = False

    def find(self, find: Find, rgb: np.ndarray) -> list[Face]:
        """The faces that `find` sees in it, in the picture's pixels.

        rgb: uint8 (H, W, 3), the whole picture.
        """
        scale, angle = SIDE / self.side, math.radians(self.degrees)
        cos, sin = scale * math.cos(angle), scale * math.sin(angle)
        to_square = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
        to_square[:, 2] = SIDE / 2 - to_square[:, :2] @ (self.x, self.y)
        # As in `blazeface.letterbox` the network expects the corners of pixels on corners.
        square = cv2.warpAffine(rgb, to_square, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        to_picture = cv2.invertAffineTransform(to_square)
        return [transformed(face, to_picture) for face in find(square)]


def whole(width: int, height: int) -> View:
    return View(width / 2, height / 2, max(width, height))


def parts(width: int, height: int) -> list[View]:
    """Six overlapping parts of a wide picture, four of a square one.

    Small faces are as large there as the network needs them.
    """
    return _grid(width, height, PART * max(min(width, height), max(width, height) / 2))


def last_resorts(width: int, height: int) -> list[View]:
    """Where no other view shows anybody: from afar, and turned both ways."""
    x, y, side = width / 2, height / 2, max(width, height)
    return [View(x, y, FAR * side), View(x, y, side, TURN_DEG), View(x, y, side, -TURN_DEG)]


def _grid(width: int, height: int, side: float) -> list[View]:
    """Squares of that side that cover a picture, row by row."""
    rows, columns = _centers(height, side), _centers(width, side)
    return [View(x, y, side, is_part=True) for y in rows for x in columns]


def _centers(length: int, side: float) -> list[float]:
    if side >= length:
        return [length / 2]
    count = 1 + math.ceil((length - side) / (side * (1 - OVERLAP)) - 1e-9)
    return np.linspace(side / 2, length - side / 2, count).tolist()
