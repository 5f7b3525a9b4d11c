"""Draw panels in the middle of the image: the help, a message."""

from __future__ import annotations

from collections.abc import Sequence

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite
from emoapp.overlay.ground import panel_layer, write, write_cap, write_lines
from emoapp.overlay.theme import TEXT, Sizes
from emoapp.utils.language import N_, _, cached_per_language, translated

Rows = tuple[tuple[str, str], ...]
"""(keys, what they do); the keys of one row are separated by spaces."""

Groups = tuple[tuple[str, Rows], ...]
"""(heading, its rows), in the order shown."""

HELP: Groups = (
    (
        N_("Look"),
        (
            (N_("space"), N_("pause")),
            (N_("click"), N_("follow a face")),
            ("m", N_("mirror")),
            ("f", N_("full screen")),
            ("d", N_("next detector")),
        ),
    ),
    (N_("Save"), (("s", N_("snapshot")), ("r", N_("record, stop")), ("o", N_("open the folder")))),
    (
        N_("Correct"),
        (
            ("1–7", N_("what it really shows")),
            ("n", N_("watch the resting face")),
            ("u", N_("take the last back")),
        ),
    ),
    (
        N_("Show"),
        (
            ("b", N_("bars")),
            ("t", N_("timeline")),
            ("i", N_("more numbers")),
            (",", N_("settings")),
            ("h  ?", N_("this help")),
        ),
    ),
    (N_("People"), (("p", N_("hide faces")), ("c", N_("companion")))),
    (N_("End"), (("q  Esc", N_("quit")),)),
)

PANEL_OPACITY = 0.95
BETWEEN_EM = 2
"""Distance of the help's columns, in ems."""
MIN_LINE_EM = 1.2
"""Height of a row of the help in a small image, in ems."""
LEAST_SCALE = 0.7
"""Smallest size of the help's text relative to the default."""
MAX_LINE_EM = 30
"""Longest line of a message, in ems."""


