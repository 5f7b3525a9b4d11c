"""The faces: four corner strokes each, and a tag with what the face shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from emoapp.overlay import icons, text
from emoapp.overlay.advice import ADVICE
from emoapp.overlay.blend import Layer, Painter, Sprite, rounded
from emoapp.overlay.layout import Placed, Rect, Wanted, place
from emoapp.overlay.theme import (
    GROUND,
    GROUND_OPACITY,
    QUIET,
    TEXT,
    Colour,
    Sizes,
    legible,
    mix,
    muted,
    word,
)
from emoapp.types import Box, Track

MAX_WORD_EM = 11
"""The longest word of a tag, in ems."""

CROWD_SIZE = 5
"""From this many faces on, tags have icon and percentage only, but for the followed face's."""

NO_ICON = "other"
"""The icon of a face that gets no label."""

CORNER_ANGLES = np.linspace(0, math.pi / 2, 7)
CORNER_ARC = np.c_[1 - np.cos(CORNER_ANGLES), 1 - np.sin(CORNER_ANGLES)]
ARM_DIRECTIONS = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
"""Which way the arms of each corner point; right and down are positive."""


@dataclass(frozen=True, slots=True)
class Style:
    """How a face is drawn: the followed one in full color, others quieter.

    Attributes:
        colour: Of the corners and the icon.
        ink: Of the words.
        prominent: Whether the corners are thicker, because this face is followed among others.
    """

    colour: Colour
    ink: Colour
    prominent: bool


@dataclass(frozen=True, slots=True)
class Tag:
    """What a tag says.

    Attributes:
        icon: The label whose icon it has.
        name: The expression, or what would help to see it.
        percent: "" where there is none.
        number: The track's id.
    """

    icon: str
    name: str
    percent: str
    number: str

    @classmethod
    def of(cls, track: Track, sizes: Sizes) -> Tag:
        """Return the tag of a track."""
        said = word(ADVICE[track.rejection] if track.rejection else track.label)
        return cls(
            icon=NO_ICON if track.rejection else track.label,
            name=text.fit(said, sizes.text, MAX_WORD_EM * sizes.text, True),
            percent="" if track.rejection else f"{round(100 * track.confidence)}%",
            number=str(track.id),
        )

    def widths(self, sizes: Sizes) -> tuple[int, int, int, int]:
        """Return the widths in pixels of its forms, the fullest first (see `FORMS`)."""
        icon_only = sizes.pill
        named = icon_only + sizes.gap // 3 + text.width(self.name, sizes.text, True) + sizes.pad
        percent = text.width(self.percent, sizes.text) if self.percent else 0
        full = named + sizes.gap + text.width(self.number, sizes.small)
        full += sizes.gap + percent if percent else 0
        short = icon_only + sizes.gap // 3 + percent + sizes.pad if percent else icon_only
        return full, named, short, icon_only


FORMS = ("full", "named", "short", "icon")
"""Icon, word, percentage and number; icon and word; icon and percentage; the icon alone."""

FULL, NAMED, SHORT, ICON = range(len(FORMS))


class Faces:
    """Draw all faces of a frame; remembers which tags stood below, so that they stay calm.

    Attributes:
        pills: Track id -> where its tag stood in the last frame.
    """

    def __init__(self) -> None:
        self._lowered: set[int] = set()
        self.pills: dict[int, Rect] = {}

    def strokes(
        self,
        painter: Painter,
        tracks: Sequence[Track],
        colours: Mapping[str, Colour],
        sizes: Sizes,
        *,
        followed: int | None,
    ) -> None:
        """Draw the corners of each face."""
        # The followed one last, so that it lies on top.
        for track in sorted(tracks, key=lambda track: track.id == followed):
            rect = _inside(track.face.box, sizes)
            if rect:
                _corners(painter, rect, _style(track, tracks, colours, followed), sizes)

    def labels(
        self,
        painter: Painter,
        tracks: Sequence[Track],
        colours: Mapping[str, Colour],
        sizes: Sizes,
        *,
        avoid: Sequence[Rect],
        followed: int | None,
    ) -> None:
        """Draw the tags; they keep off the rectangles in `avoid` where they can."""
        # By id and not by size, so that two equally large faces do not swap their rights.
        seen = [
            (track, Tag.of(track, sizes), rect)
            for track in sorted(tracks, key=lambda track: (track.id != followed, track.id))
            if (rect := _inside(track.face.box, sizes))
        ]
        wanted = []
        for track, tag, rect in seen:
            short = len(tracks) >= CROWD_SIZE and track.id != followed
            widths = tag.widths(sizes)[SHORT if short else FULL :]
            forms = tuple((width, sizes.pill) for width in widths)
            wanted.append(Wanted(rect, forms, track.id in self._lowered))
        spots = place(wanted, (sizes.width, sizes.height), gap=sizes.stroke + 2, avoid=avoid)
        self._lowered.clear()
        self.pills.clear()
        for (track, tag, rect), want, spot in zip(seen, wanted, spots, strict=True):
            if spot is None:
                continue
            if not spot.above:
                self._lowered.add(track.id)
            self.pills[track.id] = spot.rect
            style = _style(track, tracks, colours, followed)
            if spot.apart:
                _leader(painter, spot.rect, rect, style, sizes)
            form = spot.form + len(FORMS) - len(want.sizes_wh)
            _draw_tag(painter, tag, form, spot, style, sizes)


