"""The status row: one quiet line at the bottom that says how the program is doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from emoapp.overlay import text
from emoapp.overlay.blend import Layer, Sprite, rounded
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import (
    GROUND,
    GROUND_OPACITY,
    QUIET,
    RECORDING,
    TEXT,
    WARNING,
    Colour,
    Sizes,
)

HOLD_S = 0.25
"""A number that changes at every frame cannot be read."""


@dataclass(frozen=True, slots=True)
class Status:
    """What the status row says; what is None, 0 or empty is left out.

    fps: frames shown a second.  latency_ms: from a frame's arrival to the end of showing it,
        milliseconds.
    faces: how many are seen.  detector: its name.
    recording_s: seconds recorded so far; None while not recording.
    room_s: seconds until the recording's disk is full; None where there is room enough.
    missed: frames that the camera gave and nobody fetched.  paused: the picture stands still.
    picture: which of several pictures this is.
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


class StatusRow:
    """Lays the row out; holds its numbers for a moment, so that they can be read."""

    def __init__(self) -> None:
        self._held: tuple[float, float | None, float | None] | None = None

    def prepare(
        self,
        status: Status,
        sizes: Sizes,
        *,
        now: float,
        floor: int | None = None,
        details: bool = False,
    ) -> tuple[Sprite, Rect] | None:
        """Return the row and its place; None when there is nothing to say, or no room.

        Args:
            status: What it says.
            sizes: Of the picture.
            now: Seconds, monotonic.
            floor: The lowest y of the row, if it must not stand at the picture's edge.
            details: Also milliseconds, detector and missed frames.
        """
        # What stands still has no rate to hold.
        if self._held is None or status.paused or not 0 <= now - self._held[0] < HOLD_S:
            self._held = (now, status.fps, status.latency_ms)
        _, fps, latency_ms = self._held
        parts = tuple(_parts(status, fps, latency_ms if details else None, details))
        row = _row(parts, sizes)
        if row is None:
            return None
        y = (sizes.height - sizes.margin if floor is None else floor) - row.height
        return row, Rect(sizes.margin, y, sizes.margin + row.width, y + row.height)


def clock(seconds: float) -> str:
    """Seconds as m:ss or h:mm:ss."""
    minutes, second = divmod(int(max(0.0, seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _parts(
    status: Status, fps: float | None, latency_ms: float | None, details: bool
) -> Iterator[tuple[str, Colour]]:
    """The row's words, the most important first: what finds no room is dropped from the end."""
    if status.recording_s is not None:
        yield clock(status.recording_s), RECORDING
    if status.room_s is not None:
        yield f"disk full in {clock(status.room_s)}", WARNING
    if status.picture:
        yield status.picture, TEXT
    if status.paused:
        yield "Paused", TEXT
    if fps is not None:
        yield f"{fps:.0f} fps", QUIET
    if latency_ms is not None:
        yield f"{latency_ms:.0f} ms", QUIET
    if status.faces:
        yield f"{status.faces} face{'s' if status.faces > 1 else ''}", QUIET
    if status.detector and details:
        yield status.detector, QUIET
    if status.missed and details:
        yield f"{status.missed} missed", QUIET


@lru_cache(maxsize=16)
def _row(parts: tuple[tuple[str, Colour], ...], sizes: Sizes) -> Sprite | None:
    size, between = sizes.small, 2 * sizes.gap
    dot = round(size * 0.62)
    room = sizes.width - 2 * sizes.margin
    pieces: list[tuple[int, str, Colour]] = []
    x = sizes.pad
    for string, colour in parts:
        start = x + (dot + sizes.gap if colour == RECORDING else 0)
        end = start + text.width(string, size)
        if end + sizes.pad > room:
            break
        pieces.append((start, string, colour))
        x = end + between
    height = sizes.row
    if not pieces or height > sizes.height - 2 * sizes.margin:
        return None
    width = x - between + sizes.pad
    layer = Layer(width, height)
    layer.paint(rounded(width, height, height / 2), GROUND, opacity=GROUND_OPACITY)
    for start, string, colour in pieces:
        letters, y = text.mask(string, size), text.top(height / 2, size)
        if colour == RECORDING:
            layer.paint(rounded(dot, dot, dot / 2), RECORDING, sizes.pad, round((height - dot) / 2))
            colour = TEXT
        layer.paint(letters, colour, start, y)
    return layer.sprite()
