"""Draw the buttons at the top right, for those who use the mouse."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from emoapp.overlay import shapes, text
from emoapp.overlay.blend import Layer, Painter, Sprite, rounded
from emoapp.overlay.ground import panel_layer, row_layer, write, write_cap
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import RECORDING, TEXT, Sizes
from emoapp.utils.language import _, cached_per_language

BUTTONS = ("record", "snapshot", "privacy", "settings", "help")
"""Names of the buttons, from left to right."""

KEYS = {"record": "r", "snapshot": "s", "privacy": "p", "settings": ",", "help": "h"}
"""Button -> the key that does the same."""

SIDE_EM = 2.3
"""Side of a button, in ems: large enough to be hit with a touchpad."""
ICON_SHARE = 0.52
"""Side of an icon relative to its button."""
HOVER_OPACITY = 0.16


@dataclass(frozen=True, slots=True)
class ToolbarState:
    """What the buttons look like.

    Attributes:
        hovered: The button under the mouse; None for none.
        recording: Whether a recording goes on.
        private: Whether faces are hidden.
    """

    hovered: str | None = None
    recording: bool = False
    private: bool = False


@lru_cache(maxsize=8)
def button_rects(sizes: Sizes) -> dict[str, Rect]:
    """Return the rectangle of each button in an image; smaller ones in a small image."""
    room = sizes.width - 2 * sizes.margin, sizes.height - 2 * sizes.margin
    side = max(1, min(round(SIDE_EM * sizes.text), room[0] // len(BUTTONS), room[1]))
    x = sizes.width - sizes.margin - side * len(BUTTONS)
    return {
        name: Rect.at(x + side * number, sizes.margin, side, side)
        for number, name in enumerate(BUTTONS)
    }


def button_at(x: float, y: float, sizes: Sizes) -> str | None:
    """Return the button at a point of the image, in pixels; None if there is none."""
    rects = button_rects(sizes)
    return next((name for name, rect in rects.items() if rect.contains(x, y)), None)


def covers_buttons(rect: Rect, sizes: Sizes) -> bool:
    """Return whether a rectangle reaches to where the buttons are, in pixels of the image."""
    return any(button.overlaps(rect) for button in button_rects(sizes).values())


def draw_toolbar(
    painter: Painter, state: ToolbarState, sizes: Sizes, *, opacity: float = 1.0
) -> None:
    """Draw the buttons, and the word for the one under the mouse.

    Args:
        painter: Draws on the image.
        state: What they look like.
        sizes: Of the image.
        opacity: 0 to 1, for fading in and out.
    """
    rects = button_rects(sizes)
    bar = _toolbar(state, sizes)
    first = rects[BUTTONS[0]]
    painter.paste(bar if opacity == 1 else bar.faded(opacity), first.x0, first.y0)
    if state.hovered is None:
        return
    tip = _tooltip(_word(state.hovered, state), KEYS[state.hovered], sizes)
    x = round(rects[state.hovered].center[0] - tip.width / 2)
    x = max(0, min(x, sizes.width - sizes.margin - tip.width))
    painter.paste(tip if opacity == 1 else tip.faded(opacity), x, first.y1 + sizes.gap)


def _word(name: str, state: ToolbarState) -> str:
    if name == "record":
        return _("Stop") if state.recording else _("Record")
    if name == "privacy":
        return _("Show faces") if state.private else _("Hide faces")
    return {"snapshot": _("Snapshot"), "settings": _("Settings"), "help": _("Keys")}[name]


def _icon(name: str, state: ToolbarState) -> str:
    if name == "record":
        return "stop" if state.recording else "record"
    if name == "privacy":
        return "hidden eye" if state.private else "eye"
    return {"snapshot": "camera", "settings": "gear", "help": "question"}[name]


@lru_cache(maxsize=16)
def _toolbar(state: ToolbarState, sizes: Sizes) -> Sprite:
    side = button_rects(sizes)[BUTTONS[0]].x1 - button_rects(sizes)[BUTTONS[0]].x0
    layer = panel_layer(side * len(BUTTONS), side, side / 2, sizes.opacity())
    size = max(1, round(ICON_SHARE * side))
    for number, name in enumerate(BUTTONS):
        x = number * side
        if name == state.hovered:
            _hover(layer, x, side)
        inset = (side - size) // 2
        color = RECORDING if name == "record" else TEXT if name == state.hovered else sizes.quiet
        layer.paint(shapes.mask(_icon(name, state), size), color, x + inset, inset)
    return layer.sprite()


def _hover(layer: Layer, x: int, side: int) -> None:
    inset = max(1, side // 12)
    disc = rounded(side - 2 * inset, side - 2 * inset, side)
    layer.paint(disc, TEXT, x + inset, inset, opacity=HOVER_OPACITY)


@cached_per_language(8)
def _tooltip(word: str, key: str, sizes: Sizes) -> Sprite:
    size, pad, height = sizes.small, round(1.6 * sizes.pad), sizes.row
    cap_height = max(1, height - 2 * max(2, height // 6))
    cap_width = max(cap_height, text.width(key, size, True) + sizes.pad)
    x = pad + text.width(word, size) + sizes.gap
    layer = row_layer(x + cap_width + pad // 2, sizes)
    write(layer, word, size, TEXT, pad, height / 2)
    y = (height - cap_height) // 2
    write_cap(layer, key, size, (x, y, cap_width, cap_height), sizes)
    return layer.sprite()
