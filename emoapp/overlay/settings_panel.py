"""Draw the panel of settings: rows with switches and choices, for mouse and keys."""

from __future__ import annotations

from dataclasses import dataclass

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Painter, Sprite, rounded
from emoapp.overlay.ground import panel_layer, write, write_cap
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import GROUND, TEXT, Sizes
from emoapp.utils.language import N_, _, cached_per_language

TITLE = N_("Settings")
CLOSE_KEY, SAVE_KEY = "Esc", "Enter"

PANEL_OPACITY = 0.97
SELECTED_OPACITY, OFF_OPACITY, SCROLL_OPACITY = 0.1, 0.25, 0.4
CONTROL_EM, LEAST_CONTROL_EM = 13.5, 10.5
"""Width of the column of switches and choices, and in a narrow image, in ems.
The name that a profile gets by itself, the date and the time, is 9.5 ems wide."""
ARROW_EM = 2.0
"""Width of what is clicked at both ends of a choice, in ems."""
TITLE_EM, HEADING_EM, ROW_EM = 2.4, 1.6, 1.55
"""Heights, in ems."""
MIN_ROW_EM = 1.25
"""Height of a row in a small image, in ems."""
MIN_ROWS = 6
"""So many rows are in sight, if need be in smaller text."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting.

    Attributes:
        name: What it is called.
        value: What is chosen; "" for a switch and for an action.
        on: Whether a switch is on; None for what is no switch.
        heading: Of the group that begins here; "" for none.
    """

    name: str
    value: str = ""
    on: bool | None = None
    heading: str = ""

    @property
    def action(self) -> bool:
        """Whether it is something to do rather than to choose."""
        return self.on is None and not self.value


