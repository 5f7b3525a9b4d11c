"""What went wrong, in a panel at the bottom that stays until the user has seen it."""

from __future__ import annotations

from functools import lru_cache

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite, rounded
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import GROUND, QUIET, RECORDING, TEXT, Sizes

KEY = "Enter"
"""Closes the panel, as a click on it does."""

GROUND_OPACITY = 0.9
LONGEST_LINE = 30
"""In ems."""


class Alerts:
    """Shows alerts one at a time, the oldest first, each until it is acknowledged.

    waiting: (title, body) of each that was not acknowledged yet; the first is shown.
    """

    def __init__(self) -> None:
        self.waiting: list[tuple[str, str]] = []
        self._rect: Rect | None = None

    def add(self, title: str, body: str) -> None:
        """Show this after those before it; one that waits already is not added again."""
        if (title, body) not in self.waiting:
            self.waiting.append((title, body))

    def acknowledge(self) -> bool:
        """Take away the one that is shown; True if there was one."""
        shown, self._rect = self._rect is not None, None
        if shown:
            del self.waiting[0]
        return shown

    def holds(self, x: float, y: float) -> bool:
        """Whether this point of the picture is in the panel, as it was drawn last."""
        at = self._rect
        return at is not None and at.x0 <= x < at.x1 and at.y0 <= y < at.y1

    def prepare(self, sizes: Sizes, *, floor: int) -> tuple[Sprite, Rect] | None:
        """The panel and its place, with `floor` as the lowest y; None where there is nothing."""
        self._rect = None
        if not self.waiting:
            return None
        title, body = self.waiting[0]
        panel = _panel(title, body, len(self.waiting) - 1, sizes)
        x, y = (sizes.width - panel.width) // 2, max(0, floor - panel.height)
        self._rect = Rect(x, y, x + panel.width, y + panel.height)
        return panel, self._rect


@lru_cache(maxsize=4)
def _panel(title: str, body: str, more: int, sizes: Sizes) -> Sprite:
    """A red mark, the title beside it, the text below, and how to close it."""
    size, big, edge = sizes.text, round(sizes.text * 1.15), round(1.2 * sizes.text)
    mark = round(0.3 * size)
    left = edge + mark + round(0.9 * size)
    room = max(1, min(LONGEST_LINE * size, sizes.width - 2 * sizes.margin - left - edge))
    head = text.fit(title, big, room, True)
    lines = text.balance(body, size, room)
    foot = "closes this" if not more else f"shows the next ({more} more)"
    cap = text.width(KEY, sizes.small, True) + 2 * sizes.pad
    widths = [text.width(head, big, True), *(text.width(line, size) for line in lines)]
    widest = min(room, max(*widths, cap + sizes.gap + text.width(foot, sizes.small)))
    line, first = round(size * 1.5), round(big * 1.55)
    height = 2 * edge + first + line * len(lines) + round(0.6 * size) + sizes.row
    layer = Layer(left + widest + edge, height)
    layer.paint(rounded(left + widest + edge, height, size), GROUND, opacity=GROUND_OPACITY)
    layer.paint(rounded(mark, height - 2 * edge, mark / 2), RECORDING, edge, edge)
    layer.paint(text.mask(head, big, True), TEXT, left, text.top(edge + big * 0.6, big, True))
    y = edge + first + line / 2
    for string in lines:
        layer.paint(text.mask(string, size), QUIET, left, text.top(y, size))
        y += line
    top = height - edge - sizes.row
    layer.paint(rounded(cap, sizes.row, size * 0.35), TEXT, left, top, opacity=0.16)
    middle = top + sizes.row / 2
    key, said = text.mask(KEY, sizes.small, True), text.mask(foot, sizes.small)
    layer.paint(key, TEXT, left + sizes.pad, text.top(middle, sizes.small, True))
    layer.paint(said, QUIET, left + cap + sizes.gap, text.top(middle, sizes.small))
    return layer.sprite()
