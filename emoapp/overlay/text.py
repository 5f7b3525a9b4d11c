"""Render text with Pillow, once per string and size, to be blended in as a mask."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from emoapp.overlay.blend import Layer, Sprite
from emoapp.overlay.theme import Color, asset

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

CAP_HEIGHT = 0.727
"""Height of Inter's capitals, in ems: a line looks centered when its capitals are."""


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> FreeTypeFont:
    # Imported here so that importing the overlay does not load Pillow.
    from PIL import ImageFont

    name = "Inter-SemiBold.otf" if bold else "Inter-Medium.otf"
    # Bytes, because FreeType cannot open a path with letters outside Windows' code page.
    with asset("fonts", name).open("rb") as file:
        return ImageFont.truetype(file, size)


def _clean(string: str) -> str:
    # Raqm, Pillow's layout engine, rejects some control characters.
    if string.isprintable():
        return string
    return "".join(letter if letter.isprintable() else " " for letter in string)


@lru_cache(maxsize=1024)
def width(string: str, size: int, bold: bool = False) -> int:
    """Return the width of a string in pixels; `size` is the em in pixels."""
    return math.ceil(_font(size, bold).getlength(_clean(string))) if string else 0


@lru_cache(maxsize=256)
def mask(string: str, size: int, bold: bool = False) -> np.ndarray:
    """Return the mask of a string.

    Args:
        string: The text.
        size: Font size (the em), pixels.
        bold: Whether the text is semibold.

    Returns:
        uint8 (h, w), read-only: how much of each pixel the letters cover; h depends on the font
        and `size` alone.
    """
    from PIL import Image, ImageDraw

    font = _font(size, bold)
    ascent, descent = font.getmetrics()
    image = Image.new("L", (max(1, width(string, size, bold)), ascent + descent), 0)
    ImageDraw.Draw(image).text((0, ascent), _clean(string), fill=255, font=font, anchor="ls")
    letters = np.asarray(image)
    letters.setflags(write=False)
    return letters


@lru_cache(maxsize=512)
def sprite(string: str, size: int, color: Color, bold: bool = False) -> Sprite:
    """Return a string in one color as a sprite; arguments as for `mask`."""
    letters = mask(string, size, bold)
    layer = Layer(letters.shape[1], letters.shape[0])
    layer.paint(letters, color)
    return layer.sprite()


def top(middle: float, size: int, bold: bool = False) -> int:
    """Return the y of a mask's upper edge that centers capitals on the y `middle`, in pixels."""
    return round(middle + CAP_HEIGHT * size / 2) - _font(size, bold).getmetrics()[0]


@lru_cache(maxsize=256)
def fit(string: str, size: int, room: int, bold: bool = False) -> str:
    """Return a string, shortened with an ellipsis if it is wider than `room` pixels."""
    if width(string, size, bold) <= room:
        return string
    end = len(string)
    while end and width(string[:end].rstrip() + "…", size, bold) > room:
        end -= 1
    return string[:end].rstrip() + "…" if end else ""


def wrap(string: str, size: int, room: int) -> list[str]:
    """Break a string between words into lines of at most `room` pixels."""
    lines: list[str] = []
    for paragraph in string.splitlines():
        line = ""
        for part in paragraph.split():
            longer = f"{line} {part}" if line else part
            if line and width(longer, size) > room:
                lines.append(line)
                longer = part
            line = longer
        lines.append(line)
    return [fit(line, size, room) for line in lines]


def balance(string: str, size: int, room: int) -> list[str]:
    """Break a string as `wrap` does, into lines of about the same width.

    The lines are made as narrow as their number allows, so that no word is left alone on the last.
    """
    lines = wrap(string, size, room)
    while room > 12 * size and len(narrower := wrap(string, size, room - size)) == len(lines) > 1:
        room, lines = room - size, narrower
    return lines
