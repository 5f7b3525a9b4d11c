"""Show a quiet line at the bottom: a notice that expires, or that no face is in sight."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.overlay import text
from emoapp.overlay.blend import PlacedSprite, Sprite, rounded
from emoapp.overlay.ground import row_layer, write
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import TEXT, Color, Sizes
from emoapp.utils.language import N_, cached_per_language, translated

NO_FACE_TEXT = N_("No face in sight")
THUMBNAIL_EM = 7
"""Height of a notice's picture, in ems."""
FADE_S = 0.4
"""The end of a notice's time, in which it fades out."""


class Notices:
    """Keep the last notice until it expires.

    Attributes:
        picture: uint8 (H, W, 3), BGR, shown small above the text; None for none.
    """

    def __init__(self) -> None:
        self._text, self._color = "", TEXT
        self.picture: np.ndarray | None = None
        self._from = self._until = 0.0

    def show(
        self,
        string: str,
        *,
        now: float,
        seconds: float,
        color: Color = TEXT,
        picture: np.ndarray | None = None,
    ) -> None:
        """Show a notice, replacing any other.

        Args:
            string: The text.
            now: When it appears; seconds, monotonic.
            seconds: How long it stays.
            color: Of the text.
            picture: uint8 (H, W, 3), BGR, shown small above the text; None for none.
        """
        self._color, self.picture = color, picture
        self._text, self._from, self._until = string, now, now + seconds

    def prepare(
        self,
        sizes: Sizes,
        *,
        now: float,
        hint: bool,
        floor: int,
        row: Rect | None,
        bars: Rect | None,
    ) -> PlacedSprite | None:
        """Lay out the line.

        Args:
            sizes: Of the image.
            now: Seconds, monotonic.
            hint: Whether to show that no face is in sight while there is no notice.
            floor: Lower edge of the line, pixels.
            row: The status row, beside or above which the line moves if they would touch.
            bars: The panel of bars, which the line leaves free.

        Returns:
            The line and its rectangle, which touches the status row where there is no other room;
            None if there is nothing to show, or no room.
        """
        share, picture = 1.0, None
        if self._text and self._from <= now < self._until:
            line, picture = _line(self._text, self._color, sizes), self.picture
            share = min(1.0, (self._until - now) / FADE_S)
        else:
            line = _line(NO_FACE_TEXT, sizes.quiet, sizes) if hint else None
        if line is None:
            return None
        rect = _place(line, sizes, floor=floor, row=row, bars=bars)
        if picture is not None:
            larger = _with_thumbnail(line, picture, sizes)
            place = _place(larger, sizes, floor=floor, row=row, bars=bars)
            if bars is None or not place.overlaps(bars):
                line, rect = larger, place
        return (line if share == 1 else line.faded(share)), rect


def _place(line: Sprite, sizes: Sizes, *, floor: int, row: Rect | None, bars: Rect | None) -> Rect:
    """Return where a line stands: in the middle, at the right, or above the status row."""
    middle, right = (sizes.width - line.width) // 2, sizes.width - sizes.margin - line.width
    lowest = floor - line.height
    corners = [(middle, lowest), (right, lowest)]
    if row is not None:
        above = min(row.y0 - sizes.gap, floor) - line.height
        corners += [(middle, above), (right, above), (sizes.margin, above)]
    spots = [Rect.at(x, y, line.width, line.height) for x, y in corners]
    taken = [panel.wider(sizes.gap) for panel in (row, bars) if panel]
    free = (spot for spot in spots if not any(map(spot.overlaps, taken)))
    return next(free, spots[1])


def notice_sprite(string: str, sizes: Sizes) -> Sprite | None:
    """Return a quiet line of text; None if the image is too small for it."""
    return _line(string, sizes.quiet, sizes)


def _with_thumbnail(line: Sprite, picture: np.ndarray, sizes: Sizes) -> Sprite:
    """Return the line with a small form of the picture above it."""
    height = round(THUMBNAIL_EM * sizes.text)
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    gap = sizes.gap
    if width > line.width or height + gap + line.height > sizes.height // 2:
        return line
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    mask = rounded(width, height, sizes.text * 0.5)[:, :, None]
    ink = np.zeros((height + gap + line.height, line.width, 3), np.uint8)
    keep = np.full_like(ink, 255)
    x = (line.width - width) // 2
    ink[:height, x : x + width] = small * (mask / np.float32(255))
    keep[:height, x : x + width] = 255 - mask
    ink[height + gap :], keep[height + gap :] = line.ink, line.keep
    return Sprite(ink, keep)


@cached_per_language(8)
def _line(string: str, color: Color, sizes: Sizes) -> Sprite | None:
    """Draw as much of `string` as fits; None if the image is too small for any of it."""
    size, pad = sizes.small, 2 * sizes.pad
    string = text.fit(translated(string), size, sizes.width - 2 * (sizes.margin + pad))
    if not string.strip("…") or sizes.row > sizes.height - 2 * sizes.margin:
        return None
    layer = row_layer(text.width(string, size) + 2 * pad, sizes)
    write(layer, string, size, color, pad, sizes.row / 2)
    return layer.sprite()
