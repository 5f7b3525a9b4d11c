"""Render text with Pillow, once per string and size, to be blended in as a mask."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from emoapp.overlay.blend import Layer, Sprite
from emoapp.overlay.theme import Color, asset
from emoapp.utils.language import cached_per_language, language
from emoapp.utils.wide import has_wide, runs, units

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

CAP_HEIGHT = 0.727
"""Height of Inter's capitals, in ems: a line looks centered when its capitals are."""


@lru_cache(maxsize=32)
def _font(size: int, bold: bool, family: str = "Inter") -> FreeTypeFont:
    # Imported here so that importing the overlay does not load Pillow.
    from PIL import ImageFont

    weight = "Medium" if not bold else "SemiBold" if family == "Inter" else "Bold"
    name = f"{family}-{weight}.otf"
    # Bytes, because FreeType cannot open a path with letters outside Windows' code page.
    with asset("fonts", name).open("rb") as file:
        return ImageFont.truetype(file, size)


def _clean(string: str) -> str:
    # Raqm, Pillow's layout engine, rejects some control characters.
    if string.isprintable():
        return string
    return "".join(letter if letter.isprintable() else " " for letter in string)


def _runs(string: str, size: int, bold: bool) -> list[tuple[str, FreeTypeFont]]:
    """Split a string into runs of one font each."""
    latin = _font(size, bold)
    if not has_wide(string):
        return [(string, latin)]
    # Japan writes many of the letters that it shares with China in another way.
    wide = _font(size, bold, "NotoSansJP" if language() == "ja" else "NotoSansSC")
    return [(run, wide if is_wide else latin) for is_wide, run in runs(string)]


@cached_per_language(1024)
def width(string: str, size: int, bold: bool = False) -> int:
    """Return the width of a string in pixels; `size` is the em in pixels."""
    if not string:
        return 0
    return math.ceil(sum(font.getlength(run) for run, font in _runs(_clean(string), size, bold)))


@cached_per_language(256)
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

    ascent, descent = _font(size, bold).getmetrics()
    image = Image.new("L", (max(1, width(string, size, bold)), ascent + descent), 0)
    draw, x = ImageDraw.Draw(image), 0.0
    for run, font in _runs(_clean(string), size, bold):
        draw.text((round(x), ascent), run, fill=255, font=font, anchor="ls")
        x += font.getlength(run)
    letters = np.asarray(image)
    letters.setflags(write=False)
    return letters


@cached_per_language(512)
def sprite(string: str, size: int, color: Color, bold: bool = False) -> Sprite:
    """Return a string in one color as a sprite; arguments as for `mask`."""
    letters = mask(string, size, bold)
    layer = Layer(letters.shape[1], letters.shape[0])
    layer.paint(letters, color)
    return layer.sprite()


def top(middle: float, size: int, bold: bool = False) -> int:
    """Return the y of a mask's upper edge that centers capitals on the y `middle`, in pixels."""
    return round(middle + CAP_HEIGHT * size / 2) - _font(size, bold).getmetrics()[0]


@cached_per_language(256)
def fit(string: str, size: int, room: int, bold: bool = False) -> str:
    """Return a string, shortened with an ellipsis if it is wider than `room` pixels."""
    if width(string, size, bold) <= room:
        return string
    end = len(string)
    while end and width(string[:end].rstrip() + "…", size, bold) > room:
        end -= 1
    return string[:end].rstrip() + "…" if end else ""


def fit_middle(string: str, size: int, room: int) -> str:
    """Return a string, with an ellipsis in its middle if it is wider than `room` pixels."""
    if width(string, size) <= room:
        return string
    for kept in range(len(string) - 1, 1, -1):
        shorter = f"{string[: kept // 2].rstrip()}…{string[kept // 2 - kept :].lstrip()}"
        if width(shorter, size) <= room:
            return shorter
    return fit(string, size, room)


def wrap(string: str, size: int, room: int) -> list[str]:
    """Break a string into lines of at most `room` pixels, between words or wide letters."""
    lines: list[str] = []
    for paragraph in string.splitlines():
        line = ""
        for blank, unit in units(paragraph):
            longer = f"{line}{blank}{unit}" if line else unit
            if line and width(longer, size) > room:
                lines.append(line)
                longer = unit
            line = longer
        lines.append(line)
    return [fit(line, size, room) for line in lines]


def balance(string: str, size: int, room: int) -> list[str]:
    """Break a string as `wrap` does, each paragraph into lines of about the same width.

    The lines are made as narrow as their number allows, so that no word is left alone on the last.
    """
    return [line for part in string.splitlines() for line in _balanced(part, size, room) or [""]]


def _balanced(string: str, size: int, room: int) -> list[str]:
    lines = wrap(string, size, room)
    # Where a word does not fit, wrap shortens it and the number of lines stays the same.
    least = max([12 * size, *(width(unit, size) for _, unit in units(string))])
    while (
        room - size >= least and len(narrower := wrap(string, size, room - size)) == len(lines) > 1
    ):
        room, lines = room - size, narrower
    return lines
