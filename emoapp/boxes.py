"""Bounding boxes and faces, in pixels of the full frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """A bounding box in pixels of the full frame; x1, y1 are exclusive. It may leave the frame."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """x1 - x0, pixels."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """y1 - y0, pixels."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Square pixels; 0 for an empty box."""
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        """(x, y) in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A detected face; all positions in pixels of the full frame.

    Positions are continuous: (0, 0) is the outer corner of the first pixel, (0.5, 0.5) its center.

    Attributes:
        box: The detector's bounding box.
        score: The detector's confidence, 0 to 1.
        eyes: float32 (2, 2), rows (x, y), the eye on the left of the picture first; None where the
            detector finds no eyes.
        nose, mouth: float32 (2,), (x, y); None where the detector finds none.

    Raises:
        ValueError: The box is empty, the score out of range, or an array has another shape.
    """

    box: Box
    score: float
    eyes: np.ndarray | None = None
    nose: np.ndarray | None = None
    mouth: np.ndarray | None = None

    def __post_init__(self) -> None:
        if not (self.box.x1 > self.box.x0 and self.box.y1 > self.box.y0):
            raise ValueError(f"Face.box: expected x1 > x0 and y1 > y0, got {tuple(self.box)}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"Face.score: expected 0 to 1, got {self.score}")
        for name, shape in (("eyes", (2, 2)), ("nose", (2,)), ("mouth", (2,))):
            points = getattr(self, name)
            if points is not None and points.shape != shape:
                raise ValueError(f"Face.{name}: expected shape {shape}, got {points.shape}")

    def __repr__(self) -> str:
        sides = ", ".join(f"{side:.1f}" for side in self.box)
        return f"Face(box=({sides}), score={self.score:.2f})"
