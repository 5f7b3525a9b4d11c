"""The panel of bars: how much one face, the followed one, looks like each expression."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emoapp.overlay import icons, text
from emoapp.overlay.blend import Layer, Painter, Sprite, capsule, rounded
from emoapp.overlay.history import BELIEVED
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import (
    GROUND,
    GROUND_OPACITY,
    QUIET,
    TEXT,
    Colour,
    Sizes,
    legible,
    muted,
    word,
)
from emoapp.types import Box, Track

GLIDE_S = 0.05
"""Time constant: after 150 ms a bar has gone 95 of 100 parts of its way."""
STAY_S = 0.7
"""How long the panel stays when its face is lost: a detector that blinks must not make it blink."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The panel's inner measures in pixels, from its own left and upper edge."""

    labels: tuple[str, ...]
    sizes: Sizes
    width: int
    height: int
    head: int
    row: int
    bar_x: int
    bar_length: int
    bar_thickness: int

    def middle(self, index: int) -> float:
        """The middle line of a row."""
        return self.head + (index + 0.5) * self.row


@lru_cache(maxsize=8)
def plan(labels: tuple[str, ...], sizes: Sizes) -> Plan | None:
    """How the panel is laid out; None where the picture is too small for it."""
    em, edge = sizes.text, round(sizes.pad * 1.6)
    room = int(0.36 * sizes.width)
    words = max((text.width(word(label), em, True) for label in labels), default=0)
    words = min(words, 7 * em)
    fixed = 2 * edge + sizes.icon + words + 3 * sizes.gap + text.width("100%", em, True)
    length = min(7 * em, room - fixed)
    row = round(em * 1.7)
    head = round(em * 2.2)
    height = head + row * len(labels) + round(edge * 0.6)
    if not labels or length < 2.5 * em or height > sizes.height - 2 * sizes.margin - 3 * em:
        return None
    thickness = max(5, round(em * 0.42))
    return Plan(
        labels=labels,
        sizes=sizes,
        width=fixed + length,
        height=height,
        head=head,
        row=row,
        bar_x=edge + sizes.icon + words + 2 * sizes.gap,
        bar_length=length,
        bar_thickness=thickness,
    )


def lengths(values: np.ndarray, longest: int, thickness: int) -> list[int]:
    """Pixels a bar of each value 0 to 1 is long; the shortest is a dot, so that none is missing."""
    shares = np.clip(values, 0.0, 1.0)
    return [thickness + round((longest - thickness) * share) for share in shares.tolist()]


