"""Record what the window shows, from the start or between two presses of a key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from emoapp.app.live.messages import Messages
from emoapp.app.live.room import RoomWatch
from emoapp.app.rendering import Renderer
from emoapp.errors import SinkError
from emoapp.images import BgrImage
from emoapp.overlay import Overlay, Status
from emoapp.platforms import clock
from emoapp.sinks import Sink, open_recorder
from emoapp.sources.letterbox import letterbox
from emoapp.types import Frame, Result
from emoapp.utils.files import with_unused_name

if TYPE_CHECKING:
    from emoapp.app.live.view import WindowView
    from emoapp.sinks.recorder import VideoRecorder


@dataclass(slots=True)
class _Running:
    """A running recording."""

    recorder: VideoRecorder
    size_wh: tuple[int, int]
    room: RoomWatch
    overlay: Overlay
    since_t: float
    warned: bool = False


class Recording(Sink):
    """Record what the window shows, at the source's resolution, while it is switched on.

    The status row, notices and the help are for the one at the keys: they are not recorded.

    Args:
        view: What the user has switched on in the window is recorded, hidden faces are hidden.
        messages: Is told when a recording was saved, or why it was not, and when its disk will
            soon be full. A full disk ends the recording and not the program; what was recorded is
            kept.
    """

    def __init__(self, view: WindowView, messages: Messages) -> None:
        self._view = view
        self._messages = messages
        self._running: _Running | None = None

    @property
    def on(self) -> bool:
        """Whether it records."""
        return self._running is not None

    def start(self, path: Path, *, fps: float, frame: Frame, overwrite: bool = False) -> None:
        """Record to a file from `frame` on.

        Args:
            path: The video file.
            fps: The source's frames a second.
            frame: The first one; those of another size are fitted into its size.
            overwrite: Replace a file that is there.

        Raises:
            SinkError: The file can't be made.
        """
        recorder = open_recorder(path, fps=fps, size_wh=frame.size_wh, overwrite=overwrite)
        overlay = self._view.overlay.for_recording()
        room = RoomWatch(recorder.part)
        self._running = _Running(recorder, frame.size_wh, room, overlay, frame.t)

    def toggle(self, folder: Callable[[], Path], *, fps: float, frame: Frame | None) -> None:
        """Stop the running recording, or start one under a new name.

        Args:
            folder: Returns where it goes.
            fps: The source's frames a second.
            frame: The first one; None where there is none yet.
        """
        if self.on:
            self.close()
        elif frame is not None:
            first = frame
            try:
                with_unused_name(
                    "mp4", lambda path: self.start(path, fps=fps, frame=first), folder()
                )
            except SinkError as exc:
                self._messages.fault("There is no recording", exc)

    def seconds(self, t: float) -> float | None:
        """Return the length of the recording at `t`, the source's time; None if it is off."""
        return t - self._running.since_t if self._running else None

    def room_s(self, now: float) -> float | None:
        """See `RoomWatch.short_s`; None where it is off. Warns the first time it is short."""
        running = self._running
        if running is None:
            return None
        short_s = running.room.short_s(now)
        if short_s is not None and not running.warned:
            running.warned = True
            self._messages.warning(
                f"the disk will be full after about {short_s:.0f} more seconds of recording",
                running.recorder.part.absolute(),
            )
        return short_s

    def write(self, result: Result) -> None:
        """Record a result if the recording is on."""
        running = self._running
        self.ms = {}
        if running is None:
            return
        began = perf_counter()
        running.overlay.take_switches(self._view.overlay)
        redactor = self._view.redactor if self._view.private else None
        image = Renderer(running.overlay, redactor).render(result, Status(), now=clock.now())
        if image.size_wh != running.size_wh:
            # Another camera was being opened when the recording began.
            image = BgrImage(letterbox(image.bgr(), running.size_wh))
        self.ms = {"draw": (perf_counter() - began) * 1e3}
        try:
            running.recorder.write(image, result.frame.t)
        except SinkError as exc:
            self._running = None
            running.recorder.abandon()
            self._messages.fault("The recording has ended", exc)

    def close(self) -> None:
        """Finish the file, if there is one; `start` may begin another."""
        running, self._running = self._running, None
        if running is None:
            return
        try:
            running.recorder.close()
        except SinkError as exc:
            self._messages.fault("The recording could not be finished", exc)
        else:
            if running.recorder.frames:
                self._messages.saved(running.recorder.path)
            else:
                self._messages.notice("nothing was recorded: no picture came meanwhile")
