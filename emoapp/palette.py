"""Colors of the expressions, and of the grounds and texts around them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from emoapp.labels import canonical_label

Color = tuple[int, int, int]
"""Blue, green, red, each 0 to 255: the channel order of the images."""


def from_hex(text: str) -> Color:
    """Convert "#RRGGBB" to (blue, green, red)."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return blue, green, red


def mix(a: Color, b: Color, share: float) -> Color:
    """Return the mixture of `share` (0 to 1) of color `a` and the rest of `b`."""
    blue, green, red = (round(share * p + (1 - share) * q) for p, q in zip(a, b, strict=True))
    return blue, green, red


# Okabe and Ito's palette, distinguishable with any of the common color blindnesses.
EXPRESSION_COLORS: dict[str, Color] = {
    "angry": from_hex("#D55E00"),
    "disgust": from_hex("#009E73"),
    "fear": from_hex("#CC79A7"),
    "happy": from_hex("#F0E442"),
    "sad": from_hex("#0072B2"),
    "surprise": from_hex("#E69F00"),
    "neutral": from_hex("#BBBBBB"),
    "contempt": from_hex("#56B4E9"),
}

# For other labels, of models trained on one's own data, in the order of those labels.
EXTRA_COLORS: tuple[Color, ...] = tuple(
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
"""The background of all text."""
GROUND_OPACITY = 0.84
"""Keeps text and icons legible over a white image."""
TEXT = from_hex("#FFFFFF")
QUIET = from_hex("#BEC4CC")
GRAY = from_hex("#70757C")
RECORDING = from_hex("#FF4B3E")
WARNING = from_hex("#FFB938")


WHITE = from_hex("#FFFFFF")
BRIGHTEST_GROUND = mix(GROUND, WHITE, GROUND_OPACITY)
"""A panel over a white image: what is legible there is legible everywhere."""

ICON_CONTRAST = 3.0
TEXT_CONTRAST = 4.5
"""The least contrast ratios against the ground by WCAG 2.1 (1.4.11 and 1.4.3)."""


def contrast(a: Color, b: Color) -> float:
    """Return the contrast ratio of two colors as WCAG 2.1 defines it, 1 to 21."""
    brighter, darker = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    """Return the relative luminance as WCAG 2.1 defines it, 0 to 1."""

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    blue, green, red = (linear(channel / 255) for channel in color)
    return 0.0722 * blue + 0.7152 * green + 0.2126 * red


@lru_cache(maxsize=64)
def legible(color: Color, ratio: float = ICON_CONTRAST) -> Color:
    """Return a color, lightened until its contrast ratio to any panel's ground is `ratio`."""
    for percent in range(0, 101, 2):
        lighter = mix(WHITE, color, percent / 100)
        if contrast(lighter, BRIGHTEST_GROUND) >= ratio:
            return lighter
    return WHITE


@lru_cache(maxsize=64)
def muted(color: Color) -> Color:
    """Return the muted form of an expression's color, for what is not in the foreground."""
    return legible(mix(color, GRAY, 0.45))


def known(label: str) -> str | None:
    """Return the expression that a label names; None for one without a color and an icon."""
    name = canonical_label(label)
    return name if name in EXPRESSION_COLORS else None


def colors_of(labels: Iterable[str]) -> dict[str, Color]:
    """Return the color of each label.

    The same labels in the same order always get the same colors.
    """
    colors: dict[str, Color] = {}
    extras = 0
    for label in labels:
        name = known(label)
        if name is None:
            colors[label] = EXTRA_COLORS[extras % len(EXTRA_COLORS)]
            extras += 1
        else:
            colors[label] = EXPRESSION_COLORS[name]
    return colors
