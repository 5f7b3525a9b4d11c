"""Draw the companion's panel: its reply, who speaks, and how long ago."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from emoapp.overlay import icons, text
from emoapp.overlay.blend import Layer, Painter, Sprite
from emoapp.overlay.ground import card_layer, card_padding, paste_text
from emoapp.overlay.layout import MOVE_COST_RATIO, Rect, overlap_area
from emoapp.overlay.theme import TEXT, Color, Sizes
from emoapp.speech import Speech
from emoapp.types import Box
from emoapp.utils.language import _, cached_per_language, translated

WIDTH_EM = 25
"""The panel's width in ems: lines of some 50 letters, which read best."""
MAX_HEIGHT_SHARE = 0.4
"""Largest share of the image's height that the panel takes."""
MIN_WIDTH_EM = 15
"""In ems; a narrower panel would be unreadable and is left out."""
PANEL_WEIGHT = 10
"""Weight of other panels' area, against 1 of faces, in the choice of the panel's spot."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The panel's lines and its measures in pixels.

    Attributes:
        sizes: Of the image.
        lines: The reply.
        notes: The note below it.
        width, height: Of the panel.
        edge: Distance from the panel's edge to its contents.
        head: Height of the row that says who speaks.
        line: Height of a line of the reply.
        note_line: Height of a line of the note.
    """

    sizes: Sizes
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    width: int
    height: int
    edge: int
    head: int
    line: int
    note_line: int


@cached_per_language(16)
def plan(reply: str, note: str, sizes: Sizes) -> Layout | None:
    """Return the layout of a reply and its note; None if the image is too small for it."""
    em, edge = sizes.text, card_padding(sizes)
    width = min(WIDTH_EM * em, sizes.width - 2 * sizes.margin)
    head, line, note_line = sizes.row, round(em * 1.45), round(sizes.small * 1.45)
    room = int(MAX_HEIGHT_SHARE * sizes.height) - 2 * edge - head
    if width < MIN_WIDTH_EM * em or room < line:
        smaller = sizes.smaller()
        return plan(reply, note, smaller) if smaller else None
    notes = text.wrap(note, sizes.small, width - 2 * edge)
    lines = text.wrap(reply, em, width - 2 * edge)
    # The note has what a person may need most: if there is not enough room, the reply is cut.
    notes = notes[: (room - (line if lines else 0)) // note_line]
    most = (room - note_line * len(notes)) // line
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        cut = text.fit(rest, em, width - 2 * edge)
        lines = [*lines[: most - 1], cut.replace(".…", "…")]
    gap = sizes.gap if lines and notes else 0
    height = 2 * edge + head + line * len(lines) + gap + note_line * len(notes)
    return Layout(
        sizes=sizes,
        lines=tuple(lines),
        notes=tuple(notes),
        width=width,
        height=height - edge // 2,
        edge=edge,
        head=head,
        line=line,
        note_line=note_line,
    )


class SpeechPanel:
    """Draw the companion's reply where it hides least, and keep it there while possible."""

    def __init__(self) -> None:
        self._spot = 0

    def rect(
        self,
        speech: Speech,
        sizes: Sizes,
        faces: Sequence[Box],
        *,
        floor: int,
        avoid: Sequence[Rect] = (),
    ) -> Rect | None:
        """Choose the panel's spot.

        Args:
            speech: The reply.
            sizes: Of the image.
            faces: Bounding boxes to keep free if possible, with the tags above them.
            floor: Lowest y that the panel may reach, pixels.
            avoid: Other panels, to be covered only if there is no other spot.

        Returns:
            The panel's rectangle; None if there is no room.
        """
        layout = plan(_reply(speech), speech.note, sizes)
        if layout is None:
            return None
        spots = list(_spots(layout, sizes, floor))
        tag = sizes.pill + sizes.gap
        tagged = [face._replace(y0=face.y0 - tag) for face in faces]
        costs = [
            sum(overlap_area(spot, face) for face in tagged)
            + sum(PANEL_WEIGHT * overlap_area(spot, other) for other in avoid)
            for spot in spots
        ]
        # Another spot must be much better, so that the panel does not move back and forth.
        best = min(range(len(spots)), key=costs.__getitem__)
        if costs[best] < MOVE_COST_RATIO * costs[self._spot]:
            self._spot = best
        return spots[self._spot]

    def draw(
        self, painter: Painter, rect: Rect, speech: Speech, color: Color, sizes: Sizes
    ) -> None:
        """Draw the panel.

        Args:
            painter: Draws on the image.
            rect: What `rect()` returned.
            speech: The reply.
            color: Color of the icon of the expression that the reply is about.
            sizes: Of the image.
        """
        layout = plan(_reply(speech), speech.note, sizes)
        if layout is None:
            return
        sizes = layout.sizes
        painter.paste(_ground(layout.width, layout.height, sizes), rect.x0, rect.y0)
        x, y = rect.x0 + layout.edge, rect.y0 + layout.edge // 2
        _draw_head(painter, rect, speech, color, layout)
        y += layout.head
        for line in layout.lines:
            paste_text(painter, line, sizes.text, TEXT, x, y + layout.line / 2)
            y += layout.line
        if layout.lines and layout.notes:
            y += sizes.gap
        for line in layout.notes:
            paste_text(painter, line, sizes.small, sizes.quiet, x, y + layout.note_line / 2)
            y += layout.note_line


def ago(seconds: float) -> str:
    """Format how long ago something was, in the fewest words."""
    if seconds < 1:
        return _("now")
    if seconds < 59.5:
        return _("{seconds} s ago").format(seconds=round(seconds))
    return _("{minutes} min ago").format(minutes=round(seconds / 60))


def _reply(speech: Speech) -> str:
    return f"{speech.text} …" if speech.coming else speech.text


def _draw_head(painter: Painter, rect: Rect, speech: Speech, color: Color, layout: Layout) -> None:
    """Draw the icon, who speaks, and at the right how long ago."""
    sizes, size = layout.sizes, layout.sizes.small
    middle = rect.y0 + layout.edge // 2 + layout.head / 2
    age = ago(speech.age_s)
    right = rect.x1 - layout.edge - text.sprite(age, size, sizes.quiet).width
    paste_text(painter, age, size, sizes.quiet, right, middle)
    icon = _icon(speech.label, round(size * 1.3), color)
    x = rect.x0 + layout.edge
    painter.paste(icon, x, round(middle - icon.height / 2))
    x += icon.width + sizes.gap
    name = _("Companion · {source}").format(source=translated(speech.source))
    name = text.fit(name, size, right - sizes.gap - x)
    if name:
        paste_text(painter, name, size, sizes.quiet, x, middle)


def _spots(layout: Layout, sizes: Sizes, floor: int) -> Iterator[Rect]:
    """Yield the possible rectangles, best first."""
    left, right = sizes.margin, sizes.width - sizes.margin - layout.width
    for top in (floor - layout.height, sizes.margin):
        for x in ((sizes.width - layout.width) // 2, left, right):
            yield Rect.at(x, top, layout.width, layout.height)


@lru_cache(maxsize=16)
def _ground(width: int, height: int, sizes: Sizes) -> Sprite:
    return card_layer(width, height, sizes).sprite()


@lru_cache(maxsize=32)
def _icon(label: str, side: int, color: Color) -> Sprite:
    layer = Layer(side, side)
    layer.paint(icons.mask(label, side), color)
    return layer.sprite()
