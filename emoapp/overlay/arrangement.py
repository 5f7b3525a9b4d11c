"""Arrange the panels of one image, so that none covers another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from emoapp.overlay.alerts import Alerts
from emoapp.overlay.bars import STAY_S, BarsPanel
from emoapp.overlay.blend import Painter, PlacedSprite
from emoapp.overlay.history import History
from emoapp.overlay.layout import Rect
from emoapp.overlay.notices import Notices
from emoapp.overlay.speech import SpeechPanel
from emoapp.overlay.status import Status, StatusRow
from emoapp.overlay.theme import QUIET, Color, Sizes
from emoapp.overlay.timeline import Timeline
from emoapp.speech import Speech
from emoapp.types import Box, Result

HEAD_MARGIN, HAIR_MARGIN = 0.15, 0.5
"""How far a head reaches beyond the face's box, as shares of its sides."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the panels of one image should show.

    Attributes:
        faces: Bounding boxes of all faces.
        followed: The one of `faces` that is followed; None if there is none.
        reserved: What will be covered and is left free if possible; None for nothing.
        bars: Whether the bars are on.
        timeline: Whether the timeline is on.
        status: Contents of the status row; None if it is off.
        details: Whether the status row includes milliseconds, detector and missed frames.
        speech: The companion's reply; None for no panel.
    """

    faces: Sequence[Box]
    followed: Box | None
    reserved: Box | None
    bars: bool
    timeline: bool
    status: Status | None
    details: bool
    speech: Speech | None

    @property
    def covered(self) -> list[Box]:
        """The faces, and what is reserved."""
        return [*self.faces, *([self.reserved] if self.reserved else [])]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The panels of one image with their rectangles; None for those that are not shown.

    Attributes:
        bars: The panel of bars.
        timeline: The timeline.
        status: The status row.
        notice: The notice, or the hint that no face is in sight.
        alert: The alert.
        speech: The companion's panel.
    """

    bars: Rect | None
    timeline: Rect | None
    status: PlacedSprite | None
    notice: PlacedSprite | None
    alert: PlacedSprite | None
    speech: Rect | None

    @property
    def rects(self) -> list[Rect]:
        """The rectangles of all panels shown."""
        placed = (_rect(self.status), _rect(self.notice), _rect(self.alert))
        return [rect for rect in (self.bars, self.timeline, *placed, self.speech) if rect]


