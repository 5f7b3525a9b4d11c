"""Show failures in a panel at the bottom that stays until the user has seen it."""

from __future__ import annotations

from emoapp.overlay import text
from emoapp.overlay.blend import PlacedSprite, Sprite, rounded
from emoapp.overlay.ground import panel_layer, write, write_cap, write_lines
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import RECORDING, TEXT, Sizes
from emoapp.utils.language import _, cached_per_language, translated

CLOSE_KEY = "Enter"
"""The key that closes the panel, as a click on it does."""

ALERT_OPACITY = 0.9
MAX_LINE_EM = 30
"""Longest line, in ems."""


class Alerts:
    """Show alerts one at a time, oldest first, each until it is acknowledged.

    Attributes:
        waiting: Title and body of each alert not acknowledged yet; the first one is shown.
    """

    def __init__(self) -> None:
        self.waiting: list[tuple[str, str]] = []
        self._rect: Rect | None = None

    def add(self, title: str, body: str) -> None:
        """Queue an alert; one that is already waiting is not added again."""
        if (title, body) not in self.waiting:
            self.waiting.append((title, body))

    def acknowledge(self) -> bool:
        """Remove the alert on display.

        Returns:
            Whether there was one.
        """
        shown, self._rect = self._rect is not None, None
        if shown:
            del self.waiting[0]
        return shown

    def holds(self, x: float, y: float) -> bool:
        """Return whether a point of the image, in pixels, lies in the panel as last drawn."""
        return self._rect is not None and self._rect.contains(x, y)

    def prepare(self, sizes: Sizes, *, floor: int) -> PlacedSprite | None:
        """Lay out the panel.

        Args:
            sizes: Of the image.
            floor: Lower edge of the panel, pixels.

        Returns:
            The panel and its rectangle; None if no alert is waiting.
        """
        self._rect = None
        if not self.waiting:
            return None
        title, body = self.waiting[0]
        alert = _alert(title, body, len(self.waiting) - 1, sizes)
        x, y = (sizes.width - alert.width) // 2, max(0, floor - alert.height)
        self._rect = Rect.at(x, y, alert.width, alert.height)
        return alert, self._rect


@cached_per_language(4)
def _alert(title: str, body: str, more: int, sizes: Sizes) -> Sprite:
    """Draw a red mark, the title beside it, the text below, and how to close it."""
    size, big, edge = sizes.text, round(sizes.text * 1.15), round(1.2 * sizes.text)
    mark = round(0.3 * size)
    left = edge + mark + round(0.9 * size)
    room = max(1, min(MAX_LINE_EM * size, sizes.width - 2 * sizes.margin - left - edge))
    head = text.fit(translated(title), big, room, True)
    lines = text.balance(translated(body), size, room)
    foot = _("closes this") if not more else _("shows the next ({more} more)").format(more=more)
    cap = text.width(CLOSE_KEY, sizes.small, True) + 2 * sizes.pad
    widths = [text.width(head, big, True), *(text.width(line, size) for line in lines)]
    widest = min(room, max(*widths, cap + sizes.gap + text.width(foot, sizes.small)))
    line, first = round(size * 1.5), round(big * 1.55)
    height = 2 * edge + first + line * len(lines) + round(0.6 * size) + sizes.row
    if height > sizes.height and (smaller := sizes.smaller()):
        return _alert(title, body, more, smaller)
    layer = panel_layer(left + widest + edge, height, size, sizes.opacity(ALERT_OPACITY))
    layer.paint(rounded(mark, height - 2 * edge, mark / 2), RECORDING, edge, edge)
    write(layer, head, big, TEXT, left, edge + big * 0.6, bold=True)
    write_lines(layer, ((left, string) for string in lines), size, sizes.quiet, edge + first, line)
    top = height - edge - sizes.row
    write_cap(layer, CLOSE_KEY, sizes.small, (left, top, cap, sizes.row), sizes)
    write(layer, foot, sizes.small, sizes.quiet, left + cap + sizes.gap, top + sizes.row / 2)
    return layer.sprite()
