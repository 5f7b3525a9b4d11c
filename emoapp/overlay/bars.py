"""Draw the panel of bars: the probabilities of the followed face."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from emoapp.overlay import icons, text
from emoapp.overlay.bars_layout import Layout, Place, lengths
from emoapp.overlay.blend import Layer, Painter, Sprite, capsule, rounded
from emoapp.overlay.ground import card_layer, card_padding, paste_text, write
from emoapp.overlay.history import VALID_REJECTIONS
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import TEXT, Color, Sizes, legible, muted, word
from emoapp.types import Box, Track
from emoapp.utils.language import _, cached_per_language

GLIDE_S = 0.05
"""Time constant of the bars: after 150 ms a bar has covered 95% of its way."""
STAY_S = 0.7
"""How long the panel stays when its face is lost, so that it does not flicker with the detector."""
EMPTY_BAR_OPACITY = 0.12


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
        self._now = self._seen = self._t = -math.inf
        self._place = Place()
        self._layout: Layout | None = None

    def follow(self, track: Track | None, *, now: float, t: float | None = None) -> None:
        """Take in the scores of the followed track.

        The numbers show these scores at once. The bars glide to them, but jump for another track.

        Args:
            track: The followed track; None if there is none.
            now: Seconds, monotonic; the bars glide by it.
            t: Time of the frame, seconds since the source began; the panel moves by it, so that it
                stays while the picture stands still. None for `now`.
        """
        passed = max(0.0, now - self._now) if math.isfinite(self._now) else 0.0
        self._now, self._t = now, now if t is None else t
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
        self,
        sizes: Sizes,
        faces: Sequence[Box],
        followed: Box | None,
        *,
        floor: int | None = None,
        at_once: bool = False,
    ) -> Rect | None:
        """Choose the panel's spot (see `Place`).

        Args:
            sizes: Of the image.
            faces: Bounding boxes of all faces.
            followed: The one of `faces` that is followed; it counts more.
            floor: Lowest y that the panel may reach, pixels; None for the image's margin.
            at_once: Whether it moves without waiting, where that is worth it.

        Returns:
            The panel's rectangle; None if it is not shown.
        """
        before, self._layout = self._layout, None
        if not 0 <= self._now - self._seen <= STAY_S:
            return None
        found = self._place.choose(
            self._labels,
            sizes,
            faces,
            followed,
            floor=sizes.height - sizes.margin if floor is None else floor,
            t=self._t,
            anew=at_once or before is None,
        )
        if found is None:
            return None
        self._layout, rect = found
        return rect

    def draw(self, painter: Painter, rect: Rect) -> None:
        """Draw the panel into the rectangle that `rect()` returned."""
        layout = self._layout
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


def _draw_row(
    layer: Layer, layout: Layout, index: int, middle: float, color: Color, ink: Color
) -> None:
    """Draw icon and word of a row on a layer."""
    sizes, label = layout.sizes, layout.labels[index]
    x = card_padding(sizes)
    layer.paint(icons.mask(label, sizes.icon), color, x, round(middle - sizes.icon / 2))
    if layout.compact:
        return
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
