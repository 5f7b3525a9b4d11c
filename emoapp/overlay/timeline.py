"""The timeline: a thin band with what the person who is followed showed in the last 30 seconds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Painter, Sprite, rounded
from emoapp.overlay.history import BIN_S, BINS, SPAN_S, History
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import GROUND, GROUND_OPACITY, QUIET, TEXT, Colour, Sizes
from emoapp.types import Track

READY_S = 1.5 * BIN_S
"""What is older lies between complete bins: drawn once, it stays as it is."""
LAG_S = READY_S + BIN_S
"""The age of the right edge: columns are drawn a bin at a time and come into sight one by one."""
OPACITY = 0.85
"""Of the colours: they must not outshine the picture."""
SCALE = f"{SPAN_S:.0f} s"


@dataclass(frozen=True, slots=True)
class Plan:
    """The band's measures in pixels; (x, y) is the corner of its coloured part inside `rect`."""

    sizes: Sizes
    rect: Rect
    x: int
    y: int
    length: int
    thickness: int

    @property
    def radius(self) -> int:
        """Of the coloured part's corners."""
        return round(0.3 * self.sizes.text)


@lru_cache(maxsize=8)
def plan(sizes: Sizes) -> Plan | None:
    """Where the band lies; None where the picture is too small for it."""
    em, margin = sizes.text, sizes.margin
    thickness, pad = round(0.9 * em), round(0.36 * em)
    height, width = thickness + 2 * pad, sizes.width - 2 * margin
    x = sizes.pad + text.width(SCALE, sizes.small) + sizes.gap
    length = width - x - sizes.pad
    if height > 0.06 * min(sizes.width, sizes.height) or length < 14 * em:
        return None
    bottom = sizes.height - margin
    rect = Rect(margin, bottom - height, margin + width, bottom)
    return Plan(sizes, rect, x, pad, length, thickness)


class Timeline:
    """Stacked shares, one colour an expression, the newest at the right, gaps where unseen."""

    def __init__(self, labels: Sequence[str], colours: dict[str, Colour], history: History) -> None:
        self._history = history
        stack = np.array([(*colours[label], 255) for label in labels], np.float32) * OPACITY
        stack = stack.reshape(-1, 4)  # none are known while the model loads
        # What each colour adds to the one that is stacked upon it; the fourth channel is opacity.
        self._steps = stack - np.vstack([stack[1:], np.zeros((min(1, len(stack)), 4), np.float32)])
        self._person: int | None = None
        self._t = -math.inf
        self._strip: _Strip | None = None

    def follow(self, track: Track | None, tracks: Sequence[Track], *, t: float) -> None:
        """Remember all `tracks` of the frame at `t`, seconds since the source began; show `track`.

        None shows on whom it showed before, until there is nothing left of them.
        """
        self._history.add(tracks, t)
        if t < self._t:
            self._strip = None
        self._t = t
        if track is not None:
            self._person = track.id
        elif self._person not in self._history:
            self._person = None

    def rect(self, sizes: Sizes) -> Rect | None:
        """Where the band lies; None when there is nothing to show, or no room."""
        layout = plan(sizes)
        return layout.rect if layout and self._person is not None else None

    def draw(self, painter: Painter, sizes: Sizes) -> None:
        """Draw the band where `rect()` says."""
        layout = plan(sizes)
        if layout is None or self._person is None:
            return
        strip = self._strip
        if strip is None or (strip.person, strip.layout) != (self._person, layout):
            strip = self._strip = _Strip(self._person, layout)
        ready, end = (
            math.floor((self._t - age) * layout.length / SPAN_S) for age in (READY_S, LAG_S)
        )
        if end > strip.end:
            new = min(ready - strip.end, strip.room)
            strip.append(self._columns(self._person, ready - new, ready, layout), ready)
        painter.paste(strip.window(end), layout.rect.x0, layout.rect.y0)

    def _columns(self, track_id: int, start: int, end: int, layout: Plan) -> np.ndarray:
        """float32 (thickness, end - start, 4): colours times their opacity; opacity, 0 to 255."""
        # The middle of each column, in bins, from the middle of the bin before it.
        at = (np.arange(start, end) + 0.5) * (BINS / layout.length) - 0.5
        left = np.floor(at).astype(np.int64)
        way = (at - left).astype(np.float32)[:, None]
        first = int(left[0])
        table = self._history.shares(track_id, first, int(left[-1]) - first + 2)
        a, b = table[left - first], table[left - first + 1]
        # Between two bins the shares change evenly; a gap begins and ends sharply.
        seen = a.any(axis=1, keepdims=True) & b.any(axis=1, keepdims=True)
        way = np.where(seen, way, way >= 0.5)
        tops = np.cumsum((1 - way) * a + way * b, axis=1) * layout.thickness
        rows = np.arange(layout.thickness - 1, -1, -1, dtype=np.float32)
        below = tops - rows[:, None, None]
        return np.clip(below, 0, 1, out=below) @ self._steps


