"""Draw the status row: one quiet line at the bottom on the state of the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emoapp.overlay import text
from emoapp.overlay.blend import PlacedSprite, Sprite, rounded
from emoapp.overlay.ground import row_layer, write
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import QUIET, RECORDING, TEXT, WARNING, Color, Sizes
from emoapp.utils.language import _, cached_per_language, ngettext

HOLD_S = 0.25
"""How long numbers stay; one that changes at every frame cannot be read."""


@dataclass(frozen=True, slots=True)
class Status:
    """The contents of the status row; what is None, 0 or empty is left out.

    Attributes:
        fps: Frames shown per second.
        latency_ms: Milliseconds from a frame's arrival until it has been shown.
        faces: Number of faces in the frame.
        detector: Name of the detector.
        recording_s: Seconds recorded so far; None while not recording.
        room_s: Seconds until the recording's disk is full; None if there is enough room.
        missed: Number of frames that the camera delivered and nobody fetched.
        paused: Whether playback is paused.
        picture: Which of several images this is.
        profile: Name of the profile that is used.
    """

    fps: float | None = None
    latency_ms: float | None = None
    faces: int = 0
    detector: str = ""
    recording_s: float | None = None
    room_s: float | None = None
    missed: int = 0
    paused: bool = False
    picture: str = ""
    profile: str = ""


class StatusRow:
    """Lay out the row; hold its numbers for a moment, so that they can be read."""

    def __init__(self) -> None:
        self._held: tuple[float, float | None, float | None] | None = None

    def prepare(
        self,
        status: Status,
        sizes: Sizes,
        *,
        now: float,
        floor: int | None = None,
        room: int | None = None,
        details: bool = False,
    ) -> PlacedSprite | None:
        """Lay out the row.

        Args:
            status: Its contents.
            sizes: Of the image.
            now: Seconds, monotonic.
            floor: Lower edge of the row, pixels; None for the image's margin.
            room: Widest that it may be, pixels; None for all between the image's margins.
            details: Whether to include milliseconds, detector, profile and missed frames.

        Returns:
            The row and its rectangle; None if there is nothing to show, or no room.
        """
        # A paused image has no rate to hold.
        if self._held is None or status.paused or not 0 <= now - self._held[0] < HOLD_S:
            self._held = (now, status.fps, status.latency_ms)
        fps, latency_ms = self._held[1:]
        parts = tuple(_parts(status, fps, latency_ms if details else None, details))
        row = _row(parts, sizes, sizes.width - 2 * sizes.margin if room is None else room)
        if row is None:
            return None
        y = (sizes.height - sizes.margin if floor is None else floor) - row.height
        return row, Rect.at(sizes.margin, y, row.width, row.height)


def clock(seconds: float) -> str:
    """Format seconds as m:ss or h:mm:ss."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _parts(
    status: Status, fps: float | None, latency_ms: float | None, details: bool
) -> Iterator[tuple[str, Color]]:
    """Yield the row's parts, most important first: the row drops from the end what does not fit."""
    if status.recording_s is not None:
        yield clock(status.recording_s), RECORDING
    if status.room_s is not None:
        yield _("disk full in {time}").format(time=clock(status.room_s)), WARNING
    if status.picture:
        yield status.picture, TEXT
    if status.paused:
        yield _("Paused"), TEXT
    if fps is not None:
        yield _("{number} fps").format(number=round(fps)), QUIET
    if latency_ms is not None:
        yield _("{number} ms").format(number=round(latency_ms)), QUIET
    if status.faces:
        count = status.faces
        yield ngettext("{count} face", "{count} faces", count).format(count=count), QUIET
    if status.detector and details:
        yield status.detector, QUIET
    if status.profile and details:
        yield _("profile {name}").format(name=status.profile), QUIET
    if status.missed and details:
        yield _("{count} missed").format(count=status.missed), QUIET


@cached_per_language(16)
def _row(parts: tuple[tuple[str, Color], ...], sizes: Sizes, room: int) -> Sprite | None:
    """Draw the parts that fit into `room` pixels; None if none does."""
    size, between = sizes.small, 2 * sizes.gap
    dot = round(size * 0.62)
    pieces: list[tuple[int, str, Color]] = []
    x = sizes.pad
    for string, color in parts:
        start = x + (dot + sizes.gap if color == RECORDING else 0)
        end = start + text.width(string, size)
        if end + sizes.pad > room:
            break
        pieces.append((start, string, color))
        x = end + between
    height = sizes.row
    if not pieces or height > sizes.height - 2 * sizes.margin:
        return None
    layer = row_layer(x - between + sizes.pad, sizes)
    for start, string, color in pieces:
        if color == RECORDING:
            layer.paint(rounded(dot, dot, dot / 2), RECORDING, sizes.pad, round((height - dot) / 2))
            color = TEXT
        ink = sizes.quiet if color == QUIET else color
        write(layer, string, size, ink, start, height / 2)
    return layer.sprite()