@cached_per_language(4)
def message(title: str, body: str, sizes: Sizes) -> Sprite:
    """Return a panel with a title and a text below it, centered.

    Args:
        title: Shortened if it does not fit.
        body: Wrapped; "" for none.
        sizes: Of the image.
    """
    size, big, edge = sizes.text, round(sizes.text * 1.35), 2 * sizes.text
    room = max(1, min(MAX_LINE_EM * size, sizes.width - 2 * edge - 2 * sizes.margin))
    if text.width(translated(title), big, True) > room:
        big = size
    full_title, title = title, text.fit(translated(title), big, room, True)
    lines = text.balance(translated(body), size, room)
    line, head = round(size * 1.6), round(big * 1.5)
    widths = [text.width(string, size) for string in lines]
    widest = max([text.width(title, big, True), *widths])
    height = 2 * edge + head + (line * len(lines) + round(size * 0.4) if lines else 0)
    if height > sizes.height and (smaller := sizes.smaller()):
        return message(full_title, body, smaller)
    layer = panel_layer(widest + 2 * edge, height, size, sizes.opacity(PANEL_OPACITY))
    x = edge + (widest - text.width(title, big, True)) // 2
    write(layer, title, big, TEXT, x, edge + head / 2, bold=True)
    starts = (edge + (widest - width) // 2 for width in widths)
    centered = zip(starts, lines, strict=True)
    write_lines(layer, centered, size, sizes.quiet, edge + head + size * 0.4, line)
    return layer.sprite()


@cached_per_language(4)
def help_panel(groups: Groups, sizes: Sizes) -> Sprite:
    """Return a panel with key caps and what they do, in two columns if there is room for them.

    In a small image rows move closer together, then headings go, and finally text becomes smaller,
    so that nothing is cut off.

    Args:
        groups: The keys.
        sizes: Of the image.
    """
    # Text that was asked to be larger gives way before the headings do.
    while True:
        rows = _rows_of(groups)
        half = (len(rows) + 1) // 2
        plans: list[list[Groups]] = [_balanced(groups), [groups]]
        if sizes.scale <= 1:
            plans += [[(("", rows[:half]),), (("", rows[half:]),)], [(("", rows),)]]
        found = next((columns for columns in plans if _fits(columns, sizes)), None)
        smaller = sizes.smaller(LEAST_SCALE)
        if found or smaller is None:
            return _columns(found or plans[-1], sizes)
        sizes = smaller


def _edge(sizes: Sizes) -> int:
    short = min(sizes.width, sizes.height)
    return min(2 * sizes.text, short // (20 if short >= 400 else 32))


def _room(sizes: Sizes) -> int:
    """Return the height in pixels that the rows of the help may have."""
    return sizes.height - 2 * sizes.margin - 2 * _edge(sizes)


def _fits(columns: Sequence[Groups], sizes: Sizes) -> bool:
    width = _columns_width(columns, sizes) + 2 * _edge(sizes)
    if width > sizes.width - 2 * sizes.margin:
        return False
    return max(map(_line_count, columns)) * MIN_LINE_EM * sizes.text <= _room(sizes)


def _columns(columns: Sequence[Groups], sizes: Sizes) -> Sprite:
    size, edge = sizes.text, _edge(sizes)
    width = _columns_width(columns, sizes) + 2 * edge
    count = max(map(_line_count, columns))
    line = max(round(0.9 * size), min(round(size * 2.1), _room(sizes) // count))
    cap = min(round(size * 1.6), line - 2)
    height = 2 * edge + line * count - (line - cap)
    layer = panel_layer(width, height, size, sizes.opacity(PANEL_OPACITY))
    x = edge
    for column in columns:
        rows = _rows_of(column)
        words_x = x + _keys_width(rows, sizes) + size
        y = edge
        for heading, group in column:
            if heading:
                write(layer, _(heading), sizes.small, sizes.quiet, x, y + cap / 2, bold=True)
                y += line
            for keys, what in group:
                _caps(layer, _(keys), x, y, cap, sizes)
                write(layer, _(what), size, TEXT, words_x, y + cap / 2)
                y += line
        x += _columns_width([column], sizes) + BETWEEN_EM * size
    return layer.sprite()


def _balanced(groups: Groups) -> list[Groups]:
    """Return the groups in two columns of about the same length."""
    splits = [[groups[:i], groups[i:]] for i in range(1, len(groups))]
    return min(splits, key=lambda columns: max(map(_line_count, columns)), default=[groups])


def _line_count(groups: Groups) -> int:
    return sum(bool(heading) + len(rows) for heading, rows in groups)


def _rows_of(groups: Groups) -> Rows:
    return tuple(row for heading, rows in groups for row in rows)


def _caps(layer: Layer, keys: str, x: int, y: int, height: int, sizes: Sizes) -> None:
    """Draw the keys of one row."""
    for key in keys.split():
        width = _cap_width(key, sizes)
        write_cap(layer, key, sizes.text, (x, y, width, height), sizes)
        x += width + sizes.gap


def _columns_width(columns: Sequence[Groups], sizes: Sizes) -> int:
    width = BETWEEN_EM * sizes.text * (len(columns) - 1)
    for column in columns:
        rows = _rows_of(column)
        words = max(text.width(_(what), sizes.text) for keys, what in rows)
        headings = max(text.width(_(heading), sizes.small, True) for heading, rest in column)
        width += max(_keys_width(rows, sizes) + sizes.text + words, headings)
    return width


def _keys_width(rows: Rows, sizes: Sizes) -> int:
    return max(
        sum(_cap_width(key, sizes) + sizes.gap for key in _(keys).split()) - sizes.gap
        for keys, what in rows
    )


def _cap_width(key: str, sizes: Sizes) -> int:
    return max(round(sizes.text * 1.6), text.width(key, sizes.text, True) + 2 * sizes.pad)