class BarsPanel:
    """Keeps what the bars show between frames, and the spot where the panel stands."""

    def __init__(self, labels: Sequence[str], colours: dict[str, Colour]) -> None:
        self._labels = tuple(labels)
        self._colours = colours
        self._shown = np.zeros(len(self._labels))
        self._target = np.zeros(len(self._labels))
        self._winner: int | None = None
        self._reason: str | None = None
        self._track: int | None = None
        self._now = self._seen = -math.inf
        self._spot = 0

    def follow(self, track: Track | None, *, now: float) -> None:
        """Show the scores of `track`; None: nobody is followed.

        The numbers are always these; the bars glide to them, of another person at once.
        """
        passed = max(0.0, now - self._now) if math.isfinite(self._now) else 0.0
        self._now = now
        if track is not None:
            self._reason = None if track.rejection in BELIEVED else track.rejection.value
            if self._reason is None:
                scores = track.smoothed.as_dict()
                self._target = np.array([scores.get(label, 0.0) for label in self._labels])
            known = track.rejection is None and track.label in self._labels
            self._winner = self._labels.index(track.label) if known else None
            if track.id != self._track:
                self._shown = self._target.copy()
            self._track, self._seen = track.id, now
        self._shown += (self._target - self._shown) * (1 - math.exp(-passed / GLIDE_S))

    def rect(
        self,
        sizes: Sizes,
        faces: Sequence[Box],
        followed: Box | None,
        *,
        floor: int | None = None,
    ) -> Rect | None:
        """Where the panel stands now, above the row `floor` if given; None when it is not shown.

        In the middle of a side, or, where faces are there, in a corner. It stays in its spot
        unless another one hides much less of `faces`; the one that is followed, one of them,
        counts most.
        """
        layout = plan(self._labels, sizes)
        if layout is None or not 0 <= self._now - self._seen <= STAY_S:
            return None
        lowest = (sizes.height - sizes.margin if floor is None else floor) - layout.height
        middle = min((sizes.height - layout.height) // 2, lowest)
        spots = [
            Rect(x, y, x + layout.width, y + layout.height)
            for y in (middle, lowest, min(sizes.margin, lowest))
            for x in (sizes.width - sizes.margin - layout.width, sizes.margin)
        ]
        hidden = [
            sum((3 if face is followed else 1) * _shared(spot, face) for face in faces)
            for spot in spots
        ]
        # Of equally good ones the middle of a side, and the same side.
        best = min(
            range(len(spots)),
            key=lambda i: (hidden[i], spots[i].y0 != middle, i % 2 != self._spot % 2),
        )
        if hidden[best] < 0.5 * hidden[self._spot]:
            self._spot = best
        return spots[self._spot]

    def draw(self, painter: Painter, rect: Rect, sizes: Sizes) -> None:
        """Draw the panel into `rect`, which `rect()` gave."""
        layout = plan(self._labels, sizes)
        if layout is None:
            return
        winner = self._winner
        painter.paste(_ground(layout, tuple(self._colours.values())), rect.x0, rect.y0)
        self._head(painter, rect, layout)
        if winner is not None:
            lit = _lit(layout, winner, legible(self._colours[self._labels[winner]]))
            painter.paste(lit, rect.x0, rect.y0 + layout.head + winner * layout.row)
        if self._reason is not None:
            return
        reach = lengths(self._shown, layout.bar_length, layout.bar_thickness)
        right = rect.x1 - round(sizes.pad * 1.6)
        for index, label in enumerate(self._labels):
            wins, middle = index == winner, rect.y0 + layout.middle(index)
            colour = legible(self._colours[label]) if wins else muted(self._colours[label])
            y = round(middle - layout.bar_thickness / 2)
            bar = capsule(reach[index], layout.bar_thickness, colour)
            painter.paste(bar, rect.x0 + layout.bar_x, y)
            percent = f"{round(100 * float(self._target[index]))}%"
            number = text.sprite(percent, sizes.text, TEXT if wins else QUIET, wins)
            painter.paste(number, right - number.width, text.top(middle, sizes.text))

    def _head(self, painter: Painter, rect: Rect, layout: Plan) -> None:
        size = layout.sizes.small
        said = f"Face {self._track}" + (f": {self._reason}" if self._reason else "")
        x = rect.x0 + round(layout.sizes.pad * 1.6)
        title = text.sprite(text.fit(said, size, rect.x1 - x), size, QUIET)
        painter.paste(title, x, text.top(rect.y0 + layout.head * 0.55, size))


def _shared(rect: Rect, box: Box) -> float:
    """Square pixels that lie in both."""
    width = min(rect.x1, box.x1) - max(rect.x0, box.x0)
    height = min(rect.y1, box.y1) - max(rect.y0, box.y0)
    return max(0.0, width) * max(0.0, height)


def _row(
    layer: Layer, layout: Plan, index: int, middle: float, colour: Colour, ink: Colour, bold: bool
) -> None:
    sizes, label = layout.sizes, layout.labels[index]
    x = round(sizes.pad * 1.6)
    layer.paint(icons.mask(label, sizes.icon), colour, x, round(middle - sizes.icon / 2))
    x += sizes.icon + sizes.gap
    name = text.fit(word(label), sizes.text, layout.bar_x - sizes.gap - x, bold)
    layer.paint(text.mask(name, sizes.text, bold), ink, x, text.top(middle, sizes.text, bold))


@lru_cache(maxsize=4)
def _ground(layout: Plan, colours: tuple[Colour, ...]) -> Sprite:
    """All that does not move: the ground, the empty bars, and each row in its muted form."""
    layer = Layer(layout.width, layout.height)
    radius = layout.sizes.text * 0.8
    ground = rounded(layout.width, layout.height, radius)
    layer.paint(ground, GROUND, opacity=GROUND_OPACITY)
    empty = rounded(layout.bar_length, layout.bar_thickness, layout.bar_thickness / 2)
    for index, colour in enumerate(colours):
        middle = layout.middle(index)
        y = round(middle - layout.bar_thickness / 2)
        layer.paint(empty, TEXT, layout.bar_x, y, opacity=0.12)
        _row(layer, layout, index, middle, muted(colour), QUIET, False)
    return layer.sprite()


@lru_cache(maxsize=16)
def _lit(layout: Plan, index: int, colour: Colour) -> Sprite:
    """The winner's row, laid over its muted form."""
    layer = Layer(layout.width, layout.row)
    _row(layer, layout, index, layout.row / 2, colour, TEXT, False)
    return layer.sprite()
