"""Draw a result on its image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from emoapp.config import OverlayConfig
from emoapp.images import Image, as_image
from emoapp.overlay import panels
from emoapp.overlay.alerts import Alerts
from emoapp.overlay.arrangement import Arrangement, Contents, Panels
from emoapp.overlay.blend import Painter
from emoapp.overlay.boxes import Faces
from emoapp.overlay.history import History
from emoapp.overlay.layout import Rect
from emoapp.overlay.notices import notice_sprite
from emoapp.overlay.status import Status
from emoapp.overlay.theme import WARNING, Color, Sizes, colors_of
from emoapp.speech import Speech
from emoapp.types import Box, Result, Track

DIM_SHARE = 0.45
"""Brightness of the image behind the help or a message, relative to the original."""


class Overlay:
    """Draw faces, bars, timeline, status row and help on an image, in place.

    Keeps some state between frames (the bars glide), so each source needs its own overlay.

    Args:
        labels: The expressions, in the order of the model.
        parts: Which parts are drawn at first.
        history: What the timeline shows; None for a new one. Two overlays of one source share it.

    Attributes:
        boxes, labels, bars, timeline, status: Whether these parts are drawn.
        text_size: Size of the text, percent of the default.
        high_contrast: Whether grounds are opaque, text is white and strokes are thicker.
        details: Whether the status row includes milliseconds, detector and missed frames.
        half_rate: Whether the panels move in every second drawing only; faces move in each.
        help: Whether the keys are shown over the dimmed image.
        keys: Rows of the help: (keys, what they do).
        speech: The companion's reply; None for no panel.
        reserved: What will be covered and is left free if possible; None for nothing.
        touched: Rectangles outside of which the last drawing changed no pixel.
        arrangement: The panels of the last `draw` with their rectangles; None after other drawings.
    """

    def __init__(
        self,
        labels: Sequence[str],
        parts: OverlayConfig | None = None,
        *,
        history: History | None = None,
    ) -> None:
        parts = parts or OverlayConfig()
        self.boxes, self.labels = parts.boxes, parts.labels
        self.bars, self.timeline, self.status = parts.bars, parts.timeline, parts.status
        self.text_size = parts.text_size
        self.high_contrast = parts.high_contrast
        self.details = self.half_rate = self.help = False
        self.keys = panels.HELP
        self.speech: Speech | None = None
        self.reserved: Rect | None = None
        self.touched: list[Rect] = []
        self.arrangement: Arrangement | None = None
        self._names = tuple(labels)
        self._history = history or History(labels)
        self._colors: dict[str, Color] = colors_of(labels)
        self._panels = Panels(labels, self._colors, self._history)
        self._faces = Faces()
        self._boxes: list[tuple[int, Box]] = []

    def take_switches(self, other: Overlay) -> None:
        """Draw the same parts as another overlay, except for the status row."""
        self.boxes, self.labels = other.boxes, other.labels
        self.bars, self.timeline, self.speech = other.bars, other.timeline, other.speech
        self.text_size, self.high_contrast = other.text_size, other.high_contrast

    def take_messages(self, other: Overlay) -> None:
        """Take over another overlay's messages: status row, help, alerts and notices."""
        self.status, self.details, self.help = other.status, other.details, other.help
        self.half_rate = other.half_rate
        self._panels.alerts = other._panels.alerts
        self._panels.notices = other._panels.notices

    def sizes(self, size_wh: tuple[int, int]) -> Sizes:
        """Return the lengths for an image of this (width, height) in pixels."""
        scale = self.text_size / 100
        return Sizes.of(*size_wh, scale=scale, high_contrast=self.high_contrast)

    def for_recording(self) -> Overlay:
        """Return an overlay for a second image of the same results, meant for an audience."""
        return Overlay(self._names, OverlayConfig(status=False), history=self._history)

    @property
    def alerts(self) -> Alerts:
        """What went wrong; each alert stays until `alerts.acknowledge`."""
        return self._panels.alerts

    @property
    def pills(self) -> dict[int, Rect]:
        """Track id -> rectangle of its tag in the last drawing; without tags that had no room."""
        return dict(self._faces.pills)

    def draw(
        self, image: Image | np.ndarray, result: Result, status: Status, *, now: float
    ) -> None:
        """Draw a result.

        Args:
            image: Changed in place; an array is uint8 (H, W, 3), BGR.
            result: Its boxes are in pixels of `image`; its selected track is followed.
            status: Contents of the status row.
            now: Seconds, monotonic; moves the bars. The timeline uses the frame's own time, so that
                it is right in a file that is read faster or slower than it plays.

        Raises:
            ValueError: `image` cannot be drawn on in place.
        """
        painter, sizes = self._begin(image)
        tracks, followed = result.tracks, result.selected
        self._add_colors(tracks)
        self._boxes = [(track.id, track.face.box) for track in tracks]
        self._panels.half_rate = self.half_rate
        arrangement = self._panels.step(result, self._contents(result, status), sizes, now=now)
        self.arrangement = arrangement

        if self.boxes:
            self._faces.strokes(painter, tracks, self._colors, sizes, followed=followed)
        self._panels.draw(painter, arrangement, sizes, speech=self.speech, colors=self._colors)
        # After the panels, because a tag that found no other room must be readable on them.
        if self.labels:
            avoid = arrangement.rects
            t = result.frame.t
            self._faces.labels(
                painter, tracks, self._colors, sizes, avoid=avoid, followed=followed, t=t
            )
        if self.help:
            painter.dim(DIM_SHARE)
            painter.paste_centered(panels.help_panel(self.keys, sizes))
        painter.paste_placed(arrangement.alert)

    def notify(
        self, text: str, *, now: float, seconds: float = 2.5, picture: np.ndarray | None = None
    ) -> None:
        """Show a notice in one quiet line.

        Args:
            text: The notice.
            now: When it appears, by the clock of `draw`.
            seconds: How long it stays.
            picture: uint8 (H, W, 3), BGR, shown small above the text; None for none.
        """
        self._panels.notices.show(text, now=now, seconds=seconds, picture=picture)

    def forget_thumbnail(self) -> None:
        """Show the notice without its picture, whose faces may be seen."""
        self._panels.notices.picture = None

    def warn(self, text: str, *, now: float, seconds: float = 8.0) -> None:
        """Show a notice that something may soon go wrong; arguments as for `notify`."""
        self._panels.notices.show(text, now=now, seconds=seconds, color=WARNING)

    def track_at(self, x: float, y: float) -> int | None:
        """Return the track whose tag or box contains a point in the last drawing.

        Args:
            x: Pixels of the image.
            y: Pixels of the image.

        Returns:
            The track's id; None if there is none. Tags take precedence, then the smallest box.
        """
        for track_id, pill in self._faces.pills.items():
            if pill.contains(x, y):
                return track_id
        hit = [
            (box.area, track_id)
            for track_id, box in self._boxes
            if box.x0 <= x < box.x1 and box.y0 <= y < box.y1
        ]
        return min(hit)[1] if hit else None

    def draw_notice(self, image: Image | np.ndarray, text: str) -> None:
        """Draw one quiet line at the bottom of an image, in place."""
        painter, sizes = self._begin(image)
        line = notice_sprite(text, sizes)
        if line is not None:
            x, y = (sizes.width - line.width) // 2, sizes.height - sizes.margin - line.height
            painter.paste(line, x, y)

    def draw_message(self, image: np.ndarray, title: str, text: str = "") -> None:
        """Draw one panel in the middle of an image, uint8 (H, W, 3), BGR, in place."""
        painter, sizes = self._begin(image)
        painter.paste_centered(panels.message(title, text, sizes))

    def draw_waiting(self, image: np.ndarray, title: str, text: str = "") -> None:
        """Draw a message over the image turned gray and darkened, in place.

        Args:
            image: uint8 (H, W, 3), BGR; a fresh copy of the last frame, because each call darkens
                it further.
            title: Of the message.
            text: Below the title; "" for none.
        """
        painter, sizes = self._begin(image)
        painter.gray(DIM_SHARE)
        painter.paste_centered(panels.message(title, text, sizes))
        painter.paste_placed(self.alerts.prepare(sizes, floor=sizes.height - sizes.margin))

    def _contents(self, result: Result, status: Status) -> Contents:
        track = result.selected_track
        return Contents(
            faces=[box for _, box in self._boxes],
            reserved=Box(*self.reserved) if self.reserved else None,
            followed=track.face.box if track else None,
            bars=self.bars,
            timeline=self.timeline,
            status=status if self.status else None,
            details=self.details,
            speech=self.speech,
        )

    def _begin(self, image: Image | np.ndarray) -> tuple[Painter, Sizes]:
        image = as_image(image)
        if not all(map(_is_drawable, image.planes)):
            raise ValueError("image: expected a picture that can be drawn on in place; copy it")
        painter = Painter(image)
        self.touched = painter.touched
        self.arrangement = None
        self._boxes = []
        self._faces.pills.clear()
        return painter, self.sizes(image.size_wh)

    def _add_colors(self, tracks: Sequence[Track]) -> None:
        """Choose colors for labels that are not the model's."""
        new = [track.label for track in tracks if track.label not in self._colors]
        if new:
            self._colors = colors_of([*self._colors, *dict.fromkeys(new)])


def _is_drawable(plane: np.ndarray) -> bool:
    packed = plane[0].flags.c_contiguous and plane.strides[0] > 0
    return packed and plane.flags.writeable