class Panels:
    """The panels of one overlay.

    Args:
        labels: The expressions, in the order of the model.
        colors: Label -> color.
        history: What the timeline shows.

    Attributes:
        alerts: What went wrong.
        notices: The last notice.
        half_rate: Whether `step` changes something in every second call only.
    """

    def __init__(self, labels: Sequence[str], colors: dict[str, Color], history: History) -> None:
        self.alerts = Alerts()
        self.notices = Notices()
        self._bars = BarsPanel(labels, dict(colors))
        self._timeline = Timeline(labels, dict(colors), history)
        self._status = StatusRow()
        self._speech = SpeechPanel()
        self._seen = -math.inf
        self._reserved: Box | None = None
        self.half_rate = False
        self._kept: tuple[object, float, Arrangement] | None = None

    def step(self, result: Result, contents: Contents, sizes: Sizes, *, now: float) -> Arrangement:
        """Take in a result and lay out the panels; arguments as for `follow` and `arrange`."""
        kept, self._kept = self._kept, None
        switches = contents.bars, contents.timeline, contents.details, contents.status is None
        key, t = (sizes, *switches), result.frame.t
        # A picture that stands still is drawn because something has changed.
        if self.half_rate and kept is not None and kept[0] == key and kept[1] != t:
            self._timeline.remember(result.tracks, t=t)
            return kept[2]
        self.follow(result, now=now)
        arrangement = self.arrange(contents, sizes, now=now)
        self._kept = key, t, arrangement
        return arrangement

    def follow(self, result: Result, *, now: float) -> None:
        """Take in a result, whether or not its panels are shown.

        Args:
            result: The result.
            now: Seconds, monotonic.
        """
        track = result.selected_track
        if result.tracks:
            self._seen = now
        self._bars.follow(track, now=now, t=result.frame.t)
        self._timeline.follow(track, result.tracks, t=result.frame.t)

    def arrange(self, contents: Contents, sizes: Sizes, *, now: float) -> Arrangement:
        """Lay out the panels: first the bars and the timeline, then those above the timeline.

        Args:
            contents: What they should show.
            sizes: Of the image.
            now: Seconds, monotonic.
        """
        bars, timeline, floor = self._arrange_large(contents, sizes)
        row = self._row(contents, sizes, floor, now=now)
        alert = self.alerts.prepare(sizes, floor=_above(_rect(row), floor, sizes))
        floor = _above(_rect(alert), floor, sizes)
        # For the user in front of the camera, as the status row is, and not for an audience.
        hint = contents.status is not None and not 0 <= now - self._seen <= STAY_S
        line = self.notices.prepare(
            sizes, now=now, hint=hint, floor=floor, row=_rect(row), bars=bars
        )
        if row and line and row[1].overlaps(line[1]):
            room = line[1].x0 - sizes.gap - sizes.margin
            row = self._row(contents, sizes, row[1].y1, now=now, room=room)
        speech = None
        if contents.speech is not None:
            avoid = Arrangement(bars, timeline, row, line, alert, None).rects
            floor = _above(_rect(line), _above(_rect(row), floor, sizes), sizes)
            speech = self._speech.rect(
                contents.speech, sizes, contents.covered, floor=floor, avoid=avoid
            )
        return Arrangement(bars, timeline, row, line, alert, speech)

    def _row(
        self, contents: Contents, sizes: Sizes, floor: int, *, now: float, room: int | None = None
    ) -> PlacedSprite | None:
        if contents.status is None:
            return None
        return self._status.prepare(
            contents.status, sizes, now=now, floor=floor, room=room, details=contents.details
        )

    def draw(
        self,
        painter: Painter,
        arrangement: Arrangement,
        sizes: Sizes,
        *,
        speech: Speech | None,
        colors: dict[str, Color],
    ) -> None:
        """Draw the panels, except the alert, which belongs above all else.

        Args:
            painter: Draws on the image.
            arrangement: What `arrange` returned.
            sizes: Of the image.
            speech: The companion's reply.
            colors: Label -> color.
        """
        if arrangement.bars:
            self._bars.draw(painter, arrangement.bars)
        if arrangement.timeline:
            self._timeline.draw(painter, sizes)
        painter.paste_placed(arrangement.status)
        painter.paste_placed(arrangement.notice)
        if arrangement.speech and speech:
            color = colors.get(speech.label, QUIET)
            self._speech.draw(painter, arrangement.speech, speech, color, sizes)

    def _arrange_large(
        self, contents: Contents, sizes: Sizes
    ) -> tuple[Rect | None, Rect | None, int]:
        """Return the rectangles of bars and timeline, and the lowest y for the panels above."""
        covered = contents.covered
        faces = [_head(box) for box in covered]
        followed = next(
            (head for head, box in zip(faces, covered, strict=True) if box is contents.followed),
            None,
        )
        bottom = sizes.height - sizes.margin
        timeline = self._timeline.rect(sizes) if contents.timeline else None
        floor = _above(timeline, bottom, sizes)
        if not contents.bars:
            return None, timeline, floor
        row = sizes.row + sizes.gap
        # The user has opened something there, so there is no passing face to wait for.
        at_once = contents.reserved not in (None, self._reserved)
        self._reserved = contents.reserved
        bars = self._bars.rect(sizes, faces, followed, floor=floor - row, at_once=at_once)
        # Where there is no room for both, the bars are shown.
        if timeline and bars and bars.y0 < sizes.margin:
            timeline, floor = None, bottom
            bars = self._bars.rect(sizes, faces, followed, floor=floor - row, at_once=at_once)
        return bars, timeline, floor


def _head(face: Box) -> Box:
    """Return the box of a face with hair and ears, and the tag above it."""
    width, height = face.width, face.height
    return Box(
        face.x0 - HEAD_MARGIN * width,
        face.y0 - HAIR_MARGIN * height,
        face.x1 + HEAD_MARGIN * width,
        face.y1 + HEAD_MARGIN * height,
    )


def _rect(placed: PlacedSprite | None) -> Rect | None:
    return placed[1] if placed else None


def _above(rect: Rect | None, floor: int, sizes: Sizes) -> int:
    """Return the lowest y above `rect`, at most `floor`; `floor` if there is no `rect`."""
    return min(floor, rect.y0 - sizes.gap) if rect else floor