class _Strip:
    """The columns drawn for one person in one size, and a window on the last of them.

    end: the column after the last one, counted from t = 0.
    room: how many columns it holds.
    """

    def __init__(self, person: int, layout: Plan) -> None:
        self.person, self.layout = person, layout
        self.end = -(2**62)
        self.room = layout.length + math.ceil(layout.length / BINS) + 1
        ground = _ground(layout)
        y, x, radius = layout.y, layout.x, layout.radius
        # Ink and keep in one array, so that each step on them is one call.
        self._sheets = np.stack([ground.ink, ground.keep])
        self._seen = self._sheets[:, y : y + layout.thickness, x : x + layout.length]
        self._empty = self._seen[:, 0, layout.length // 2].astype(np.float32)
        self._columns = np.empty((2, layout.thickness, self.room, 3), np.uint8)
        # Its corners are cut out of the window, because the columns run through below it.
        bare = self._sheets[:, :1, x : x + 1].astype(np.float32)
        mask = rounded(layout.length, layout.thickness, radius)[:, :, None] / np.float32(255)
        self._corners = [
            (part, mask[:, part], (1 - mask[:, part]) * bare)
            for part in (slice(0, radius), slice(layout.length - radius, layout.length))
        ]

    def append(self, columns: np.ndarray, end: int) -> None:
        """Add columns (thickness, n, 4), as Timeline draws them, up to `end`."""
        new, colours, opacity = columns.shape[1], columns[..., :3], columns[..., 3:]
        through = 1 - opacity / 255
        ink, keep = self._empty
        self._columns[:, :, :-new] = self._columns[:, :, new:]
        self._columns[0, :, -new:] = np.rint(colours + through * ink)
        self._columns[1, :, -new:] = np.rint(through * keep)
        self.end = end

    def window(self, end: int) -> Sprite:
        """The whole band with the columns before `end`; good until the next call."""
        last = self.room - (self.end - end)
        self._seen[:] = self._columns[:, :, last - self.layout.length : last]
        for part, share, rest in self._corners:
            self._seen[:, :, part] = rest + share * self._seen[:, :, part]
        return Sprite(self._sheets[0], self._sheets[1])


@lru_cache(maxsize=4)
def _ground(layout: Plan) -> Sprite:
    """The band before anything was seen."""
    sizes, (x0, y0, x1, y1) = layout.sizes, layout.rect
    layer = Layer(x1 - x0, y1 - y0)
    layer.paint(rounded(x1 - x0, y1 - y0, sizes.text * 0.5), GROUND, opacity=GROUND_OPACITY)
    y = text.top((y1 - y0) / 2, sizes.small)
    layer.paint(text.mask(SCALE, sizes.small), QUIET, sizes.pad, y)
    track = rounded(layout.length, layout.thickness, layout.radius)
    layer.paint(track, TEXT, layout.x, layout.y, opacity=0.1)
    return layer.sprite()
