"""The companion's panel: its words, who says them, and how long ago."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from emoapp.overlay import icons, text
from emoapp.overlay.blend import Layer, Painter, Sprite, rounded
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import GROUND, GROUND_OPACITY, QUIET, TEXT, Colour, Sizes
from emoapp.speech import Speech
from emoapp.types import Box

WIDE = 25
"""The panel's width in ems: lines of some 50 letters, which read best."""
HIGH = 0.4
"""The largest share of the picture's height that the panel takes."""
SMALLEST = 15
"""Below this width in ems nothing can be read, and the panel is left out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The panel's lines and its measures in pixels."""

    sizes: Sizes
    lines: tuple[str, ...]
    notes: tuple[str, ...]
    width: int
    height: int
    edge: int
    head: int
    line: int
    note_line: int


@lru_cache(maxsize=16)
def plan(words: str, note: str, sizes: Sizes) -> Plan | None:
    """How a reply is laid out; None where the picture is too small for it."""
    em, edge = sizes.text, round(sizes.pad * 1.6)
    width = min(WIDE * em, sizes.width - 2 * sizes.margin)
    head, line, note_line = round(sizes.small * 1.9), round(em * 1.45), round(sizes.small * 1.45)
    room = int(HIGH * sizes.height) - 2 * edge - head
    if width < SMALLEST * em or room < line:
        return None
    notes = text.wrap(note, sizes.small, width - 2 * edge)
    lines = text.wrap(words, em, width - 2 * edge)
    # What a person may need is in the note: where there is no room for all, the reply gives way.
    notes = notes[: (room - (line if lines else 0)) // note_line]
    most = (room - note_line * len(notes)) // line
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        cut = text.fit(rest, em, width - 2 * edge)
        lines = [*lines[: most - 1], cut.replace(".…", "…")]
    gap = sizes.gap if lines and notes else 0
    height = 2 * edge + head + line * len(lines) + gap + note_line * len(notes)
    return Plan(
        sizes, tuple(lines), tuple(notes), width, height - edge // 2, edge, head, line, note_line
    )


class SpeechPanel:
    """Draws what the companion says where it hides least, and stays there while it can."""

    def __init__(self) -> None:
        self._place = 0

    def rect(
        self,
        speech: Speech,
        sizes: Sizes,
        faces: Sequence[Box],
        *,
        floor: int,
        avoid: Sequence[Rect] = (),
    ) -> Rect | None:
        """Where the panel stands; None where there is no room.

        faces: what it should not hide, the pills above them included.
        floor: the lowest y it may reach.
        avoid: what it must not stand on, unless there is no other place.
        """
        layout = plan(_words(speech), speech.note, sizes)
        if layout is None:
            return None
        places = list(_places(layout, sizes, floor))
        pill = sizes.pill + sizes.gap
        costs = [
            sum(_shared(place, face, above=pill) for face in faces)
            + sum(10 * _shared(place, other) for other in avoid)
            for place in places
        ]
        # Not to and fro: another place must be much better.
        best = min(range(len(places)), key=costs.__getitem__)
        if costs[best] < 0.5 * costs[self._place]:
            self._place = best
        return places[self._place]

    def draw(
        self, painter: Painter, rect: Rect, speech: Speech, colour: Colour, sizes: Sizes
    ) -> None:
        """Draw the panel into `rect`, which `rect()` gave."""
        layout = plan(_words(speech), speech.note, sizes)
        if layout is None:
            return
        painter.paste(_ground(layout.width, layout.height, sizes), rect.x0, rect.y0)
        x, y = rect.x0 + layout.edge, rect.y0 + layout.edge // 2
        self._head(painter, rect, speech, colour, layout, y + layout.head / 2)
        y += layout.head
        for line in layout.lines:
            middle = y + layout.line / 2
            painter.paste(text.sprite(line, sizes.text, TEXT), x, text.top(middle, sizes.text))
            y += layout.line
        if layout.lines and layout.notes:
            y += sizes.gap
        for line in layout.notes:
            middle = y + layout.note_line / 2
            painter.paste(text.sprite(line, sizes.small, QUIET), x, text.top(middle, sizes.small))
            y += layout.note_line

    def _head(
        self,
        painter: Painter,
        rect: Rect,
        speech: Speech,
        colour: Colour,
        layout: Plan,
        middle: float,
    ) -> None:
        sizes, size = layout.sizes, layout.sizes.small
        age = text.sprite(ago(speech.age_s), size, QUIET)
        right = rect.x1 - layout.edge - age.width
        painter.paste(age, right, text.top(middle, size))
        icon = _icon(speech.label, round(size * 1.3), colour)
        x = rect.x0 + layout.edge
        painter.paste(icon, x, round(middle - icon.height / 2))
        x += icon.width + sizes.gap
        name = text.fit(f"Companion · {speech.source}", size, right - sizes.gap - x)
        if name:
            painter.paste(text.sprite(name, size, QUIET), x, text.top(middle, size))


def ago(seconds: float) -> str:
    """How long ago, in the fewest words."""
    if seconds < 1:
        return "now"
    return f"{seconds:.0f} s ago" if seconds < 59.5 else f"{seconds / 60:.0f} min ago"


def _words(speech: Speech) -> str:
    return f"{speech.text} …" if speech.coming else speech.text


def _places(layout: Plan, sizes: Sizes, floor: int) -> Iterator[Rect]:
    """The places in which it may stand, the best first."""
    left, right = sizes.margin, sizes.width - sizes.margin - layout.width
    for top in (floor - layout.height, sizes.margin):
        for x in ((sizes.width - layout.width) // 2, left, right):
            yield Rect(x, top, x + layout.width, top + layout.height)


def _shared(rect: Rect, box: Box | Rect, above: int = 0) -> float:
    """Square pixels that lie in both, the box grown upwards by `above`."""
    width = min(rect.x1, box.x1) - max(rect.x0, box.x0)
    height = min(rect.y1, box.y1) - max(rect.y0, box.y0 - above)
    return max(0.0, width) * max(0.0, height)


@lru_cache(maxsize=16)
def _ground(width: int, height: int, sizes: Sizes) -> Sprite:
    layer = Layer(width, height)
    layer.paint(rounded(width, height, sizes.text * 0.8), GROUND, opacity=GROUND_OPACITY)
    return layer.sprite()


@lru_cache(maxsize=32)
def _icon(label: str, side: int, colour: Colour) -> Sprite:
    layer = Layer(side, side)
    layer.paint(icons.mask(label, side), colour)
    return layer.sprite()
