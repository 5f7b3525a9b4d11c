"""The faces: four corner strokes each, and a pill that says what the face shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from emoapp.overlay import icons, text
from emoapp.overlay.advice import ADVICE
from emoapp.overlay.blend import Layer, Painter, Sprite, rounded
from emoapp.overlay.layout import Placed, Rect, Wanted, place
from emoapp.overlay.theme import GROUND, GROUND_OPACITY, QUIET, TEXT, Colour, Sizes, mix, word
from emoapp.types import Box, Track

LABEL_ROOM = 11
"""The longest word of a pill, in ems."""

NO_ICON = "other"
"""The icon of a face that gets no label."""


class Faces:
    """Draws all faces of a frame; remembers which pills stood below, so that they stay calm."""

    def __init__(self) -> None:
        self._lowered: set[int] = set()
        self.pills: dict[int, Rect] = {}
        """Track id -> where its pill stood in the last frame."""

    def strokes(
        self,
        painter: Painter,
        tracks: Sequence[Track],
        colours: dict[str, Colour],
        sizes: Sizes,
        *,
        followed: int | None,
    ) -> None:
        """The corners of each face; among several the one that is followed gets thicker ones."""
        for track in tracks:
            rect = _inside(track.face.box, sizes)
            if rect:
                bold = len(tracks) > 1 and track.id == followed
                _corners(painter, rect, _colour(track, colours), sizes, bold)

    def labels(
        self,
        painter: Painter,
        tracks: Sequence[Track],
        colours: dict[str, Colour],
        sizes: Sizes,
        *,
        avoid: Sequence[Rect],
    ) -> None:
        """The pills; they keep off the rectangles in `avoid` where they can."""
        # By id and not by size, so that two equally large faces do not swap their rights.
        seen = [
            (track, rect)
            for track in sorted(tracks, key=lambda track: track.id)
            if (rect := _inside(track.face.box, sizes))
        ]
        wanted = [
            Wanted(rect, _forms_wh(track, sizes), track.id in self._lowered) for track, rect in seen
        ]
        spots = place(wanted, (sizes.width, sizes.height), gap=sizes.stroke + 2, avoid=avoid)
        self._lowered.clear()
        self.pills.clear()
        for (track, _), spot in zip(seen, spots, strict=True):
            if spot is None:
                continue
            if not spot.above:
                self._lowered.add(track.id)
            self.pills[track.id] = spot.rect
            _pill(painter, track, spot, _colour(track, colours), sizes)


def _inside(box: Box, sizes: Sizes) -> Rect | None:
    """The part of `box` that can be seen; None when too little is left to point at."""
    edge = sizes.stroke
    x0, x1 = (min(max(x, edge), sizes.width - edge) for x in (box.x0, box.x1))
    y0, y1 = (min(max(y, edge), sizes.height - edge) for y in (box.y0, box.y1))
    if x1 - x0 < 2 * edge or y1 - y0 < 2 * edge:
        return None
    return Rect(math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1))


_TURN = np.linspace(0, math.pi / 2, 7)
_BEND = np.c_[1 - np.cos(_TURN), 1 - np.sin(_TURN)]
# Right and down are positive: which way the arms of each corner reach.
_REACH = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])


def _corners(painter: Painter, rect: Rect, colour: Colour, sizes: Sizes, bold: bool) -> None:
    x0, y0, x1, y1 = rect
    side = min(x1 - x0, y1 - y0)
    arm, bend = side * 0.2, min(side * 0.08, 6 * sizes.stroke)
    # The upper left corner, seen from (0, 0): up the side, round the bend, along the top.
    corner = np.vstack([(0, arm), bend * _BEND, (arm, 0)])
    places = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    thickness = round(sizes.stroke * 1.5) if bold else sizes.stroke
    # A dark rim keeps yellow visible on a white wall and blue on a black one.
    rim = (mix(colour, GROUND, 0.25), thickness + 2 * max(1, sizes.stroke // 3))
    lines = corner[None] * _REACH[:, None] + places[:, None]
    painter.strokes(lines, rim, (colour, thickness))


def _colour(track: Track, colours: dict[str, Colour]) -> Colour:
    return QUIET if track.rejection else colours[track.label]


def _percent(track: Track) -> str:
    return "" if track.rejection else f"{round(100 * track.confidence)}%"


def _forms_wh(track: Track, sizes: Sizes) -> tuple[tuple[int, int], ...]:
    """With word, percentage and number; with the word; with the icon alone."""
    icon_only = sizes.pill
    name = _word(track, sizes)
    named = icon_only + sizes.gap // 3 + text.width(name, sizes.text, True) + sizes.pad
    number = text.width(str(track.id), sizes.small)
    full = named + sizes.gap + number
    if not track.rejection:
        full += sizes.gap + text.width(_percent(track), sizes.text)
    return (full, sizes.pill), (named, sizes.pill), (icon_only, sizes.pill)


def _word(track: Track, sizes: Sizes) -> str:
    """The expression, or what would help to see it."""
    said = word(ADVICE[track.rejection] if track.rejection else track.label)
    return text.fit(said, sizes.text, LABEL_ROOM * sizes.text, True)


def _pill(painter: Painter, track: Track, spot: Placed, colour: Colour, sizes: Sizes) -> None:
    x0, y0, x1, _ = spot.rect
    name = _word(track, sizes) if spot.form < 2 else ""
    icon = NO_ICON if track.rejection else track.label
    painter.paste(_ground(x1 - x0, icon, name, colour, sizes), x0, y0)
    if spot.form > 0:
        return
    middle = y0 + sizes.pill / 2
    number = text.sprite(str(track.id), sizes.small, QUIET)
    x = x1 - sizes.pad - number.width
    painter.paste(number, x, text.top(middle, sizes.small))
    if track.rejection:
        return
    percent = text.sprite(_percent(track), sizes.text, TEXT)
    painter.paste(percent, x - sizes.gap - percent.width, text.top(middle, sizes.text))


@lru_cache(maxsize=64)
def _ground(width: int, label: str, name: str, colour: Colour, sizes: Sizes) -> Sprite:
    """What a pill shows while its numbers change: ground, icon and word."""
    layer = Layer(width, sizes.pill)
    layer.paint(rounded(width, sizes.pill, sizes.pill / 2), GROUND, opacity=GROUND_OPACITY)
    inset = (sizes.pill - sizes.icon) // 2
    layer.paint(icons.mask(label, sizes.icon), colour, inset, inset)
    if name:
        letters = text.mask(name, sizes.text, True)
        x = sizes.pill + sizes.gap // 3
        layer.paint(letters, TEXT, x, text.top(sizes.pill / 2, sizes.text, True))
    return layer.sprite()
