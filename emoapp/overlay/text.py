"""Text through a real font: drawn once a string and size by Pillow, then blended in as a mask."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from emoapp.overlay.blend import Layer, Sprite
from emoapp.overlay.theme import Colour, asset

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

CAP_HEIGHT = 0.727
"""Height of Inter's capitals, in ems: a line looks centred when its capitals are."""


@lru_cache(maxsize=32)
def _font(size: int, bold: bool) -> FreeTypeFont:
    # Here, so that importing the overlay does not wait for Pillow.
    from PIL import ImageFont

    name = "Inter-SemiBold.otf" if bold else "Inter-Medium.otf"
    # Bytes, because FreeType opens no path with letters outside of Windows' code page.
    with asset("fonts", name).open("rb") as file:
        return ImageFont.truetype(file, size)


def _clean(string: str) -> str:
    # Raqm, Pillow's layout engine, refuses some control characters.
    if string.isprintable():
        return string
    return "".join(letter if letter.isprintable() else " " for letter in string)


@lru_cache(maxsize=1024)
def width(string: str, size: int, bold: bool = False) -> int:
    """How many pixels wide `string` is."""
    return math.ceil(_font(size, bold).getlength(_clean(string))) if string else 0


@lru_cache(maxsize=256)
def mask(string: str, size: int, bold: bool = False) -> np.ndarray:
    """uint8 (h, w): how much of each pixel the letters cover; h depends on `size` alone."""
    from PIL import Image, ImageDraw

    font = _font(size, bold)
    ascent, descent = font.getmetrics()
    image = Image.new("L", (max(1, width(string, size, bold)), ascent + descent), 0)
    ImageDraw.Draw(image).text((0, ascent), _clean(string), fill=255, font=font, anchor="ls")
    letters = np.asarray(image)
    letters.setflags(write=False)
    return letters


@lru_cache(maxsize=512)
def sprite(string: str, size: int, colour: Colour, bold: bool = False) -> Sprite:
    """`string` in one colour, ready to be pasted."""
    letters = mask(string, size, bold)
    layer = Layer(letters.shape[1], letters.shape[0])
    layer.paint(letters, colour)
    return layer.sprite()


def top(middle: float, size: int, bold: bool = False) -> int:
    """Where the mask's upper edge goes so that capitals are centred on the row `middle`."""
    return round(middle + CAP_HEIGHT * size / 2) - _font(size, bold).getmetrics()[0]


@lru_cache(maxsize=256)
def fit(string: str, size: int, room: int, bold: bool = False) -> str:
    """`string`, or as much of its beginning as fits into `room` pixels, with an ellipsis."""
    if width(string, size, bold) <= room:
        return string
    end = len(string)
    while end and width(string[:end].rstrip() + "…", size, bold) > room:
        end -= 1
    return string[:end].rstrip() + "…" if end else ""


def wrap(string: str, size: int, room: int) -> list[str]:
    """`string` cut between words into lines of at most `room` pixels."""
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
    """`wrap`, as narrow as as many lines allow: so that no word is left alone on the last one."""
    lines = wrap(string, size, room)
    while room > 12 * size and len(narrower := wrap(string, size, room - size)) == len(lines) > 1:
        room, lines = room - size, narrower
    return lines
