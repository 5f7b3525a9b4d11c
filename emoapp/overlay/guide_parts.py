"""Parts of the guided minute's cards: keys, dots, and the ring around an icon."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite, rounded
from emoapp.overlay.ground import write, write_cap
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import TEXT, Color, Sizes, colors_of, legible
from emoapp.utils.language import _

Key = tuple[str, str]
"""(what the key's cap says, what it does, in English)"""

Dots = tuple[tuple[str, str], ...]
"""(label, "done", "skipped", "now" or "open") of each step."""

DOT_EM = 0.62
DOT_OPACITY = {"now": 1.0, "open": 0.3, "skipped": 0.12}


def color_of(label: str, dots: Dots) -> Color:
    """Return the color of a label among those of all steps, by which one's own get theirs."""
    return colors_of(dict.fromkeys([name for name, _ in dots] + [label]))[label]


def draw_dots(layer: Layer, dots: Dots, x: int, middle: float, sizes: Sizes) -> None:
    """Draw where one is: a dot for each step, colored once it is done."""
    side = max(4, round(DOT_EM * sizes.text))
    for label, state in dots:
        width = round(2.2 * side) if state == "now" else side
        mask = rounded(width, side, side / 2)
        y = round(middle - side / 2)
        if state == "done":
            layer.paint(mask, legible(color_of(label, dots)), x, y)
        else:
            layer.paint(mask, TEXT, x, y, opacity=DOT_OPACITY[state])
        x += width + round(0.7 * side)


def dots_width(dots: Dots, sizes: Sizes) -> int:
    """Return the width in pixels of dots with the distance to what follows."""
    side = max(4, round(DOT_EM * sizes.text))
    return sum(
        (round(2.2 * side) if state == "now" else side) + round(0.7 * side) for _, state in dots
    )


def draw_keys(
    layer: Layer, keys: tuple[Key, ...], right: int, middle: float, sizes: Sizes
) -> dict[str, Rect]:
    """Draw keys and what they do, ending at `right`; return their rectangles."""
    found = {}
    x = right - keys_width(keys, sizes) + round(1.2 * sizes.text)
    cap_h = round(1.5 * sizes.small)
    for key, what in keys:
        cap_w = _cap_width(key, sizes)
        rect = (x, round(middle - cap_h / 2), cap_w, cap_h)
        write_cap(layer, _(key), sizes.small, rect, sizes)
        start = x + cap_w + sizes.gap
        write(layer, _(what), sizes.small, sizes.quiet, start, middle)
        end = start + text.width(_(what), sizes.small)
        found[key] = Rect(x, rect[1], end, rect[1] + cap_h).wider(sizes.gap)
        x = end + round(1.2 * sizes.text)
    return found


def key_lines(keys: tuple[Key, ...], sizes: Sizes, room: int) -> list[tuple[Key, ...]]:
    """Break keys into lines of at most `room` pixels."""
    lines: list[tuple[Key, ...]] = []
    for key in keys:
        if lines and keys_width((*lines[-1], key), sizes) <= room:
            lines[-1] += (key,)
        else:
            lines.append((key,))
    return lines


def keys_width(keys: tuple[Key, ...], sizes: Sizes) -> int:
    """Return the width in pixels of keys, each with its word and the distance to the next."""
    return sum(
        _cap_width(key, sizes)
        + sizes.gap
        + text.width(_(what), sizes.small)
        + round(1.2 * sizes.text)
        for key, what in keys
    )


def _cap_width(cap: str, sizes: Sizes) -> int:
    return max(round(1.5 * sizes.small), text.width(_(cap), sizes.small, True) + 2 * sizes.pad)


@lru_cache(maxsize=256)
def ring(side: int, share: float, color: Color) -> Sprite:
    """Return a part of a ring, clockwise from the top.

    Args:
        side: Of its square, pixels.
        share: Of the ring, 0 to 1.
        color: Its color.
    """
    layer = Layer(side, side)
    layer.paint(annulus(side, share), color)
    return layer.sprite()


@lru_cache(maxsize=256)
def annulus(side: int, share: float) -> np.ndarray:
    """Return the mask of a ring's part, clockwise from the top, uint8 (side, side)."""
    axis = np.arange(side, dtype=np.float32) + 0.5 - side / 2
    x, y = axis[None, :], axis[:, None]
    thick = max(2.0, side * 0.045)
    radius = side / 2 - thick / 2 - 1
    covered = np.clip(thick / 2 + 0.5 - np.abs(np.hypot(x, y) - radius), 0, 1)
    if share < 1:
        angle = np.mod(np.arctan2(x, -y), 2 * np.pi)
        covered = covered * np.clip((share * 2 * np.pi - angle) * radius + 0.5, 0, 1)
    return np.asarray(np.rint(255 * covered), np.uint8)


def moved(keys: dict[str, Rect], x: int, y: int) -> dict[str, Rect]:
    """Return rectangles moved by (x, y) pixels."""
    return {
        key: Rect(rect.x0 + x, rect.y0 + y, rect.x1 + x, rect.y1 + y) for key, rect in keys.items()
    }
