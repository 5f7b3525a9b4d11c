"""Words and sizes of the overlay; its colors are those of `emoapp.palette`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emoapp.errors import EmoappError
from emoapp.labels import shown
from emoapp.palette import (
    BRIGHTEST_GROUND,
    EXPRESSION_COLORS,
    EXTRA_COLORS,
    GROUND,
    GROUND_OPACITY,
    ICON_CONTRAST,
    QUIET,
    RECORDING,
    TEXT,
    TEXT_CONTRAST,
    WARNING,
    Color,
    colors_of,
    contrast,
    known,
    legible,
    mix,
    muted,
)
from emoapp.utils.escape import printable
from emoapp.utils.resources import ASSETS

__all__ = [
    "BRIGHTEST_GROUND",
    "Color",
    "EXPRESSION_COLORS",
    "EXTRA_COLORS",
    "GROUND",
    "GROUND_OPACITY",
    "HIGH_CONTRAST_STROKE",
    "ICON_CONTRAST",
    "MIN_TEXT",
    "QUIET",
    "RECORDING",
    "SCALE_STEP",
    "Sizes",
    "TEXT",
    "TEXT_CONTRAST",
    "WARNING",
    "asset",
    "colors_of",
    "contrast",
    "known",
    "legible",
    "mix",
    "muted",
    "word",
]


def word(label: str) -> str:
    """Return a label as displayed: on one line, beginning with a capital."""
    text = printable(" ".join(shown(label).split()))
    return text[:1].upper() + text[1:]


def asset(*parts: str) -> Path:
    """Return the path of a file that ships with the package.

    Args:
        *parts: The path below the assets folder.

    Raises:
        EmoappError: The file is missing.
    """
    path = ASSETS.joinpath(*parts)
    if not path.is_file():
        raise EmoappError(f"{path} is missing: emoapp is not fully installed, install it again")
    return path


MIN_TEXT = 9
"""Smallest font size, pixels."""
SCALE_STEP = 0.1
"""By this much of the default size text shrinks at a time where it has no room."""
HIGH_CONTRAST_STROKE = 1.6
"""Thickness of strokes at high contrast, relative to the usual."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """All lengths, in pixels, for an image of one size, and how strong its contrasts are.

    Attributes:
        width, height: Size of the image.
        text, small: Font sizes (the em).
        icon: Side length of an icon.
        pad: Distance from a panel's edge to its contents.
        gap: Distance between neighbors in a row.
        margin: Distance from the image's edge to a panel.
        stroke: Thickness of a face's corners.
        scale: Size of the text relative to the default.
        high_contrast: Whether grounds are opaque, text is white and strokes are thicker.
    """

    width: int
    height: int
    text: int
    small: int
    icon: int
    pad: int
    gap: int
    margin: int
    stroke: int
    scale: float = 1.0
    high_contrast: bool = False

    def __hash__(self) -> int:
        # All else follows from these; sizes are part of every cache's key, many times a frame.
        return hash((self.width, self.height, self.scale, self.high_contrast))

    @classmethod
    @lru_cache(maxsize=64)
    def of(
        cls, width: int, height: int, *, scale: float = 1.0, high_contrast: bool = False
    ) -> Sizes:
        """Return the lengths for an image.

        Args:
            width: Of the image, pixels.
            height: Of the image, pixels.
            scale: Size of the text relative to the default.
            high_contrast: Whether grounds are opaque, text is white and strokes are thicker.
        """
        # The shorter side, so that a portrait image from a phone gets no giant letters.
        short = min(width, height)
        text = max(MIN_TEXT, round(max(12, round(short * 0.0265)) * scale))
        stroke = short * 0.0045 * (HIGH_CONTRAST_STROKE if high_contrast else 1)
        return cls(
            width=width,
            height=height,
            text=text,
            small=max(min(11, text), round(text * 0.82)),
            icon=round(text * 1.3),
            pad=round(text * 0.5),
            gap=round(text * 0.45),
            margin=max(4, round(short * 0.022)),
            stroke=max(3 if high_contrast else 2, round(stroke)),
            scale=scale,
            high_contrast=high_contrast,
        )

    def smaller(self, least: float = 1.0) -> Sizes | None:
        """Return lengths with smaller text; None if there are none.

        Args:
            least: Smallest size of the text relative to the default.
        """
        scale = round(self.scale - SCALE_STEP, 2)
        if scale < least:
            return None
        return Sizes.of(self.width, self.height, scale=scale, high_contrast=self.high_contrast)

    def opacity(self, usual: float = GROUND_OPACITY) -> float:
        """Return the opacity of a panel's ground, 0 to 1."""
        return 1.0 if self.high_contrast else usual

    @property
    def quiet(self) -> Color:
        """Color of text that is not in the foreground."""
        return TEXT if self.high_contrast else QUIET

    @property
    def row(self) -> int:
        """Height of a row of small text with its ground."""
        return round(self.small * 1.9)

    @property
    def pill(self) -> int:
        """Height of a tag: one line of text with its icon."""
        return self.icon + 2 * round(self.pad * 0.55)
