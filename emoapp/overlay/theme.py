"""Colours and sizes of the overlay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from emoapp.errors import EmoappError
from emoapp.labels import canonical_label
from emoapp.utils.escape import printable
from emoapp.utils.resources import ASSETS

Colour = tuple[int, int, int]
"""Blue, green, red, each 0 to 255: the order of the pictures."""


def from_hex(text: str) -> Colour:
    """ "#RRGGBB" -> (blue, green, red)."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return blue, green, red


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """`share` of a, the rest of b."""
    blue, green, red = (round(share * p + (1 - share) * q) for p, q in zip(a, b, strict=True))
    return blue, green, red


# Okabe and Ito's set: told apart by people with any of the common colour blindnesses.
EXPRESSIONS: dict[str, Colour] = {
    "angry": from_hex("#D55E00"),
    "disgust": from_hex("#009E73"),
    "fear": from_hex("#CC79A7"),
    "happy": from_hex("#F0E442"),
    "sad": from_hex("#0072B2"),
    "surprise": from_hex("#E69F00"),
    "neutral": from_hex("#BBBBBB"),
    "contempt": from_hex("#56B4E9"),
}

# For the labels of models that people train on their own data, in the order of those labels.
EXTRA: tuple[Colour, ...] = tuple(
    from_hex(text)
    for text in (
        "#6B98F2",
        "#E3F289",
        "#A74D89",
        "#B6F2C5",
        "#A7983E",
        "#2F5CF2",
        "#B6D4F2",
        "#6B7A4D",
    )
)

GROUND = from_hex("#14161A")
"""Behind every text."""
GROUND_OPACITY = 0.84
"""Enough for text and icons to be legible over a white picture."""
TEXT = from_hex("#FFFFFF")
QUIET = from_hex("#BEC4CC")
GREY = from_hex("#70757C")
RECORDING = from_hex("#FF4B3E")
WARNING = from_hex("#FFB938")


WHITE = from_hex("#FFFFFF")
BRIGHTEST_GROUND = mix(GROUND, WHITE, GROUND_OPACITY)
"""A panel over a white picture: what is legible there is legible everywhere."""

ICON_CONTRAST = 3.0
TEXT_CONTRAST = 4.5
"""The smallest contrasts of WCAG 2.1 (1.4.11 and 1.4.3), against the ground."""


def contrast(a: Colour, b: Colour) -> float:
    """Return the contrast ratio of two colours as WCAG 2.1 defines it, 1 to 21."""
    brighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    blue, green, red = (linear(channel / 255) for channel in colour)
    return 0.0722 * blue + 0.7152 * green + 0.2126 * red


@lru_cache(maxsize=64)
def legible(colour: Colour, ratio: float = ICON_CONTRAST) -> Colour:
    """Return the colour, lightened until it has that contrast to every panel's ground."""
    for percent in range(0, 101, 2):
        lighter = mix(WHITE, colour, percent / 100)
        if contrast(lighter, BRIGHTEST_GROUND) >= ratio:
            return lighter
    return WHITE


def muted(colour: Colour) -> Colour:
    """Return the quiet form of an expression's colour, for what is not in the foreground."""
    return legible(mix(colour, GREY, 0.45))


def known(label: str) -> str | None:
    """The expression that `label` is a name of, or None for one that we have no face for."""
    name = canonical_label(label)
    return name if name in EXPRESSIONS else None


def colours_of(labels: Iterable[str]) -> dict[str, Colour]:
    """Label -> colour; the same labels in the same order always get the same colours."""
    colours: dict[str, Colour] = {}
    extras = 0
    for label in labels:
        name = known(label)
        if name is None:
            colours[label] = EXTRA[extras % len(EXTRA)]
            extras += 1
        else:
            colours[label] = EXPRESSIONS[name]
    return colours


def word(label: str) -> str:
    """How a label is written: on one line, beginning with a capital."""
    text = printable(" ".join(label.split()))
    return text[:1].upper() + text[1:]


def asset(*parts: str) -> Path:
    """A file that ships with the program; an error that says what to do when it is not there."""
    path = ASSETS.joinpath(*parts)
    if not path.is_file():
        raise EmoappError(f"{path} is missing: emoapp is not fully installed, install it again")
    return path


@dataclass(frozen=True, slots=True)
class Sizes:
    """All lengths, in pixels, for a picture of one size.

    Attributes:
        width, height: Of the picture.
        text, small: Font sizes (the em).
        icon: Side of the square that an icon fills.
        pad: From a panel's edge to what is in it.
        gap: Between neighbors in a row.
        margin: From the picture's edge to a panel.
        stroke: Thickness of a face's corners.
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

    @classmethod
    def of(cls, width: int, height: int) -> Sizes:
        """Return the lengths for a picture of this width and height in pixels."""
        # The shorter side, so that a phone's upright picture gets no giant letters.
        short = min(width, height)
        text = max(12, round(short * 0.0265))
        return cls(
            width=width,
            height=height,
            text=text,
            small=max(11, round(text * 0.82)),
            icon=round(text * 1.3),
            pad=round(text * 0.5),
            gap=round(text * 0.45),
            margin=max(4, round(short * 0.022)),
            stroke=max(2, round(short * 0.0045)),
        )

    @property
    def row(self) -> int:
        """Height of a line of small text on its ground."""
        return round(self.small * 1.9)

    @property
    def pill(self) -> int:
        """Height of a pill: one line of text with its icon."""
        return self.icon + 2 * round(self.pad * 0.55)
