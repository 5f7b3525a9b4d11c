"""Panels in the middle of the picture: the help, a message."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite, rounded
from emoapp.overlay.theme import GROUND, QUIET, TEXT, Sizes

HELP: tuple[tuple[str, str], ...] = (
    ("q  Esc", "quit"),
    ("space", "pause"),
    ("r", "record"),
    ("s", "snapshot"),
    ("b", "bars"),
    ("t", "timeline"),
    ("i", "more numbers"),
    ("m", "mirror"),
    ("d", "next detector"),
    ("p", "privacy"),
    ("c", "companion"),
    ("f", "full screen"),
    ("h  ?", "this help"),
    ("click", "follow a face"),
)
"""(keys, what they do), in the order shown; keys of one row are set apart by spaces."""


@lru_cache(maxsize=4)
def message(title: str, body: str, sizes: Sizes) -> Sprite:
    """A title and, where there is one, a text below it in lines as long as the picture allows."""
    size, big, edge = sizes.text, round(sizes.text * 1.35), 2 * sizes.text
    room = max(1, min(30 * size, sizes.width - 2 * edge - 2 * sizes.margin))
    heads = [text.fit(title, big, room, True)]
    lines = text.balance(body, size, room)
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


Rows = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4)
def help_panel(rows: Rows, sizes: Sizes) -> Sprite:
    """Each key as a cap, and beside it what it does; in two columns where one is too tall."""
    size, head = sizes.text, round(sizes.text * 2.4)
    edge, between = min(2 * size, sizes.height // 16), round(size * 1.5)
    room = sizes.height - 2 * sizes.margin - 2 * edge - head
    tall, half = round(size * 2.2), (len(rows) + 1) // 2
    columns = [rows] if tall * len(rows) <= room else [rows[:half], rows[half:]]
    if _columns_width(columns, between, sizes) + 2 * edge > sizes.width:
        columns = [rows]
    # A small picture gets its rows closer together rather than none of the last ones.
    line = max(size, min(tall, room // len(columns[0])))
    cap = min(round(size * 1.6), line - 2)
    height = 2 * edge + head + line * len(columns[0]) - (line - cap)
    layer = _panel(_columns_width(columns, between, sizes) + 2 * edge, height, sizes)
    title = text.mask("Keys", round(size * 1.2), True)
    layer.paint(title, TEXT, edge, text.top(edge + size * 0.6, round(size * 1.2), True))
    x = edge
    for column in columns:
        words_x = x + _keys_width(column, sizes) + size
        for index, (keys, what) in enumerate(column):
            y = edge + head + index * line
            _caps(layer, keys, x, y, cap, sizes)
            layer.paint(text.mask(what, size), QUIET, words_x, text.top(y + cap / 2, size))
        x += _columns_width([column], between, sizes) + between
    return layer.sprite()


def _caps(layer: Layer, keys: str, x: int, y: int, height: int, sizes: Sizes) -> None:
    size = sizes.text
    for key in keys.split():
        width = _cap_width(key, sizes)
        layer.paint(rounded(width, height, size * 0.35), TEXT, x, y, opacity=0.16)
        at = x + (width - text.width(key, size, True)) // 2
        layer.paint(text.mask(key, size, True), TEXT, at, text.top(y + height / 2, size, True))
        x += width + sizes.gap


def _columns_width(columns: Sequence[Rows], between: int, sizes: Sizes) -> int:
    words = sum(max(text.width(what, sizes.text) for _, what in rows) for rows in columns)
    keys = sum(_keys_width(rows, sizes) + sizes.text for rows in columns)
    return keys + words + between * (len(columns) - 1)


def _keys_width(rows: Rows, sizes: Sizes) -> int:
    return max(
        sum(_cap_width(key, sizes) + sizes.gap for key in keys.split()) - sizes.gap
        for keys, _ in rows
    )


def _cap_width(key: str, sizes: Sizes) -> int:
    return max(round(sizes.text * 1.6), text.width(key, sizes.text, True) + 2 * sizes.pad)


def _panel(width: int, height: int, sizes: Sizes) -> Layer:
    layer = Layer(width, height)
    layer.paint(rounded(width, height, sizes.text), GROUND, opacity=0.86)
    return layer
