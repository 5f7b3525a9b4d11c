"""Panels in the middle of the picture: the help, a message; and the hint that nobody is seen."""

from __future__ import annotations

from functools import lru_cache

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite, rounded
from emoapp.overlay.theme import GROUND, GROUND_OPACITY, QUIET, TEXT, Sizes

HELP: tuple[tuple[str, str], ...] = (
    ("q  Esc", "quit"),
    ("h  ?", "show or hide this help"),
    ("b", "show or hide the bars"),
    ("m", "mirror the picture"),
)
"""(keys, what they do), in the order shown; keys of one row are set apart by spaces."""

NO_FACE = "No face in sight"


@lru_cache(maxsize=8)
def hint(string: str, sizes: Sizes) -> Sprite | None:
    """One quiet line; None where the picture is too small for it."""
    size, pad = sizes.small, 2 * sizes.pad
    width, height = text.width(string, size) + 2 * pad, round(size * 1.9)
    if width > sizes.width or height > sizes.height:
        return None
    layer = Layer(width, height)
    layer.paint(rounded(width, height, height / 2), GROUND, opacity=GROUND_OPACITY)
    layer.paint(text.mask(string, size), QUIET, pad, text.top(height / 2, size))
    return layer.sprite()


@lru_cache(maxsize=4)
def message(title: str, body: str, sizes: Sizes) -> Sprite:
    """A title and, where there is one, a text below it in lines as long as the picture allows."""
    size, big, edge = sizes.text, round(sizes.text * 1.35), 2 * sizes.text
    room = max(1, min(30 * size, sizes.width - 2 * edge - 2 * sizes.margin))
    heads = [text.fit(title, big, room, True)]
    lines = text.wrap(body, size, room)
    # As narrow as as many lines allow, so that no word is left alone on the last one.
    while room > 12 * size and len(text.wrap(body, size, room - size)) == len(lines) > 1:
        room -= size
    lines = text.wrap(body, size, room)
    line, head = round(size * 1.6), round(big * 1.5)
    widest = max(
        [text.width(one, big, True) for one in heads] + [text.width(one, size) for one in lines]
    )
    height = 2 * edge + head + (line * len(lines) + round(size * 0.4) if lines else 0)
    layer = _panel(widest + 2 * edge, height, sizes)
    y = edge + head / 2
    for one in heads:
        x = edge + (widest - text.width(one, big, True)) // 2
        layer.paint(text.mask(one, big, True), TEXT, x, text.top(y, big, True))
    y += head / 2 + size * 0.4 + line / 2
    for one in lines:
        x = edge + (widest - text.width(one, size)) // 2
        layer.paint(text.mask(one, size), QUIET, x, text.top(y, size))
        y += line
    return layer.sprite()


@lru_cache(maxsize=4)
def help_panel(rows: tuple[tuple[str, str], ...], sizes: Sizes) -> Sprite:
    """Each key as a cap, and beside it what it does."""
    size, head = sizes.text, round(sizes.text * 2.4)
    edge = min(2 * size, sizes.height // 16)
    # A small picture gets its rows closer together rather than none of the last ones.
    room = sizes.height - 2 * sizes.margin - 2 * edge - head
    line = max(size, min(round(size * 2.2), room // len(rows)))
    cap = min(round(size * 1.6), line - 2)
    caps = [[(key, _cap_width(key, sizes)) for key in keys.split()] for keys, _ in rows]
    left = max(sum(width + sizes.gap for _, width in row) for row in caps)
    right = max(text.width(what, size) for _, what in rows)
    width = 2 * edge + left + size + right
    layer = _panel(width, 2 * edge + head + line * len(rows) - (line - cap), sizes)
    title = text.mask("Keys", round(size * 1.2), True)
    layer.paint(title, TEXT, edge, text.top(edge + size * 0.6, round(size * 1.2), True))
    for index, (row, (_, what)) in enumerate(zip(caps, rows, strict=True)):
        y, x = edge + head + index * line, edge
        for key, key_width in row:
            layer.paint(rounded(key_width, cap, size * 0.35), TEXT, x, y, opacity=0.16)
            at = x + (key_width - text.width(key, size, True)) // 2
            layer.paint(text.mask(key, size, True), TEXT, at, text.top(y + cap / 2, size, True))
            x += key_width + sizes.gap
        at = edge + left + size
        layer.paint(text.mask(what, size), QUIET, at, text.top(y + cap / 2, size))
    return layer.sprite()


def _cap_width(key: str, sizes: Sizes) -> int:
    return max(round(sizes.text * 1.6), text.width(key, sizes.text, True) + 2 * sizes.pad)


def _panel(width: int, height: int, sizes: Sizes) -> Layer:
    layer = Layer(width, height)
    layer.paint(rounded(width, height, sizes.text), GROUND, opacity=0.86)
    return layer
