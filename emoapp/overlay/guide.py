"""Draw the guided minute: a card at the bottom for each step, and pages in the middle."""

from __future__ import annotations

from dataclasses import dataclass, replace

from emoapp.overlay import icons, text
from emoapp.overlay.blend import Layer, Painter, Sprite
from emoapp.overlay.ground import panel_layer, write, write_lines
from emoapp.overlay.guide_parts import (
    Dots,
    Key,
    annulus,
    color_of,
    dots_width,
    draw_dots,
    draw_keys,
    key_lines,
    keys_width,
    moved,
    ring,
)
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import TEXT, WARNING, Sizes, colors_of, legible
from emoapp.utils.language import _, cached_per_language, translated

OPACITY = 0.9
RING_OPACITY = 0.16
WRONG_OPACITY = 0.2
WIDTH_EM, PAGE_WIDTH_EM = 34, 30
ICON_EM, RING_EM = 4.2, 6.2
"""Sides of the icon and of the ring around it, in ems."""
MARK_EM = 1.7
"""Side of an icon in a row of a page, in ems."""


@dataclass(frozen=True, slots=True)
class StepCard:
    """What a step shows.

    Attributes:
        label: The expression, whose icon and color are shown.
        word: Its name as displayed.
        line: What to do.
        warning: Whether the line says what is wrong.
        fills: Whether the ring fills, in the expression's color, or empties in white.
        share: Of the ring, 0 to 1.
        count: The countdown's number; "" for none.
        dots: Where one is.
        keys: The keys that do something now.
    """

    label: str
    word: str
    line: str
    warning: bool
    fills: bool
    share: float
    count: str
    dots: Dots
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Expressions in a row of a page, each right or wrong.

    Attributes:
        name: Of the row.
        marks: (label, whether it was right).
    """

    name: str
    marks: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown before, between and after the rounds.

    Attributes:
        title: Its title.
        text: Below the title.
        rows: Below the text, of the same labels.
        keys: The keys that do something now.
    """

    title: str
    text: str = ""
    rows: tuple[Row, ...] = ()
    keys: tuple[Key, ...] = ()


def draw_guide(
    painter: Painter, card: StepCard | Page, sizes: Sizes
) -> tuple[Rect, dict[str, Rect]]:
    """Draw a card or a page.

    Args:
        painter: Draws on the image.
        card: What to draw.
        sizes: Of the image.

    Returns:
        The rectangle of the card, and that of each key by what its cap says in English, to be
        clicked, in pixels of the image.
    """
    if isinstance(card, Page):
        sprite, keys = _page(card, sizes)
        x = (sizes.width - sprite.width) // 2
        y = max(0, sizes.height - sizes.margin - sprite.height)
        painter.paste(sprite, x, y)
        return Rect.at(x, y, sprite.width, sprite.height), moved(keys, x, y)
    # The ring moves, all else is drawn once.
    sprite, keys, ring_xy = _step(replace(card, share=0.0, fills=False), sizes)
    x = (sizes.width - sprite.width) // 2
    y = sizes.height - sizes.margin - sprite.height
    painter.paste(sprite, x, y)
    side = round(RING_EM * sizes.text)
    color = legible(color_of(card.label, card.dots)) if card.fills else TEXT
    if card.share > 0:
        painter.paste(ring(side, card.share, color), x + ring_xy[0], y + ring_xy[1])
    return Rect.at(x, y, sprite.width, sprite.height), moved(keys, x, y)


