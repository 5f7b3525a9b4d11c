"""Draw panels in the middle of the image: the help, a message."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite
from emoapp.overlay.ground import panel_layer, write, write_cap, write_lines
from emoapp.overlay.theme import QUIET, TEXT, Sizes

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
"""(keys, what they do), in the order shown; the keys of one row are separated by spaces."""

PANEL_OPACITY = 0.86
MAX_LINE_EM = 30
"""Longest line of a message, in ems."""


@lru_cache(maxsize=4)
def message(title: str, body: str, sizes: Sizes) -> Sprite:
    """Return a panel with a title and a text below it, centered.

    Args:
        title: Shortened if it does not fit.
        body: Wrapped; "" for none.
        sizes: Of the image.
    """
    size, big, edge = sizes.text, round(sizes.text * 1.35), 2 * sizes.text
    room = max(1, min(MAX_LINE_EM * size, sizes.width - 2 * edge - 2 * sizes.margin))
    title = text.fit(title, big, room, True)
    lines = text.balance(body, size, room)
    line, head = round(size * 1.6), round(big * 1.5)
    widths = [text.width(string, size) for string in lines]
    widest = max([text.width(title, big, True), *widths])
    height = 2 * edge + head + (line * len(lines) + round(size * 0.4) if lines else 0)
    layer = panel_layer(widest + 2 * edge, height, size, PANEL_OPACITY)
    x = edge + (widest - text.width(title, big, True)) // 2
    write(layer, title, big, TEXT, x, edge + head / 2, bold=True)
    starts = (edge + (widest - width) // 2 for width in widths)
    centered = zip(starts, lines, strict=True)
    write_lines(layer, centered, size, QUIET, edge + head + size * 0.4, line)
    return layer.sprite()


Rows = tuple[tuple[str, str], ...]


@lru_cache(maxsize=4)
def help_panel(rows: Rows, sizes: Sizes) -> Sprite:
    """Return a panel with key caps and what they do, in two columns if one would be too tall."""
    size, head = sizes.text, round(sizes.text * 2.4)
    edge, between = min(2 * size, sizes.height // 16), round(size * 1.5)
    room = sizes.height - 2 * sizes.margin - 2 * edge - head
    tall, half = round(size * 2.2), (len(rows) + 1) // 2
    columns = [rows] if tall * len(rows) <= room else [rows[:half], rows[half:]]
    if _columns_width(columns, between, sizes) + 2 * edge > sizes.width:
        columns = [rows]
    # In a small image, rows move closer together; otherwise the last ones would be cut off.
    line = max(size, min(tall, room // len(columns[0])))
    cap = min(round(size * 1.6), line - 2)
    height = 2 * edge + head + line * len(columns[0]) - (line - cap)
    width = _columns_width(columns, between, sizes) + 2 * edge
    layer = panel_layer(width, height, size, PANEL_OPACITY)
    write(layer, "Keys", round(size * 1.2), TEXT, edge, edge + size * 0.6, bold=True)
    x = edge
    for column in columns:
        words_x = x + _keys_width(column, sizes) + size
        for index, (keys, what) in enumerate(column):
            y = edge + head + index * line
            _caps(layer, keys, x, y, cap, sizes)
            write(layer, what, size, QUIET, words_x, y + cap / 2)
        x += _columns_width([column], between, sizes) + between
    return layer.sprite()


def _caps(layer: Layer, keys: str, x: int, y: int, height: int, sizes: Sizes) -> None:
    """Draw the keys of one row."""
    for key in keys.split():
        width = _cap_width(key, sizes)
        write_cap(layer, key, sizes.text, (x, y, width, height), sizes)
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
