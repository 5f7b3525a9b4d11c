"""Draw the panel of bars: the probabilities of the followed face."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emoapp.overlay import icons, text
from emoapp.overlay.blend import Layer, Painter, Sprite, capsule, rounded
from emoapp.overlay.ground import card_layer, card_padding, paste_text, write
from emoapp.overlay.history import VALID_REJECTIONS
from emoapp.overlay.layout import MOVE_COST_RATIO, Rect, overlap_area
from emoapp.overlay.theme import TEXT, Color, Sizes, legible, muted, word
from emoapp.types import Box, Track
from emoapp.utils.language import _, cached_per_language

GLIDE_S = 0.05
"""Time constant of the bars: after 150 ms a bar has covered 95% of its way."""
STAY_S = 0.7
"""How long the panel stays when its face is lost, so that it does not flicker with the detector."""
FOLLOWED_WEIGHT = 3
"""Weight of the followed face's area, against 1 of others, in the choice of the panel's spot."""
EMPTY_BAR_OPACITY = 0.12


@dataclass(frozen=True, slots=True)
class Layout:
    """The panel's measures in pixels, from its upper left corner.

    Attributes:
        labels: One for each row.
        sizes: Of the image.
        width, height: Of the panel.
        head: Height of the title above the rows.
        row: Height of a row.
        bar_x: Left edge of the bars.
        bar_length, bar_thickness: Of a full bar.
    """

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
        """Return the y of the middle of a row."""
        return self.head + (index + 0.5) * self.row


@cached_per_language(8)
def plan(labels: tuple[str, ...], sizes: Sizes) -> Layout | None:
    """Return the layout of the panel; None if the image is too small for it."""
    em, edge = sizes.text, card_padding(sizes)
    room = int(0.36 * sizes.width)
    words = max((text.width(word(label), em, True) for label in labels), default=0)
    words = min(words, 7 * em)
    fixed = 2 * edge + sizes.icon + words + 3 * sizes.gap + text.width("100%", em, True)
    length = min(7 * em, room - fixed)
    row = round(em * 1.7)
    head = round(em * 2.2)
    height = head + row * len(labels) + round(edge * 0.6)
    if not labels or length < 2.5 * em or height > sizes.height - 2 * sizes.margin - 3 * em:
        smaller = sizes.smaller()
        return plan(labels, smaller) if smaller else None
    return Layout(
        labels=labels,
        sizes=sizes,
        width=fixed + length,
        height=height,
        head=head,
        row=row,
        bar_x=edge + sizes.icon + words + 2 * sizes.gap,
        bar_length=length,
        bar_thickness=max(5, round(em * 0.42)),
    )


def lengths(values: np.ndarray, longest: int, thickness: int) -> list[int]:
    """Return the lengths of bars in pixels; the shortest is a dot, so that none is missing.

    Args:
        values: float (K,), 0 to 1.
        longest: Length of a full bar, pixels.
        thickness: Of a bar, pixels.
    """
    shares = np.clip(values, 0.0, 1.0)
    return [thickness + round((longest - thickness) * share) for share in shares.tolist()]


class BarsPanel:
    """Draw the bars; remember their lengths and the panel's spot between frames.

    Args:
        labels: The expressions, one for each row.
        colors: Label -> color.
    """

    def __init__(self, labels: Sequence[str], colors: dict[str, Color]) -> None:
        self._labels = tuple(labels)
        self._colors = colors
        self._shown = np.zeros(len(self._labels))
        self._target = np.zeros(len(self._labels))
        self._winner: int | None = None
        self._reason: str | None = None
        self._track_id: int | None = None
        self._now = self._seen = -math.inf
        self._spot = 0

    def follow(self, track: Track | None, *, now: float) -> None:
        """Take in the scores of the followed track.

        The numbers show these scores at once. The bars glide to them, but jump for another track.

        Args:
            track: The followed track; None if there is none.
            now: Seconds, monotonic.
        """
        passed = max(0.0, now - self._now) if math.isfinite(self._now) else 0.0
        self._now = now
        if track is not None:
            self._reason = None if track.rejection in VALID_REJECTIONS else track.rejection.value
            if self._reason is None:
                scores = track.smoothed.as_dict()
                self._target = np.array([scores.get(label, 0.0) for label in self._labels])
            known = track.rejection is None and track.label in self._labels
            self._winner = self._labels.index(track.label) if known else None
            if track.id != self._track_id:
                self._shown = self._target.copy()
            self._track_id, self._seen = track.id, now
        self._shown += (self._target - self._shown) * (1 - math.exp(-passed / GLIDE_S))

    def rect(
        self, sizes: Sizes, faces: Sequence[Box], followed: Box | None, *, floor: int | None = None
    ) -> Rect | None:
        """Choose the panel's spot: the middle of a side, or a corner if faces are in the way.

        The panel stays in its spot unless another one hides less than half as much of the faces.

        Args:
            sizes: Of the image.
            faces: Bounding boxes of all faces.
            followed: The one of `faces` that is followed; it counts `FOLLOWED_WEIGHT` times.
            floor: Lowest y that the panel may reach, pixels; None for the image's margin.

        Returns:
            The panel's rectangle; None if it is not shown.
        """
        layout = plan(self._labels, sizes)
        if layout is None or not 0 <= self._now - self._seen <= STAY_S:
            return None
        spots = _spots(layout, sizes.height - sizes.margin if floor is None else floor)
        weighted = [(FOLLOWED_WEIGHT if face is followed else 1, face) for face in faces]
        hidden = [sum(w * overlap_area(spot, face) for w, face in weighted) for spot in spots]
        # Among equally good ones, prefer the middle of a side, and the present side.
        middle = spots[0].y0
        best = min(
            range(len(spots)),
            key=lambda i: (hidden[i], spots[i].y0 != middle, i % 2 != self._spot % 2),
        )
        if hidden[best] < MOVE_COST_RATIO * hidden[self._spot]:
            self._spot = best
        return spots[self._spot]

    def draw(self, painter: Painter, rect: Rect, sizes: Sizes) -> None:
        """Draw the panel into the rectangle that `rect()` returned."""
        layout = plan(self._labels, sizes)
        if layout is None:
            return
        winner = self._winner
        painter.paste(_ground(layout, tuple(self._colors.values())), rect.x0, rect.y0)
        self._draw_head(painter, rect, layout)
        if winner is not None:
            row = _winner_row(layout, winner, legible(self._colors[self._labels[winner]]))
            painter.paste(row, rect.x0, rect.y0 + layout.head + winner * layout.row)
        if self._reason is None:
            self._draw_bars(painter, rect, layout)

    def _draw_head(self, painter: Painter, rect: Rect, layout: Layout) -> None:
        size, x = layout.sizes.small, rect.x0 + card_padding(layout.sizes)
        title = _("Face {track}").format(track=self._track_id)
        title += f": {_(self._reason)}" if self._reason else ""
        title = text.fit(title, size, rect.x1 - x)
        paste_text(painter, title, size, layout.sizes.quiet, x, rect.y0 + layout.head * 0.55)

    def _draw_bars(self, painter: Painter, rect: Rect, layout: Layout) -> None:
        sizes = layout.sizes
        filled = lengths(self._shown, layout.bar_length, layout.bar_thickness)
        right = rect.x1 - card_padding(sizes)
        for index, label in enumerate(self._labels):
            wins, middle = index == self._winner, rect.y0 + layout.middle(index)
            color = legible(self._colors[label]) if wins else muted(self._colors[label])
            y = round(middle - layout.bar_thickness / 2)
            bar = capsule(filled[index], layout.bar_thickness, color)
            painter.paste(bar, rect.x0 + layout.bar_x, y)
            percent = f"{round(100 * float(self._target[index]))}%"
            number = text.sprite(percent, sizes.text, TEXT if wins else sizes.quiet, wins)
            painter.paste(number, right - number.width, text.top(middle, sizes.text))


def _spots(layout: Layout, floor: int) -> list[Rect]:
    """Return the possible rectangles: middle, bottom and top, each at the right and left."""
    sizes = layout.sizes
    lowest = floor - layout.height
    middle = min((sizes.height - layout.height) // 2, lowest)
    return [
        Rect.at(x, y, layout.width, layout.height)
        for y in (middle, lowest, min(sizes.margin, lowest))
        for x in (sizes.width - sizes.margin - layout.width, sizes.margin)
    ]


def _draw_row(
    layer: Layer, layout: Layout, index: int, middle: float, color: Color, ink: Color
) -> None:
    """Draw icon and word of a row on a layer."""
    sizes, label = layout.sizes, layout.labels[index]
    x = card_padding(sizes)
    layer.paint(icons.mask(label, sizes.icon), color, x, round(middle - sizes.icon / 2))
    x += sizes.icon + sizes.gap
    name = text.fit(word(label), sizes.text, layout.bar_x - sizes.gap - x)
    write(layer, name, sizes.text, ink, x, middle)


@cached_per_language(4)
def _ground(layout: Layout, colors: tuple[Color, ...]) -> Sprite:
    """Draw all that does not move: the ground, the empty bars, and each row in its muted form."""
    layer = card_layer(layout.width, layout.height, layout.sizes)
    empty = rounded(layout.bar_length, layout.bar_thickness, layout.bar_thickness / 2)
    for index, color in enumerate(colors):
        middle = layout.middle(index)
        y = round(middle - layout.bar_thickness / 2)
        layer.paint(empty, TEXT, layout.bar_x, y, opacity=EMPTY_BAR_OPACITY)
        _draw_row(layer, layout, index, middle, muted(color), layout.sizes.quiet)
    return layer.sprite()


@cached_per_language(16)
def _winner_row(layout: Layout, index: int, color: Color) -> Sprite:
    """Draw the most probable row, to be laid over its muted form."""
    layer = Layer(layout.width, layout.row)
    _draw_row(layer, layout, index, layout.row / 2, color, TEXT)
    return layer.sprite()