@cached_per_language(16)
def _step(card: StepCard, sizes: Sizes) -> tuple[Sprite, dict[str, Rect], tuple[int, int]]:
    em, edge = sizes.text, round(1.1 * sizes.text)
    width = min(WIDTH_EM * em, sizes.width - 2 * sizes.margin)
    ring = round(RING_EM * em)
    foot = round(2.2 * em)
    height = ring + 2 * edge + foot
    layer = panel_layer(width, height, em, sizes.opacity(OPACITY))
    color = legible(color_of(card.label, card.dots))
    layer.paint(annulus(ring, 1.0), TEXT, edge, edge, opacity=RING_OPACITY)
    icon = round(ICON_EM * em)
    inset = edge + (ring - icon) // 2
    layer.paint(icons.mask(card.label, icon), color, inset, inset)
    left = edge + ring + round(1.4 * em)
    big = round(2.1 * em)
    count_room = round(3.2 * em)
    room = width - left - edge - count_room
    middle = edge + ring / 2
    title = text.fit(card.word, big, room, True)
    write(layer, title, big, TEXT, left, middle - 0.85 * em, bold=True)
    lines = text.wrap(translated(card.line), em, room)[:2]
    ink = WARNING if card.warning else sizes.quiet
    write_lines(layer, ((left, one) for one in lines), em, ink, middle + 0.35 * em, round(1.4 * em))
    if card.count:
        size = round(3.4 * em)
        x = width - edge - (count_room + text.width(card.count, size)) // 2
        write(layer, card.count, size, TEXT, x, middle)
    bottom = height - edge - round(0.45 * em)
    x = edge + round(0.4 * em)
    if x + dots_width(card.dots, sizes) <= width - edge - keys_width(card.keys, sizes):
        draw_dots(layer, card.dots, x, bottom, sizes)
    keys = draw_keys(layer, card.keys, width - edge, bottom, sizes)
    return layer.sprite(), keys, (edge, edge)


@cached_per_language(8)
def _page(page: Page, sizes: Sizes) -> tuple[Sprite, dict[str, Rect]]:
    em, edge, big = sizes.text, 2 * sizes.text, round(1.5 * sizes.text)
    line, mark = round(1.6 * em), round(MARK_EM * em)
    names = max((text.width(_(row.name), em) for row in page.rows), default=0) + em
    marks = max((len(row.marks) for row in page.rows), default=0)
    room = sizes.width - 2 * sizes.margin - 2 * edge
    keys = key_lines(page.keys, sizes, room)
    widest = max(
        names + marks * (mark + sizes.gap) if page.rows else 0,
        *(keys_width(some, sizes) for some in keys),
        min(PAGE_WIDTH_EM * em, room) if page.text else 0,
        text.width(_(page.title), big, True),
    )
    lines = text.balance(translated(page.text), em, widest) if page.text else []
    row_h = key_h = round(2.3 * em)
    height = 2 * edge + big + line * len(lines) + row_h * len(page.rows)
    height += (round(0.9 * em) if lines else 0) + (round(0.8 * em) if page.rows else 0)
    height += round(0.3 * em) + key_h * len(keys) if keys else 0
    width = widest + 2 * edge
    if (height > sizes.height or width > sizes.width) and (smaller := sizes.smaller()):
        return _page(page, smaller)
    layer = panel_layer(width, height, em, sizes.opacity(OPACITY))
    write(layer, _(page.title), big, TEXT, edge, edge + big / 2, bold=True)
    y = edge + big + round(0.9 * em)
    write_lines(layer, ((edge, one) for one in lines), em, sizes.quiet, y, line)
    y += line * len(lines) + round(0.8 * em)
    for row in page.rows:
        write(layer, _(row.name), em, TEXT, edge, y + row_h / 2)
        _marks(layer, row, edge + names, y + row_h / 2, sizes)
        y += row_h
    found: dict[str, Rect] = {}
    y = height - edge - round(0.3 * em)
    for number, some in enumerate(reversed(keys)):
        found |= draw_keys(layer, some, width - edge, y - key_h * number, sizes)
    return layer.sprite(), found


def _marks(layer: Layer, row: Row, x: int, middle: float, sizes: Sizes) -> None:
    """Draw the icons of a row: in color where right, faint where wrong."""
    side = round(MARK_EM * sizes.text)
    colors = colors_of(dict.fromkeys(label for label, _ in row.marks))
    for label, right in row.marks:
        icon, y = icons.mask(label, side), round(middle - side / 2)
        if right:
            layer.paint(icon, legible(colors[label]), x, y)
        else:
            layer.paint(icon, TEXT, x, y, opacity=WRONG_OPACITY)
        x += side + sizes.gap
