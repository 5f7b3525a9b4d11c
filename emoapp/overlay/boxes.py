"""Draw the faces: four corner strokes each, and a tag with the expression."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from emoapp.overlay.blend import Painter
from emoapp.overlay.layout import Rect
from emoapp.overlay.placement import Kept, Wanted, place
from emoapp.overlay.steady import Patience
from emoapp.overlay.tags import FORMS, FULL, SHORT, Style, Tag, draw_tag, style_of
from emoapp.overlay.theme import GROUND, Color, Sizes, mix
from emoapp.types import Box, Track

CROWD_SIZE = 5
"""With this many faces or more, only the followed one's tag has more than icon and percentage."""

CORNER_ANGLES = np.linspace(0, math.pi / 2, 7)
CORNER_ARC = np.c_[1 - np.cos(CORNER_ANGLES), 1 - np.sin(CORNER_ANGLES)]
ARM_DIRECTIONS = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
"""Directions (x, y) of the arms of each corner; right and down are positive."""


MOVE_AFTER_S = 0.9
"""A tag goes to a better place when that was better for so long."""


@dataclass(slots=True)
class _Spot:
    """Where the tag of a track was.

    Attributes:
        lowered: Whether it was not above its face.
        kept: Its position; its form is an index into `FORMS`. None if it is to move.
        patience: Decides when it moves.
    """

    lowered: bool = False
    kept: Kept | None = None
    patience: Patience = field(default_factory=lambda: Patience(MOVE_AFTER_S))


class Faces:
    """Draw all faces of a frame; remember where their tags were, so that they do not jump.

    Attributes:
        pills: Track id -> rectangle of its tag in the last frame.
    """

    def __init__(self) -> None:
        self._spots: dict[int, _Spot] = {}
        self.pills: dict[int, Rect] = {}

    def strokes(
        self,
        painter: Painter,
        tracks: Sequence[Track],
        colors: Mapping[str, Color],
        sizes: Sizes,
        *,
        followed: int | None,
    ) -> None:
        """Draw the corners of each face.

        Args:
            painter: Draws on the image.
            tracks: The faces in the frame.
            colors: Label -> color.
            sizes: Of the image.
            followed: Id of the followed track.
        """
        # The followed one last, so that it is on top.
        for track in sorted(tracks, key=lambda track: track.id == followed):
            rect = _inside(track.face.box, sizes)
            if rect:
                _corners(painter, rect, style_of(track, tracks, colors, followed), sizes)

    def labels(
        self,
        painter: Painter,
        tracks: Sequence[Track],
        colors: Mapping[str, Color],
        sizes: Sizes,
        *,
        avoid: Sequence[Rect],
        followed: int | None,
        t: float,
    ) -> None:
        """Draw the tags.

        Args:
            painter: Draws on the image.
            tracks: The faces in the frame.
            colors: Label -> color.
            sizes: Of the image.
            avoid: Rectangles to keep free where possible.
            followed: Id of the followed track, whose tag takes precedence.
            t: Time of the frame, seconds since the source began: in a picture that stands still,
                no tag moves.
        """
        # By id and not by size, so that two equally large faces do not swap precedence.
        seen = [
            (track, Tag.of(track, sizes), rect)
            for track in sorted(tracks, key=lambda track: (track.id != followed, track.id))
            if (rect := _inside(track.face.box, sizes))
        ]
        crowd = len(tracks) >= CROWD_SIZE
        wanted = [
            self._wanted(track, tag, rect, sizes, short=crowd and track.id != followed)
            for track, tag, rect in seen
        ]
        spots = place(wanted, (sizes.width, sizes.height), gap=sizes.stroke + 2, avoid=avoid)
        before, self._spots = self._spots, {}
        self.pills.clear()
        for (track, tag, rect), want, spot in zip(seen, wanted, spots, strict=True):
            if spot is None:
                continue
            known = self._spots[track.id] = before.get(track.id) or _Spot()
            known.lowered = not spot.above
            form = spot.form + len(FORMS) - len(want.sizes_wh)
            moves = known.patience.over(spot.restless, t)
            known.kept = None if moves else spot.relative_to(rect)._replace(form=form)
            self.pills[track.id] = spot.rect
            style = style_of(track, tracks, colors, followed)
            if spot.apart:
                _leader(painter, spot.rect, rect, style, sizes)
            draw_tag(painter, tag, form, spot, style, sizes)

    def _wanted(self, track: Track, tag: Tag, rect: Rect, sizes: Sizes, *, short: bool) -> Wanted:
        first = SHORT if short else FULL
        forms = tuple((width, sizes.pill) for width in tag.widths(sizes)[first:])
        known = self._spots.get(track.id)
        if known is None:
            return Wanted(rect, forms)
        kept = known.kept
        if kept is not None:
            kept = kept._replace(form=kept.form - first) if kept.form >= first else None
        return Wanted(rect, forms, known.lowered, kept)


def _inside(box: Box, sizes: Sizes) -> Rect | None:
    """Return the visible part of a box; None if too little of it is visible."""
    edge = sizes.stroke
    x0, x1 = (min(max(x, edge), sizes.width - edge) for x in (box.x0, box.x1))
    y0, y1 = (min(max(y, edge), sizes.height - edge) for y in (box.y0, box.y1))
    if x1 - x0 < 2 * edge or y1 - y0 < 2 * edge:
        return None
    return Rect(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))


def _corners(painter: Painter, rect: Rect, style: Style, sizes: Sizes) -> None:
    """Draw the four corners of one face."""
    x0, y0, x1, y1 = rect
    side = min(x1 - x0, y1 - y0)
    arm, bend = side * 0.2, min(side * 0.08, 6 * sizes.stroke)
    # The upper left corner relative to (0, 0): up the side, around the bend, along the top.
    corner = np.vstack([(0, arm), bend * CORNER_ARC, (arm, 0)])
    places = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    thickness = round(sizes.stroke * 1.5) if style.prominent else sizes.stroke
    lines = corner[None] * ARM_DIRECTIONS[:, None] + places[:, None]
    painter.strokes(lines, *_pens(style, thickness, sizes))


def _leader(painter: Painter, tag: Rect, face: Rect, style: Style, sizes: Sizes) -> None:
    """Draw a line from a tag to its face, for a tag that found no room there."""
    start, end = _nearest(tag, face.center), _nearest(face, tag.center)
    pens = _pens(style, max(1, sizes.stroke // 2), sizes)
    painter.strokes(np.array([[start, end]], float), *pens)


def _nearest(rect: Rect, point: tuple[float, float]) -> tuple[float, float]:
    """Return the point of a rectangle that is nearest to another point."""
    x, y = point
    return min(max(x, rect.x0), rect.x1), min(max(y, rect.y0), rect.y1)


def _pens(style: Style, thickness: int, sizes: Sizes) -> tuple[tuple[Color, int], ...]:
    """Return the pens for strokes: a dark rim, then the color."""
    # The rim keeps yellow visible on a white wall and blue on a black one.
    rim = mix(style.color, GROUND, 0.25), thickness + 2 * max(1, sizes.stroke // 3)
    return rim, (style.color, thickness)
