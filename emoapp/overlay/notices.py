"""The quiet line at the bottom: a notice that goes by itself, or that nobody is in sight."""

from __future__ import annotations

from functools import lru_cache

import cv2

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite, rounded
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import GROUND, GROUND_OPACITY, QUIET, TEXT, Colour, Sizes

NO_FACE = "No face in sight"
FADE_S = 0.4
"""The end of a notice's time, in which it fades."""


class Notices:
    """Keeps the last notice until its time is over."""

    def __init__(self) -> None:
        self._text, self._colour = "", TEXT
        self._from = self._until = 0.0

    def show(self, string: str, *, now: float, seconds: float, colour: Colour = TEXT) -> None:
        """Show `string` in the place of any other notice."""
        self._colour = colour
        self._text, self._from, self._until = string, now, now + seconds

    def prepare(
        self, sizes: Sizes, *, now: float, hint: bool, floor: int, row: Rect | None
    ) -> tuple[Sprite, Rect] | None:
        """The notice and its place; else, when `hint`, that no face is in sight; else None.

        floor: the lowest y it may reach.  row: what it steps over when it would touch it.
        """
        share = 1.0
        if self._text and self._from <= now < self._until:
            line = _line(self._text, self._colour, sizes)
            share = min(1.0, (self._until - now) / FADE_S)
        else:
            line = _line(NO_FACE, QUIET, sizes) if hint else None
        if line is None:
            return None
        x, y = (sizes.width - line.width) // 2, floor - line.height
        if row and Rect(x, y, x + line.width, y + line.height).overlaps(row.wider(sizes.gap)):
            y = row.y0 - sizes.gap - line.height
        rect = Rect(x, y, x + line.width, y + line.height)
        return (line if share == 1 else _faded(line, share)), rect


def notice_sprite(string: str, sizes: Sizes) -> Sprite | None:
    """Return a quiet line of text; None where the picture is too small for it."""
    return _line(string, QUIET, sizes)


def _faded(sprite: Sprite, share: float) -> Sprite:
    keep = cv2.convertScaleAbs(sprite.keep, alpha=share, beta=255 * (1 - share))
    return Sprite(cv2.convertScaleAbs(sprite.ink, alpha=share), keep)


@lru_cache(maxsize=8)
def _line(string: str, colour: Colour, sizes: Sizes) -> Sprite | None:
    """As much of `string` as fits; None where the picture is too small for any of it."""
    size, pad = sizes.small, 2 * sizes.pad
    string = text.fit(string, size, sizes.width - 2 * (sizes.margin + pad))
    width, height = text.width(string, size) + 2 * pad, sizes.row
    if not string.strip("…") or height > sizes.height - 2 * sizes.margin:
        return None
    layer = Layer(width, height)
    layer.paint(rounded(width, height, height / 2), GROUND, opacity=GROUND_OPACITY)
    layer.paint(text.mask(string, size), colour, pad, text.top(height / 2, size))
    return layer.sprite()
