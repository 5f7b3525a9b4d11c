"""Draw the timeline: a thin band of the followed track's expressions in the last 30 seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emoapp.overlay import text
from emoapp.overlay.blend import Painter, Sprite, rounded
from emoapp.overlay.ground import panel_layer, write
from emoapp.overlay.history import BIN_S, BINS, SPAN_S, History
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import TEXT, Color, Sizes
from emoapp.types import Track
from emoapp.utils.language import _, cached_per_language

COMPLETE_AGE_S = 1.5 * BIN_S
"""Columns older than this lie between complete bins: once drawn, they do not change."""
LAG_S = COMPLETE_AGE_S + BIN_S
"""Age of the right edge: columns are drawn a bin at a time and come into view one by one."""
COLOR_OPACITY = 0.85
"""Opacity of the colors, which must not outshine the image."""
EMPTY_OPACITY = 0.1
"""Opacity of the band where nothing was seen."""
THICKNESS_EM = 1.25
"""Thickness of the colored part, in ems."""
TICK_S = 10.0
"""Seconds between two time marks."""
MAX_HEIGHT_SHARE = 0.07
"""Largest share of the image's shorter side that the band takes; it is left out otherwise."""
MIN_LENGTH_EM = 14
"""Least length of the colored part, in ems; a shorter one is left out."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The band's measures in pixels.

    Attributes:
        sizes: Of the image.
        rect: The band in the image.
        x, y: Upper left corner of the colored part, relative to that of `rect`.
        length, thickness: Of the colored part.
    """

    sizes: Sizes
    rect: Rect
    x: int
    y: int
    length: int
    thickness: int

    @property
    def radius(self) -> int:
        """Radius of the colored part's corners."""
        return round(0.3 * self.sizes.text)


@cached_per_language(8)
def plan(sizes: Sizes) -> Layout | None:
    """Return the layout of the band; None if the image is too small for it."""
    em, margin = sizes.text, sizes.margin
    thickness, pad = round(THICKNESS_EM * em), round(0.36 * em)
    height, width = thickness + 2 * pad, sizes.width - 2 * margin
    x = sizes.pad + text.width(_span_label(), sizes.small) + sizes.gap
    length = width - x - sizes.pad
    most = MAX_HEIGHT_SHARE * min(sizes.width, sizes.height) * max(1.0, sizes.scale)
    if height > most or length < MIN_LENGTH_EM * em:
        smaller = sizes.smaller()
        return plan(smaller) if smaller else None
    rect = Rect.at(margin, sizes.height - margin - height, width, height)
    return Layout(sizes, rect, x, pad, length, thickness)


class Timeline:
    """Draw stacked probabilities, one color per expression, newest at the right, gaps where unseen.

    Args:
        labels: The expressions, stacked from the bottom up.
        colors: Label -> color.
        history: Remembers the tracks' scores.
    """

    def __init__(self, labels: Sequence[str], colors: dict[str, Color], history: History) -> None:
        self._history = history
        stack = np.array([(*colors[label], 255) for label in labels], np.float32) * COLOR_OPACITY
        stack = stack.reshape(-1, 4)  # No labels are known while the model loads.
        # Each color less the one stacked on top of it; the fourth channel is opacity.
        self._steps = stack - np.vstack([stack[1:], np.zeros((min(1, len(stack)), 4), np.float32)])
        self._track_id: int | None = None
        self._t = -math.inf
        self._strip: _Strip | None = None

    def follow(self, track: Track | None, tracks: Sequence[Track], *, t: float) -> None:
        """Add a frame and choose the track to show.

        Args:
            track: The followed track; None keeps the previous one until it is forgotten.
            tracks: All tracks in the frame, which are remembered.
            t: Time of the frame, seconds since the source began.
        """
        self._history.add(tracks, t)
        if t < self._t:
            self._strip = None
        self._t = t
        if track is not None:
            self._track_id = track.id
        elif self._track_id not in self._history:
            self._track_id = None

    def remember(self, tracks: Sequence[Track], *, t: float) -> None:
        """Add a frame, and show the band as it was before.

        Args:
            tracks: All tracks in the frame.
            t: Time of the frame, seconds since the source began.
        """
        self._history.add(tracks, t)

    def rect(self, sizes: Sizes) -> Rect | None:
        """Return the band's rectangle; None if there is nothing to show, or no room."""
        layout = plan(sizes)
        return layout.rect if layout and self._track_id is not None else None

    def draw(self, painter: Painter, sizes: Sizes) -> None:
        """Draw the band into the rectangle that `rect()` returned."""
        layout = plan(sizes)
        if layout is None or self._track_id is None:
            return
        strip = self._strip
        if strip is None or (strip.track_id, strip.layout) != (self._track_id, layout):
            strip = self._strip = _Strip(self._track_id, layout)
        complete, end = (
            math.floor((self._t - age) * layout.length / SPAN_S) for age in (COMPLETE_AGE_S, LAG_S)
        )
        if end > strip.end:
            new = min(complete - strip.end, strip.capacity)
            columns = self._columns(self._track_id, complete - new, complete, layout)
            strip.append(columns, complete)
        painter.paste(strip.window(end), layout.rect.x0, layout.rect.y0)

    def _columns(self, track_id: int, start: int, end: int, layout: Layout) -> np.ndarray:
        """Draw new columns.

        Args:
            track_id: The track.
            start: First column, counted from t = 0.
            end: The column after the last one.
            layout: Of the band.

        Returns:
            float32 (thickness, end - start, 4): BGR premultiplied by the opacity; opacity, 0-255.
        """
        # The middle of each column in bins, relative to the middle of bin 0.
        at = (np.arange(start, end) + 0.5) * (BINS / layout.length) - 0.5
        left = np.floor(at).astype(np.int64)
        fraction = (at - left).astype(np.float32)[:, None]
        first = int(left[0])
        table = self._history.shares(track_id, first, int(left[-1]) - first + 2)
        a, b = table[left - first], table[left - first + 1]
        # Probabilities are interpolated between two bins; a gap has sharp ends.
        seen = a.any(axis=1, keepdims=True) & b.any(axis=1, keepdims=True)
        fraction = np.where(seen, fraction, fraction >= 0.5)
        tops = np.cumsum((1 - fraction) * a + fraction * b, axis=1) * layout.thickness
        rows = np.arange(layout.thickness - 1, -1, -1, dtype=np.float32)
        below = tops - rows[:, None, None]
        return np.clip(below, 0, 1, out=below) @ self._steps


