"""Measures of the panel of bars, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emoapp.overlay import text
from emoapp.overlay.ground import card_padding
from emoapp.overlay.layout import MOVE_COST_RATIO, Rect, overlap_area
from emoapp.overlay.steady import Patience
from emoapp.overlay.theme import Sizes, word
from emoapp.types import Box
from emoapp.utils.language import cached_per_language

WIDTH_SHARE, PORTRAIT_WIDTH_SHARE, COMPACT_WIDTH_SHARE = 0.36, 0.62, 0.24
"""Largest shares of the image's width that the panel takes: in landscape images; in portrait ones,
where it may be as wide as in a landscape image of the same height; the compact panel."""
FOLLOWED_WEIGHT = 3
"""Weight of the followed face's area, against 1 of others, in the choice of the panel's spot."""
SLIGHT_SHARE = 0.06
"""A full panel of which so much hides faces is not worth making compact."""
COMPACT_SCALE, MIN_COMPACT_TEXT = 0.75, 11
"""Size of the compact panel's text relative to the usual, and the least in pixels."""
MOVE_AFTER_S = 1.0
"""A better spot must stay better for so long before the panel goes there."""
MOVE_SOON_AFTER_S = 0.2
"""The same where the panel hides much of faces, such as one that has just come."""
MUCH_SHARE = 0.35
"""A panel of which so much hides faces hides much."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The panel's measures in pixels, from its upper left corner.

    Attributes:
        labels: One for each row.
        sizes: Of the image.
        width, height: Of the panel.
        compact: Whether icons stand for the words.
        head: Height of the title above the rows.
        row: Height of a row.
        bar_x: Left edge of the bars.
        bar_length, bar_thickness: Of a full bar.
    """

    labels: tuple[str, ...]
    sizes: Sizes
    width: int
    height: int
    compact: bool
    head: int
    row: int
    bar_x: int
    bar_length: int
    bar_thickness: int

    @property
    def area(self) -> int:
        """Area of the panel, in pixels."""
        return self.width * self.height

    def middle(self, index: int) -> float:
        """Return the y of the middle of a row."""
        return self.head + (index + 0.5) * self.row


@cached_per_language(8)
def plan(labels: tuple[str, ...], sizes: Sizes, *, compact: bool = False) -> Layout | None:
    """Return the layout of the panel; None if the image is too small for it.

    Args:
        labels: The expressions, one for each row.
        sizes: Of the image.
        compact: Whether to leave out the words.
    """
    em, edge = sizes.text, card_padding(sizes)
    room = WIDTH_SHARE * max(
        sizes.width, min(sizes.height, PORTRAIT_WIDTH_SHARE / WIDTH_SHARE * sizes.width)
    )
    if compact:
        room = COMPACT_WIDTH_SHARE * sizes.width
    words = 0 if compact else max((text.width(word(one), em, True) for one in labels), default=0)
    words = min(words, 7 * em)
    bar_x = edge + sizes.icon + sizes.gap + (words + sizes.gap if words else 0)
    fixed = bar_x + sizes.gap + text.width("100%", em, True) + edge
    length = min((4 if compact else 7) * em, int(room) - fixed)
    row = round(em * 1.7)
    head = round(em * 2.2)
    height = head + row * len(labels) + round(edge * 0.6)
    if not labels or length < 2.5 * em or height > sizes.height - 2 * sizes.margin - 3 * em:
        smaller = sizes.smaller()
        return plan(labels, smaller, compact=compact) if smaller else None
    return Layout(
        labels=labels,
        sizes=sizes,
        width=fixed + length,
        height=height,
        compact=compact,
        head=head,
        row=row,
        bar_x=bar_x,
        bar_length=length,
        bar_thickness=max(5, round(em * 0.42)),
    )


def _compact(sizes: Sizes) -> Sizes:
    """Return the lengths of the compact panel."""
    share = min(1.0, max(COMPACT_SCALE, MIN_COMPACT_TEXT / sizes.text))
    return Sizes.of(
        sizes.width,
        sizes.height,
        scale=round(sizes.scale * share, 2),
        high_contrast=sizes.high_contrast,
    )


class Place:
    """Choose where the panel stands: the middle of a side, or a corner if faces are in the way.

    It is compact where the full one would hide much more of the faces. It stays as it is unless
    something else hides less than half as much, for `MOVE_AFTER_S` without a break.
    """

    def __init__(self) -> None:
        self._compact = False
        self._spot = 0
        self._patience = Patience(MOVE_AFTER_S)

    def choose(
        self,
        labels: tuple[str, ...],
        sizes: Sizes,
        faces: Sequence[Box],
        followed: Box | None,
        *,
        floor: int,
        t: float,
        anew: bool,
    ) -> tuple[Layout, Rect] | None:
        """Return the panel's layout and rectangle; None if the image is too small.

        Args:
            labels: The expressions, one for each row.
            sizes: Of the image.
            faces: Bounding boxes of all faces.
            followed: The one of `faces` that is followed; it counts `FOLLOWED_WEIGHT` times.
            floor: Lowest y that the panel may reach, pixels.
            t: Time of the frame, seconds since the source began.
            anew: Whether the panel, which was not there before or makes room, does not wait.
        """
        weighted = [(FOLLOWED_WEIGHT if face is followed else 1, face) for face in faces]
        layouts: dict[bool, Layout] = {}
        spots: dict[bool, list[Rect]] = {}
        hidden: dict[bool, list[float]] = {}
        best: dict[bool, int] = {}
        costs: dict[bool, float] = {}
        for compact in (False, True):
            layout = plan(labels, _compact(sizes) if compact else sizes, compact=compact)
            if layout is None:
                continue
            layouts[compact], spots[compact] = layout, _spots(layout, floor)
            hidden[compact] = [
                sum(weight * overlap_area(spot, face) for weight, face in weighted)
                for spot in spots[compact]
            ]
            best[compact] = self._best(spots[compact], hidden[compact])
            costs[compact] = hidden[compact][best[compact]]
            slight = SLIGHT_SHARE * layout.area
            if costs[compact] <= (slight / 2 if self._compact else slight):
                break
        if not layouts:
            return None
        compact = False not in layouts or (
            True in layouts and costs[True] < MOVE_COST_RATIO * costs[False]
        )
        self._move(compact, best[compact], costs[compact], layouts, hidden, t=t, anew=anew)
        return layouts[self._compact], spots[self._compact][self._spot]

    def _move(
        self,
        compact: bool,
        spot: int,
        cost: float,
        layouts: dict[bool, Layout],
        hidden: dict[bool, list[float]],
        *,
        t: float,
        anew: bool,
    ) -> None:
        """Take another form or spot if that is worth it."""
        there = self._compact in layouts
        better = not there or cost < MOVE_COST_RATIO * hidden[self._compact][self._spot]
        wanted = better or (self._compact and not compact)
        much = (
            there and hidden[self._compact][self._spot] > MUCH_SHARE * layouts[self._compact].area
        )
        after_s = MOVE_SOON_AFTER_S if much else MOVE_AFTER_S
        if not there or self._patience.over(wanted, t, after_s) or (anew and wanted):
            self._compact, self._spot = compact, spot

    def _best(self, spots: Sequence[Rect], hidden: Sequence[float]) -> int:
        # Among equally good ones, prefer the middle of a side, and the present side.
        middle = spots[0].y0
        return min(
            range(len(spots)),
            key=lambda i: (hidden[i], spots[i].y0 != middle, i % 2 != self._spot % 2),
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


@lru_cache(maxsize=16)
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
