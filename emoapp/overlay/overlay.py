"""Draws a result on its picture."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from emoapp.config import OverlayConfig
from emoapp.images import Image, as_image
from emoapp.overlay import panels
from emoapp.overlay.alerts import Alerts
from emoapp.overlay.bars import STAY_S, BarsPanel
from emoapp.overlay.blend import Painter, Sprite
from emoapp.overlay.boxes import Faces
from emoapp.overlay.history import History
from emoapp.overlay.layout import Rect
from emoapp.overlay.notices import Notices, notice_sprite
from emoapp.overlay.speech import SpeechPanel
from emoapp.overlay.status import Status, StatusRow
from emoapp.overlay.theme import QUIET, WARNING, Colour, Sizes, colours_of
from emoapp.overlay.timeline import Timeline
from emoapp.speech import Speech
from emoapp.types import Box, Result, Track


class Overlay:
    """Draw faces, bars, timeline, status row and help on a picture, in place.

    Remembers a little between frames (the bars glide), so one overlay serves one source.

    Args:
        labels: The expressions, in the order of the model.
        parts: Which parts are drawn at first.
        history: What the timeline shows; None for a new one. Two overlays of one source share it.

    Attributes:
        boxes, labels, bars, timeline, status: Whether these parts are drawn.
        details: Whether the status row has milliseconds, detector and missed frames too.
        help: Whether the keys are shown over the dimmed picture.
        keys: These, as rows of (keys, what they do).
        speech: What the companion says; None for no panel.
        alerts: What went wrong; each stays until `alerts.acknowledge`.
        touched: The rectangles outside of which the last drawing changed no pixel.
    """

    def __init__(
        self,
        labels: Sequence[str],
        parts: OverlayConfig | None = None,
        *,
        history: History | None = None,
    ) -> None:
        parts = parts or OverlayConfig()
        self.boxes = parts.boxes
        self.labels = parts.labels
        self.bars = parts.bars
        self.timeline = parts.timeline
        self.status = parts.status
        self.details = False
        self.help = False
        self.keys = panels.HELP
        self.speech: Speech | None = None
        self.alerts = Alerts()
        self.touched: list[Rect] = []
        self._names = tuple(labels)
        self._history = history or History(labels)
        self._colours: dict[str, Colour] = colours_of(labels)
        self._panel = BarsPanel(labels, dict(self._colours))
        self._band = Timeline(labels, dict(self._colours), self._history)
        self._faces = Faces()
        self._row = StatusRow()
        self._notices = Notices()
        self._speech = SpeechPanel()
        self._boxes: list[tuple[int, Box]] = []
        self._seen = -math.inf

    def take_switches(self, other: Overlay) -> None:
        """Draw the parts that another overlay draws, the status row apart."""
        self.boxes, self.labels = other.boxes, other.labels
        self.bars, self.timeline, self.speech = other.bars, other.timeline, other.speech

    def take_messages(self, other: Overlay) -> None:
        """Go on with what another overlay tells the user: status row, help, alerts, notices."""
        self.status, self.details, self.help = other.status, other.details, other.help
        self.alerts, self._notices = other.alerts, other._notices

    def for_recording(self) -> Overlay:
        """Return an overlay for a second picture of the same results, which others will see."""
        return Overlay(self._names, OverlayConfig(status=False), history=self._history)

    @property
    def pills(self) -> dict[int, Rect]:
        """Track id -> where its tag stood in the last drawing; without those that had no room."""
        return dict(self._faces.pills)

    def draw(
        self, image: Image | np.ndarray, result: Result, status: Status, *, now: float
    ) -> None:
        """Draw a result.

        Args:
            image: Changed in place; an array is uint8 (H, W, 3), BGR.
            result: Its boxes are in pixels of `image`; the track that it has selected is followed.
            status: What the status row says.
            now: Seconds, monotonic; moves the bars. The timeline goes by the frame's own time, so
                that it is right in a file that is read faster or slower than it plays.

        Raises:
            ValueError: `image` can't be drawn on in place.
        """
        painter, sizes = self._begin(image)
        tracks, track = result.tracks, result.selected_track
        self._learn(tracks)
        self._boxes = [(one.id, one.face.box) for one in tracks]
        if tracks:
            self._seen = now
        self._panel.follow(track, now=now)
        self._band.follow(track, tracks, t=result.frame.t)
        panel, band, floor = self._arrange(tracks, track, sizes)
        row = self._status_row(status, sizes, now=now, floor=floor)
        row_rect = row[1] if row else None
        # For the one before the camera, as the status row is, and not for an audience.
        hint = self.status and not 0 <= now - self._seen <= STAY_S
        alert = self.alerts.prepare(sizes, floor=_above(row_rect, floor, sizes))
        alert_rect = alert[1] if alert else None
        floor = _above(alert_rect, floor, sizes)
        line = self._notices.prepare(sizes, now=now, hint=hint, floor=floor, row=row_rect)
        line_rect = line[1] if line else None
        avoid = [rect for rect in (panel, band, row_rect, line_rect, alert_rect) if rect]
        said = self._place_speech(tracks, sizes, floor, avoid, above=(row_rect, line_rect))

        if self.boxes:
            self._faces.strokes(painter, tracks, self._colours, sizes, followed=result.selected)
        if panel:
            self._panel.draw(painter, panel, sizes)
        if band:
            self._band.draw(painter, sizes)
        for sprite, rect in filter(None, (row, line)):
            painter.paste(sprite, rect.x0, rect.y0)
        if said and self.speech:
            colour = self._colours.get(self.speech.label, QUIET)
            self._speech.draw(painter, said, self.speech, colour, sizes)
            avoid.append(said)
        # Last, because a pill that found no other room must still be readable on the panel.
        if self.labels:
            self._faces.labels(
                painter, tracks, self._colours, sizes, avoid=avoid, followed=result.selected
            )
        if self.help:
            painter.dim(0.45)
            _middle(painter, panels.help_panel(self.keys, sizes), sizes)
        if alert:
            painter.paste(alert[0], alert[1].x0, alert[1].y0)

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

    def draw_notice(self, image: Image | np.ndarray, text: str) -> None:
        """Draw one quiet line at the bottom of a picture, in place."""
        painter, sizes = self._begin(image)
        line = notice_sprite(text, sizes)
        if line is not None:
            x, y = (sizes.width - line.width) // 2, sizes.height - sizes.margin - line.height
            painter.paste(line, x, y)

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

    def _status_row(
        self, status: Status, sizes: Sizes, *, now: float, floor: int
    ) -> tuple[Sprite, Rect] | None:
        if not self.status:
            return None
        return self._row.prepare(status, sizes, now=now, floor=floor, details=self.details)


def _can_be_drawn_on(plane: np.ndarray) -> bool:
    packed = plane[0].flags.c_contiguous and plane.strides[0] > 0
    return packed and plane.flags.writeable


def _above(rect: Rect | None, floor: int, sizes: Sizes) -> int:
    """The lowest y for what stands above `rect`; `floor` where there is none."""
    return min(floor, rect.y0 - sizes.gap) if rect else floor


def _middle(painter: Painter, sprite: Sprite, sizes: Sizes) -> None:
    painter.paste(sprite, (sizes.width - sprite.width) // 2, (sizes.height - sprite.height) // 2)