class _Strip:
    """The columns drawn of one track at one size, and a window on the last of them.

    Args:
        track_id: The track.
        layout: Of the band.

    Attributes:
        track_id: The track.
        layout: Of the band.
        end: The column after the last one, counted from t = 0.
        capacity: Number of columns that it holds.
    """

    def __init__(self, track_id: int, layout: Layout) -> None:
        self.track_id, self.layout = track_id, layout
        self.end = -(2**62)
        self.capacity = layout.length + math.ceil(layout.length / BINS) + 1
        ground = _ground(layout)
        y, x, radius = layout.y, layout.x, layout.radius
        # Ink and keep share one array, so that each step on them is one call.
        self._sheets = np.stack([ground.ink, ground.keep])
        self._seen = self._sheets[:, y : y + layout.thickness, x : x + layout.length]
        self._empty = self._seen[:, 0, layout.length // 2].astype(np.float32)
        self._columns = np.empty((2, layout.thickness, self.capacity, 3), np.uint8)
        # The corners are cut out of the window, because the columns move below it.
        bare = self._sheets[:, :1, x : x + 1].astype(np.float32)
        mask = rounded(layout.length, layout.thickness, radius)[:, :, None] / np.float32(255)
        self._corners = [
            (part, mask[:, part], (1 - mask[:, part]) * bare)
            for part in (slice(0, radius), slice(layout.length - radius, layout.length))
        ]

    def append(self, columns: np.ndarray, end: int) -> None:
        """Append columns up to `end`: float32 (thickness, n, 4), as `Timeline` draws them."""
        new, colors, opacity = columns.shape[1], columns[..., :3], columns[..., 3:]
        through = 1 - opacity / 255
        ink, keep = self._empty
        self._columns[:, :, :-new] = self._columns[:, :, new:]
        self._columns[0, :, -new:] = np.rint(colors + through * ink)
        self._columns[1, :, -new:] = np.rint(through * keep)
        self.end = end

    def window(self, end: int) -> Sprite:
        """Return the band with the columns before `end`; valid until the next call."""
        last = self.capacity - (self.end - end)
        self._seen[:] = self._columns[:, :, last - self.layout.length : last]
        for part, share, rest in self._corners:
            self._seen[:, :, part] = rest + share * self._seen[:, :, part]
        return Sprite(self._sheets[0], self._sheets[1])


def _span_label() -> str:
    return _("{number} s").format(number=round(SPAN_S))


@cached_per_language(4)
def _ground(layout: Layout) -> Sprite:
    """Draw the band before anything was seen."""
    sizes, (x0, y0, x1, y1) = layout.sizes, layout.rect
    layer = panel_layer(x1 - x0, y1 - y0, sizes.text * 0.5, sizes.opacity())
    write(layer, _span_label(), sizes.small, sizes.quiet, sizes.pad, (y1 - y0) / 2)
    empty = rounded(layout.length, layout.thickness, layout.radius)
    layer.paint(empty, TEXT, layout.x, layout.y, opacity=EMPTY_OPACITY)
    for seconds in range(int(TICK_S), int(SPAN_S), int(TICK_S)):
        x = layout.x + round(layout.length * (1 - seconds / SPAN_S))
        tick = np.full((layout.y, max(1, sizes.stroke // 2)), 255, np.uint8)
        for y in (0, layout.y + layout.thickness):
            layer.paint(tick, sizes.quiet, x, y)
    return layer.sprite()
