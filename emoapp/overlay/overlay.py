"""Draws a result on its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from emoapp.images import Image, as_image
from emoapp.overlay import panels
from emoapp.overlay.alerts import Alerts
from emoapp.overlay.bars import STAY_S, BarsPanel
from emoapp.overlay.blend import Painter, Sprite
from emoapp.overlay.boxes import Faces
from emoapp.overlay.layout import Rect
from emoapp.overlay.notices import Notices
from emoapp.overlay.speech import SpeechPanel
from emoapp.overlay.status import Status, StatusRow
from emoapp.overlay.theme import QUIET, WARNING, Colour, Sizes, colours_of
from emoapp.overlay.timeline import Timeline
from emoapp.types import Box, Result, Speech, Track

FOLLOW_AREA = 1.3
"""How many times larger a face must be to be followed in another one's place."""


class Overlay:
    """Faces, bars, timeline, status row and help, drawn in place.

    bars: show the panel of bars.  timeline: show the last 30 seconds of the followed face.
    help: show the keys over the dimmed picture.  keys: these, as rows of (keys, what they do).
    followed: id of the track whose bars are shown; None, or a track that is gone: the largest.
    speech: what the companion says; None for no panel.
    touched: the rectangles outside of which the last drawing changed no pixel.

    It remembers a little between frames (the bars glide), so one overlay serves one source.
    """

    def __init__(self, labels: Sequence[str], *, bars: bool = True, timeline: bool = True) -> None:
        self.bars = bars
        self.timeline = timeline
        self.help = False
        self.keys = panels.HELP
        self.followed: int | None = None
        self.speech: Speech | None = None
        self.touched: list[Rect] = []
        self._colours: dict[str, Colour] = colours_of(labels)
        self._panel = BarsPanel(labels, dict(self._colours))
        self._band = Timeline(labels, dict(self._colours))
        self._faces = Faces()
        self._row = StatusRow()
        self._notices = Notices()
        self.alerts = Alerts()
        """What went wrong: stays until `alerts.acknowledge`."""
        self._speech = SpeechPanel()
        self._boxes: list[tuple[int, Box]] = []
        self._seen = -math.inf
        self._chosen: int | None = None
        self._chosen_at = -math.inf

    @property
    def shown(self) -> int | None:
        """Id of the track whose bars the last drawing showed: `followed`, or the largest."""
        return self._chosen

    @property
    def pills(self) -> dict[int, Rect]:
        """Track id -> where its pill stood in the last drawing; without those that had no room."""
        return dict(self._faces.pills)

    def draw(
        self, image: Image | np.ndarray, result: Result, status: Status, *, now: float
    ) -> None:
        """Draw `result` on `image`.

        image: changed in place, an array is uint8 (H, W, 3), BGR; the boxes are in its pixels.
        now: seconds, monotonic; moves the bars. The timeline goes by the frame's own time, so that
        it is right in a file that is read faster or slower than it plays.
        """
        painter, sizes = self._begin(image)
        tracks = result.tracks
        self._learn(tracks)
        self._boxes = [(one.id, one.face.box) for one in tracks]
        track = self._choose(tracks, now)
        if tracks:
            self._seen = now
        self._panel.follow(track, now=now)
        self._band.follow(track, tracks, t=result.frame.t)
        panel, band, floor = self._arrange(tracks, track, sizes)
        row = self._row.prepare(status, sizes, now=now, floor=floor)
        row_rect = row[1] if row else None
        hint = not 0 <= now - self._seen <= STAY_S
        alert = self.alerts.prepare(sizes, floor=_above(row_rect, floor, sizes))
        alert_rect = alert[1] if alert else None
        floor = _above(alert_rect, floor, sizes)
        line = self._notices.prepare(sizes, now=now, hint=hint, floor=floor, row=row_rect)
        line_rect = line[1] if line else None
        avoid = [rect for rect in (panel, band, row_rect, line_rect, alert_rect) if rect]
        said = self._place_speech(tracks, sizes, floor, avoid, above=(row_rect, line_rect))

        followed = track.id if track else None
        self._faces.strokes(painter, tracks, self._colours, sizes, followed=followed)
        if panel:
            self._panel.draw(painter, panel, sizes)
        if band:
            self._band.draw(painter, sizes)
        for sprite, rect in filter(None, (row, line)):
            painter.paste(sprite, rect.x0, rect.y0)
        if said:
            colour = self._colours.get(self.speech.label, QUIET)
            self._speech.draw(painter, said, self.speech, colour, sizes)
            avoid.append(said)
        # Last, because a pill that found no other room must still be readable on the panel.
        self._faces.labels(painter, tracks, self._colours, sizes, avoid=avoid)
        if self.help:
            painter.dim(0.45)
            _middle(painter, panels.help_panel(self.keys, sizes), sizes)
        if alert:
            painter.paste(alert[0], alert_rect.x0, alert_rect.y0)

    def notify(self, text: str, *, now: float, seconds: float = 2.5) -> None:
        """Show one quiet line for so many seconds from `now`, by the clock of `draw`."""
        self._notices.show(text, now=now, seconds=seconds)

    def warn(self, text: str, *, now: float, seconds: float = 8.0) -> None:
        """`notify` of something that may soon go wrong."""
        self._notices.show(text, now=now, seconds=seconds, colour=WARNING)

    def track_at(self, x: float, y: float) -> int | None:
        """The track whose pill or box holds this point of the picture in the last drawing.

        x, y: pixels of the picture. A pill lies over the boxes; of several boxes the smallest.
        """
        for number, pill in self._faces.pills.items():
            if pill.x0 <= x < pill.x1 and pill.y0 <= y < pill.y1:
                return number
        hit = [
            (box.area, number)
            for number, box in self._boxes
            if box.x0 <= x < box.x1 and box.y0 <= y < box.y1
        ]
        return min(hit)[1] if hit else None

    def draw_message(self, image: np.ndarray, title: str, text: str = "") -> None:
        """Draw one panel in the middle of `image`, uint8 (H, W, 3), BGR, in place."""
        painter, sizes = self._begin(image)
        _middle(painter, panels.message(title, text, sizes), sizes)

    def draw_waiting(self, image: np.ndarray, title: str, text: str = "") -> None:
        """Draw a message over the greyed and darkened picture, uint8 (H, W, 3), BGR, in place.

        To be given a fresh copy of the last frame each time: it gets darker at every call.
        """
        painter, sizes = self._begin(image)
        painter.grey(0.45)
        _middle(painter, panels.message(title, text, sizes), sizes)
        alert = self.alerts.prepare(sizes, floor=sizes.height - sizes.margin)
        if alert:
            painter.paste(alert[0], alert[1].x0, alert[1].y0)

    def _arrange(
        self, tracks: Sequence[Track], track: Track | None, sizes: Sizes
    ) -> tuple[Rect | None, Rect | None, int]:
        """Where panel and timeline stand, and the lowest y for what stands above them."""
        boxes = [one.face.box for one in tracks]
        followed = track.face.box if track else None
        bottom = sizes.height - sizes.margin
        band = self._band.rect(sizes) if self.timeline else None
        floor = band.y0 - sizes.gap if band else bottom
        if not self.bars:
            return None, band, floor
        row = sizes.row + sizes.gap
        panel = self._panel.rect(sizes, boxes, followed, floor=floor - row)
        if band and panel and panel.y0 < sizes.margin:
            band, floor = None, bottom
            panel = self._panel.rect(sizes, boxes, followed, floor=floor - row)
        return panel, band, floor

    def _place_speech(
        self,
        tracks: Sequence[Track],
        sizes: Sizes,
        floor: int,
        avoid: Sequence[Rect],
        *,
        above: Sequence[Rect | None],
    ) -> Rect | None:
        """Where the companion's panel stands, no lower than the rows `above` which it belongs."""
        if self.speech is None:
            return None
        floor = min([floor, *(rect.y0 - sizes.gap for rect in above if rect)])
        boxes = [one.face.box for one in tracks]
        return self._speech.rect(self.speech, sizes, boxes, floor=floor, avoid=avoid)

    def _begin(self, image: Image | np.ndarray) -> tuple[Painter, Sizes]:
        image = as_image(image)
        if not all(map(_can_be_drawn_on, image.planes)):
            raise ValueError("image: expected a picture that can be drawn on in place; copy it")
        painter = Painter(image)
        self.touched = painter.touched
        self._boxes = []
        self._faces.pills.clear()
        return painter, Sizes.of(*image.size_wh)

    def _learn(self, tracks: Sequence[Track]) -> None:
        new = [track.label for track in tracks if track.label not in self._colours]
        if new:
            self._colours = colours_of([*self._colours, *dict.fromkeys(new)])

    def _choose(self, tracks: Sequence[Track], now: float) -> Track | None:
        seen = {track.id: track for track in tracks}
        before, wanted = seen.get(self._chosen), seen.get(self.followed)
        if wanted is None:
            # A detector that blinks must not throw the panel to another face and back.
            if before is None and 0 <= now - self._chosen_at <= STAY_S:
                return None
            wanted = max(tracks, key=lambda track: track.face.box.area, default=None)
            # Nor must two faces of about one size take it from each other at every frame.
            if wanted and before and wanted.face.box.area < FOLLOW_AREA * before.face.box.area:
                wanted = before
        if wanted is not None:
            self._chosen, self._chosen_at = wanted.id, now
        return wanted


def _can_be_drawn_on(plane: np.ndarray) -> bool:
    packed = plane[0].flags.c_contiguous and plane.strides[0] > 0
    return packed and plane.flags.writeable


def _above(rect: Rect | None, floor: int, sizes: Sizes) -> int:
    """The lowest y for what stands above `rect`; `floor` where there is none."""
    return min(floor, rect.y0 - sizes.gap) if rect else floor


def _middle(painter: Painter, sprite: Sprite, sizes: Sizes) -> None:
    painter.paste(sprite, (sizes.width - sprite.width) // 2, (sizes.height - sprite.height) // 2)
