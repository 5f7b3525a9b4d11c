"""Draw the icons of the buttons from simple shapes."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

OVERSAMPLING = 8
"""Icons are drawn so many times larger and scaled down, which smooths their edges."""
TEETH = 8


class _Pen:
    """Draw on a square whose middle is (0, 0) and whose sides are at 100; y points down."""

    def __init__(self, side: int) -> None:
        self.image = np.zeros((side * OVERSAMPLING, side * OVERSAMPLING), np.uint8)
        self._unit = side * OVERSAMPLING / 200

    def disc(self, x: float, y: float, radius: float, value: int = 255) -> None:
        cv2.circle(self.image, self._at(x, y), round(radius * self._unit), value, -1)

    def shape(self, points: list[tuple[float, float]], value: int = 255) -> None:
        cv2.fillPoly(self.image, [np.array([self._at(*point) for point in points])], value)

    def line(
        self, a: tuple[float, float], b: tuple[float, float], width: float, value: int
    ) -> None:
        thickness = round(width * self._unit)
        cv2.line(self.image, self._at(*a), self._at(*b), value, thickness)

    def box(self, x0: float, y0: float, x1: float, y1: float, radius: float) -> None:
        """Draw a rectangle with round corners."""
        self.shape([(x0 + radius, y0), (x1 - radius, y0), (x1 - radius, y1), (x0 + radius, y1)])
        self.shape([(x0, y0 + radius), (x1, y0 + radius), (x1, y1 - radius), (x0, y1 - radius)])
        for x in (x0 + radius, x1 - radius):
            for y in (y0 + radius, y1 - radius):
                self.disc(x, y, radius)

    def _at(self, x: float, y: float) -> tuple[int, int]:
        return round((x + 100) * self._unit), round((y + 100) * self._unit)


def _record(pen: _Pen) -> None:
    pen.disc(0, 0, 62)


def _stop(pen: _Pen) -> None:
    pen.box(-52, -52, 52, 52, 14)


def _camera(pen: _Pen) -> None:
    pen.box(-84, -46, 84, 66, 20)
    pen.shape([(-42, -40), (-28, -68), (28, -68), (42, -40)])
    pen.disc(0, 10, 36, 0)
    pen.disc(0, 10, 20)


def _eye(pen: _Pen) -> None:
    # Between two arcs that meet at the corners of the eye.
    half, height = 88, 56
    arc = [(x, height * (1 - (x / half) ** 2)) for x in range(-half, half + 1, 4)]
    pen.shape([*arc, *((-x, -y) for x, y in arc)])
    pen.disc(0, 0, 34, 0)
    pen.disc(0, 0, 19)


def _hidden_eye(pen: _Pen) -> None:
    _eye(pen)
    pen.line((-62, 62), (62, -62), 46, 0)
    pen.line((-66, 66), (66, -66), 17, 255)


def _gear(pen: _Pen) -> None:
    for tooth in range(TEETH):
        middle, width = 2 * math.pi * tooth / TEETH, 0.24
        corners = ((-1.3 * width, 55), (-0.8 * width, 84), (0.8 * width, 84), (1.3 * width, 55))
        pen.shape([(r * math.cos(middle + a), r * math.sin(middle + a)) for a, r in corners])
    pen.disc(0, 0, 62)
    pen.disc(0, 0, 27, 0)


def _question(pen: _Pen) -> None:
    pen.disc(0, -30, 40)
    pen.disc(0, -30, 21, 0)
    pen.shape([(-44, -30), (0, -30), (0, 14), (-44, 14)], 0)
    pen.disc(-30.5, -30, 9.5)
    pen.line((0, -2), (0, 22), 19, 255)
    pen.disc(0, -0.5, 9.5)
    pen.disc(0, 22, 9.5)
    pen.disc(0, 58, 13)


_SHAPES: dict[str, Callable[[_Pen], None]] = {
    "record": _record,
    "stop": _stop,
    "camera": _camera,
    "eye": _eye,
    "hidden eye": _hidden_eye,
    "gear": _gear,
    "question": _question,
}


@lru_cache(maxsize=32)
def mask(name: str, size: int) -> np.ndarray:
    """Return an icon.

    Args:
        name: "record", "stop", "camera", "eye", "hidden eye", "gear" or "question".
        size: Side length in pixels.

    Returns:
        uint8 (size, size), read-only: how much of each pixel the icon covers.
    """
    pen = _Pen(size)
    _SHAPES[name](pen)
    icon = cv2.resize(pen.image, (size, size), interpolation=cv2.INTER_AREA)
    icon.setflags(write=False)
    return icon