def _style(
    track: Track, tracks: Sequence[Track], colours: Mapping[str, Colour], followed: int | None
) -> Style:
    colour = QUIET if track.rejection else legible(colours[track.label])
    several = len(tracks) > 1 and followed is not None
    if several and track.id != followed:
        return Style(muted(colour), QUIET, prominent=False)
    return Style(colour, TEXT, prominent=several)


def _inside(box: Box, sizes: Sizes) -> Rect | None:
    """The visible part of `box`; None when too little is left to point at."""
    edge = sizes.stroke
    x0, x1 = (min(max(x, edge), sizes.width - edge) for x in (box.x0, box.x1))
    y0, y1 = (min(max(y, edge), sizes.height - edge) for y in (box.y0, box.y1))
    if x1 - x0 < 2 * edge or y1 - y0 < 2 * edge:
        return None
    return Rect(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))


def _corners(painter: Painter, rect: Rect, style: Style, sizes: Sizes) -> None:
    x0, y0, x1, y1 = rect
    side = min(x1 - x0, y1 - y0)
    arm, bend = side * 0.2, min(side * 0.08, 6 * sizes.stroke)
    # The upper left corner, seen from (0, 0): up the side, round the bend, along the top.
    corner = np.vstack([(0, arm), bend * CORNER_ARC, (arm, 0)])
    places = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    thickness = round(sizes.stroke * 1.5) if style.prominent else sizes.stroke
    lines = corner[None] * ARM_DIRECTIONS[:, None] + places[:, None]
    painter.strokes(lines, *_pens(style, thickness, sizes))


def _leader(painter: Painter, tag: Rect, face: Rect, style: Style, sizes: Sizes) -> None:
    """A line from a tag to its face, which stands elsewhere."""
    start, end = _nearest(tag, face.center), _nearest(face, tag.center)
    pens = _pens(style, max(1, sizes.stroke // 2), sizes)
    painter.strokes(np.array([[start, end]], float), *pens)


def _nearest(rect: Rect, point: tuple[float, float]) -> tuple[float, float]:
    """The point of a rectangle that is nearest to another point."""
    x, y = point
    return min(max(x, rect.x0), rect.x1), min(max(y, rect.y0), rect.y1)


def _pens(style: Style, thickness: int, sizes: Sizes) -> tuple[tuple[Colour, int], ...]:
    # A dark rim keeps yellow visible on a white wall and blue on a black one.
    rim = mix(style.colour, GROUND, 0.25), thickness + 2 * max(1, sizes.stroke // 3)
    return rim, (style.colour, thickness)


def _draw_tag(
    painter: Painter, tag: Tag, form: int, spot: Placed, style: Style, sizes: Sizes
) -> None:
    x0, y0, x1, _ = spot.rect
    name = tag.name if form in (FULL, NAMED) else ""
    painter.paste(_ground(x1 - x0, tag.icon, name, style, sizes), x0, y0)
    middle, right = y0 + sizes.pill / 2, x1 - sizes.pad
    if form == FULL:
        number = text.sprite(tag.number, sizes.small, QUIET)
        right -= number.width
        painter.paste(number, right, text.top(middle, sizes.small))
        right -= sizes.gap
    if form in (FULL, SHORT) and tag.percent:
        percent = text.sprite(tag.percent, sizes.text, style.ink)
        painter.paste(percent, right - percent.width, text.top(middle, sizes.text))


@lru_cache(maxsize=64)
def _ground(width: int, label: str, name: str, style: Style, sizes: Sizes) -> Sprite:
    """What a tag shows while its numbers change: ground, icon and word."""
    layer = Layer(width, sizes.pill)
    layer.paint(rounded(width, sizes.pill, sizes.pill / 2), GROUND, opacity=GROUND_OPACITY)
    inset = (sizes.pill - sizes.icon) // 2
    layer.paint(icons.mask(label, sizes.icon), style.colour, inset, inset)
    if name:
        letters = text.mask(name, sizes.text, True)
        x = sizes.pill + sizes.gap // 3
        layer.paint(letters, style.ink, x, text.top(sizes.pill / 2, sizes.text, True))
    return layer.sprite()
