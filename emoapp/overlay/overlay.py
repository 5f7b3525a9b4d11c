"""Draws a result on its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from emoapp.overlay import panels
from emoapp.overlay.bars import STAY_S, BarsPanel
from emoapp.overlay.blend import Painter, Sprite
from emoapp.overlay.boxes import Faces
from emoapp.overlay.layout import Rect
from emoapp.overlay.status import Status, StatusRow
from emoapp.overlay.theme import Colour, Sizes, colours_of
from emoapp.types import Result, Track, check_image

FOLLOW_AREA = 1.3
"""How many times larger a face must be to be followed in another one's place."""


class Overlay:
    """Faces, bars, status row and help, drawn in place.

    bars: show the panel of bars.  help: show the keys over the dimmed picture.
    followed: id of the track whose bars are shown; None, or a track that is gone: the largest.
    touched: the rectangles outside of which the last drawing changed no pixel.

    It remembers a little between frames (the bars glide), so one overlay serves one window.
    """

    def __init__(self, labels: Sequence[str], *, bars: bool = True) -> None:
        self.bars = bars
        self.help = False
        self.followed: int | None = None
        self.touched: list[Rect] = []
        self._colours: dict[str, Colour] = colours_of(labels)
        self._panel = BarsPanel(labels, dict(self._colours))
        self._faces = Faces()
        self._row = StatusRow()
        self._seen = -math.inf
        self._largest: int | None = None

    @property
    def pills(self) -> dict[int, Rect]:
        """Track id -> where its pill stood in the last drawing; without those that had no room."""
        return dict(self._faces.pills)

    def draw(self, image: np.ndarray, result: Result, status: Status, *, now: float) -> None:
        """Draw `result` on `image`.

        image: uint8 (H, W, 3), BGR, changed in place; the boxes are in its pixels.
        now: seconds, monotonic; moves the bars.
        """
        painter, sizes = self._begin(image)
        self._learn(result.tracks)
        track = self._choose(result.tracks)
        if track is not None:
            self._seen = now
        self._panel.follow(track, now=now)
        boxes = [one.face.box for one in result.tracks]
        panel = self._panel.rect(sizes, boxes, track.face.box if track else None)
        if not self.bars:
            panel = None
        row = self._row.prepare(status, sizes, now=now)

        avoid = [rect for rect in (panel, row[1] if row else None) if rect]
        followed = track.id if track else None
        self._faces.strokes(painter, result.tracks, self._colours, sizes, followed=followed)
        if panel:
            self._panel.draw(painter, panel, sizes)
        if row:
            painter.paste(row[0], row[1].x0, row[1].y0)
        # Last, because a pill that found no other room must still be readable on the panel.
        self._faces.labels(painter, result.tracks, self._colours, sizes, avoid=avoid)
        if not 0 <= now - self._seen <= STAY_S:
            self._hint(painter, sizes, row[1] if row else None)
        if self.help:
            painter.dim(0.45)
            _middle(painter, panels.help_panel(panels.HELP, sizes), sizes)

    def draw_message(self, image: np.ndarray, title: str, text: str = "") -> None:
        """Draw one panel in the middle of `image`, uint8 (H, W, 3), BGR, in place."""
        painter, sizes = self._begin(image)
        _middle(painter, panels.message(title, text, sizes), sizes)

    def _begin(self, image: np.ndarray) -> tuple[Painter, Sizes]:
        check_image(image)
        if not image.flags.writeable or image.strides[0] < 0 or image.strides[1:] != (3, 1):
            raise ValueError("image: expected a picture that can be drawn on in place; copy it")
        painter = Painter(image)
        self.touched = painter.touched
        return painter, Sizes.of(image.shape[1], image.shape[0])

    def _learn(self, tracks: Sequence[Track]) -> None:
        new = [t.smoothed.label for t in tracks if t.smoothed.label not in self._colours]
        if new:
            self._colours = colours_of([*self._colours, *dict.fromkeys(new)])

    def _choose(self, tracks: Sequence[Track]) -> Track | None:
        for track in tracks:
            if track.id == self.followed:
                return track
        largest = max(tracks, key=lambda track: track.face.box.area, default=None)
        before = next((track for track in tracks if track.id == self._largest), None)
        # Two faces of about one size must not take the panel from each other at every frame.
        if largest and before and largest.face.box.area < FOLLOW_AREA * before.face.box.area:
            largest = before
        self._largest = largest.id if largest else None
        return largest

    def _hint(self, painter: Painter, sizes: Sizes, row: Rect | None) -> None:
        hint = panels.hint(panels.NO_FACE, sizes)
        if hint is None:
            return
        x, y = (sizes.width - hint.width) // 2, sizes.height - sizes.margin - hint.height
        if row and Rect(x, y, x + hint.width, y + hint.height).overlaps(row.wider(sizes.gap)):
            y = row.y0 - sizes.gap - hint.height
        painter.paste(hint, x, y)


def _middle(painter: Painter, sprite: Sprite, sizes: Sizes) -> None:
    painter.paste(sprite, (sizes.width - sprite.width) // 2, (sizes.height - sprite.height) // 2)
