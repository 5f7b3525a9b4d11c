"""Rectangles in pixels."""

from __future__ import annotations

from typing import NamedTuple

from emoapp.types import Box


class Rect(NamedTuple):
    """A rectangle in whole pixels.

    Attributes:
        x0, y0: The upper left corner, inclusive.
        x1, y1: The lower right corner, exclusive.
    """

    x0: int
    y0: int
    x1: int
    y1: int

    @classmethod
    def at(cls, x: int, y: int, width: int, height: int) -> Rect:
        """Return the rectangle of a size whose upper left corner is at (x, y)."""
        return cls(x, y, x + width, y + height)

    def contains(self, x: float, y: float) -> bool:
        """Return whether a point lies in the rectangle."""
        return self.x0 <= x < self.x1 and self.y0 <= y < self.y1

    def overlaps(self, other: Rect) -> bool:
        """Return whether the two share a pixel."""
        return (
            self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1
        )

    @property
    def center(self) -> tuple[float, float]:
        """The center (x, y) in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def wider(self, by: int) -> Rect:
        """Return the rectangle grown by so many pixels on all sides."""
        return Rect(self.x0 - by, self.y0 - by, self.x1 + by, self.y1 + by)


MOVE_COST_RATIO = 0.5
"""A panel moves only to a spot that costs less than this share of its present one."""


def overlap_area(rect: Rect, other: Box | Rect) -> float:
    """Return the area that two rectangles share, in square pixels."""
    width = min(rect.x1, other.x1) - max(rect.x0, other.x0)
    height = min(rect.y1, other.y1) - max(rect.y0, other.y0)
    return max(0.0, width) * max(0.0, height)