Rows = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything is, in pixels of the image.

    Attributes:
        sizes: Of the image, with smaller text where there is no room for it.
        rect: The panel.
        edge: Distance from the panel's edge to its contents.
        control: Width of the column of switches and choices.
        title: Height of the title.
        row: Height of a row.
        rows: Index -> rectangle of each visible row.
        headings: Index of the row that it stands above -> y of its middle.
        hidden: Whether rows are out of sight.
    """

    sizes: Sizes
    rect: Rect
    edge: int
    control: int
    title: int
    row: int
    rows: dict[int, Rect]
    headings: dict[int, float]
    hidden: bool

    def _scrolled(self, y: float, count: int) -> int:
        """Return the row to select for a click on the scroll bar."""
        share = (y - self.rect.y0 - self.edge - self.title) / (self.row * len(self.rows))
        return min(max(int(share * count), 0), count - 1)

    def closes(self, x: float, y: float) -> bool:
        """Return whether a point of the image lies on the key that closes the panel."""
        left = self.rect.x1 - self.edge - round(3 * self.sizes.text)
        return Rect(left, self.rect.y0, self.rect.x1, self.rect.y0 + self.title).contains(x, y)

    def hit(self, x: float, y: float, rows: Rows) -> tuple[int, int] | None:
        """Return what is at a point of the image.

        Args:
            x: Pixels.
            y: Pixels.
            rows: The rows that were laid out.

        Returns:
            Index of the row, and by how much its value is to be changed: 0 for its name; None
            where there is no row. On the scroll bar it is the row to scroll to.
        """
        if self.hidden and x >= self.rect.x1 - self.edge and self.rect.contains(x, y):
            return self._scrolled(y, len(rows)), 0
        found = next((i for i, rect in self.rows.items() if rect.contains(x, y)), None)
        if found is None:
            return None
        if rows[found].on is not None or rows[found].action:
            return found, 1
        right = self.rect.x1 - self.edge
        arrow = round(ARROW_EM * self.sizes.text)
        if x >= right - arrow:
            return found, 1
        left = right - self.control
        return found, -1 if left <= x < left + arrow else 0


@cached_per_language(8)
def plan(rows: Rows, selected: int, sizes: Sizes) -> Layout:
    """Return the layout of the panel, at the left of the image.

    Where there is no room for all, rows move closer together, then headings go, and finally only
    those around the selected one are in sight; larger text becomes smaller where that are too few.

    Args:
        rows: The settings.
        selected: Index of the selected one.
        sizes: Of the image.
    """
    em = sizes.text
    edge = min(round(1.2 * em), sizes.height // 16)
    title, row = round(TITLE_EM * em), round(ROW_EM * em)
    heading = round(HEADING_EM * em)
    room_h = sizes.height - 2 * sizes.margin - 2 * edge - title
    room_w = sizes.width - 2 * sizes.margin
    names = max((text.width(one.name, em) for one in rows if not one.action), default=0)
    around = names + em + 2 * edge
    actions = max((text.width(one.name, em, True) for one in rows if one.action), default=0)
    least = max(round(LEAST_CONTROL_EM * em), actions + 3 * em - names)
    control = max(least, min(round(CONTROL_EM * em), room_w - around))
    headed = sum(bool(one.heading) for one in rows)
    too_large = row * min(len(rows), MIN_ROWS) > room_h or around + least > room_w
    if too_large and (smaller := sizes.smaller()):
        return plan(rows, selected, smaller)
    closest = round(MIN_ROW_EM * em)
    if closest * len(rows) + heading * headed > room_h:
        heading = 0
    row = min(row, max(closest, (room_h - heading * headed) // len(rows)))
    count = max(1, min(len(rows), room_h // row))
    first = min(max(0, selected - count // 2), len(rows) - count)
    rect = Rect.at(sizes.margin, sizes.margin, min(around + control, room_w), 0)
    y, places, headings = rect.y0 + edge + title, {}, {}
    for index in range(first, first + count):
        if rows[index].heading and heading:
            headings[index] = y + 0.6 * heading
            y += heading
        places[index] = Rect(rect.x0 + edge // 2, y, rect.x1 - edge // 2, y + row)
        y += row
    rect = rect._replace(y1=min(y + edge, sizes.height))
    return Layout(sizes, rect, edge, control, title, row, places, headings, count < len(rows))


def draw_settings(painter: Painter, rows: Rows, selected: int, sizes: Sizes) -> None:
    """Draw the panel; arguments as for `plan`."""
    rect = plan(rows, selected, sizes).rect
    painter.paste(_panel(rows, selected, sizes), rect.x0, rect.y0)


@cached_per_language(2)
def _panel(rows: Rows, selected: int, sizes: Sizes) -> Sprite:
    layout = plan(rows, selected, sizes)
    sizes, rect, edge = layout.sizes, layout.rect, layout.edge
    width, height = rect.x1 - rect.x0, rect.y1 - rect.y0
    layer = panel_layer(width, height, sizes.text, sizes.opacity(PANEL_OPACITY))
    middle = edge + 0.4 * layout.title
    write(layer, _(TITLE), round(1.15 * sizes.text), TEXT, edge, middle, bold=True)
    _draw_key(layer, CLOSE_KEY, width - edge, middle, sizes)
    for index, y in layout.headings.items():
        heading = rows[index].heading
        write(layer, heading, sizes.small, sizes.quiet, edge, y - rect.y0, bold=True)
    for index, place in layout.rows.items():
        at = Rect(*(v - (rect.x0, rect.y0)[n % 2] for n, v in enumerate(place)))
        if index == selected:
            mask = rounded(at.x1 - at.x0, at.y1 - at.y0, 0.4 * sizes.text)
            layer.paint(mask, TEXT, at.x0, at.y0, opacity=SELECTED_OPACITY)
        _draw_row(layer, rows[index], at, layout)
    if layout.hidden:
        _draw_scroll_bar(layer, len(rows), layout, width)
    return layer.sprite()


def _draw_row(layer: Layer, row: Row, at: Rect, layout: Layout) -> None:
    sizes, edge = layout.sizes, layout.edge
    size, middle = sizes.text, (at.y0 + at.y1) / 2
    right = layout.rect.x1 - layout.rect.x0 - edge
    left = max(edge, right - layout.control)
    if row.action:
        cap = _draw_key(layer, SAVE_KEY, right, middle, sizes, most=layout.row - 2)
        name = text.fit(row.name, size, right - cap - sizes.gap - edge, True)
        write(layer, name, size, TEXT, edge, middle, bold=True)
        return
    name = text.fit(row.name, size, left - edge - sizes.gap)
    write(layer, name, size, TEXT, edge, middle)
    if row.on is not None:
        _draw_switch(layer, row.on, right, middle, sizes)
        return
    arrow = round(ARROW_EM * size)
    for string, start in (("‹", left), ("›", right - arrow)):
        x = start + (arrow - text.width(string, size, True)) // 2
        write(layer, string, size, sizes.quiet, x, middle - 0.06 * size, bold=True)
    value = text.fit_middle(row.value, size, right - left - 2 * arrow)
    x = (left + right - text.width(value, size)) // 2
    write(layer, value, size, TEXT, x, middle)


def _draw_switch(layer: Layer, on: bool, right: int, middle: float, sizes: Sizes) -> None:
    height = round(1.05 * sizes.text)
    width = round(1.8 * height)
    x, y = right - width, round(middle - height / 2)
    track = rounded(width, height, height / 2)
    layer.paint(track, TEXT, x, y, opacity=1.0 if on else OFF_OPACITY)
    gap = max(1, height // 7)
    side = height - 2 * gap
    knob = rounded(side, side, side / 2)
    color = GROUND if on else sizes.quiet
    layer.paint(knob, color, x + (width - gap - side if on else gap), y + gap)


def _draw_key(
    layer: Layer, key: str, right: int, middle: float, sizes: Sizes, *, most: int = 999
) -> int:
    """Draw the cap of a key that ends at `right`, at most `most` high, and return its width."""
    height = min(round(1.5 * sizes.small), most)
    width = text.width(key, sizes.small, True) + 2 * sizes.pad
    y = round(middle - height / 2)
    write_cap(layer, key, sizes.small, (right - width, y, width, height), sizes)
    return width


def _draw_scroll_bar(layer: Layer, count: int, layout: Layout, width: int) -> None:
    """Draw which part of the rows is in sight."""
    places = list(layout.rows)
    top = layout.edge + layout.title
    length = layout.row * len(places)
    thickness = max(2, layout.sizes.text // 6)
    bar = rounded(thickness, max(thickness, length * len(places) // count), thickness / 2)
    y = top + length * places[0] // count
    layer.paint(bar, TEXT, width - thickness - 2, y, opacity=SCROLL_OPACITY)
