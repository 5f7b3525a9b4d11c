"""What the window records: begun and ended by a key, or from the start."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.app.live.messages import Messages
from emoapp.app.live.room import RoomWatch
from emoapp.errors import SinkError
from emoapp.images import Image
from emoapp.sinks import Sink, open_recorder
from emoapp.types import Frame, Result
from emoapp.utils.files import with_unused_name

if TYPE_CHECKING:
    from emoapp.sinks.recorder import VideoRecorder


class Recording(Sink):
    """A sink that may be started and stopped; what comes while it is stopped is left out.

    messages: is told when a recording was saved, or why it was not, and when its disk will soon be
        full. A full disk ends the recording and not the program; what was recorded is kept.
    """

    wants_picture = True

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._recorder: VideoRecorder | None = None
        self._room: RoomWatch | None = None
        self._since_t, self._warned = 0.0, False

    @property
    def on(self) -> bool:
        return self._recorder is not None

    def start(self, path: Path, *, fps: float, frame: Frame, overwrite: bool = False) -> None:
        """Record to a file from `frame` on.

        fps: the source's, frames a second.  overwrite: replace a file that is there.

        Raises SinkError where the file can't be made.
        """
        self._recorder = open_recorder(path, fps=fps, size_wh=frame.size_wh, overwrite=overwrite)
        self._room = RoomWatch(self._recorder.part)
        self._since_t, self._warned = frame.t, False

    def toggle(self, *, fps: float, frame: Frame) -> None:
        """End the recording that goes on, or begin one under a new name in the current folder."""
        if self.on:
            self.close()
            return
        try:
            with_unused_name("mp4", lambda path: self.start(path, fps=fps, frame=frame))
        except SinkError as exc:
            self._messages.fault("There is no recording", exc)

    def seconds(self, t: float) -> float | None:
        """How long the recording is at `t`, the source's time; None where it is stopped."""
        return t - self._since_t if self.on else None

    def room_s(self, now: float) -> float | None:
        """See `RoomWatch.short_s`; None where it is stopped. Warns the first time it is short."""
        if self._recorder is None:
            return None
        short_s = self._room.short_s(now)
        if short_s is not None and not self._warned:
            self._warned = True
            self._messages.warning(
                f"the disk will be full after about {short_s:.0f} more seconds of recording",
                self._recorder.part.absolute(),
            )
        return short_s

    def write(self, result: Result, picture: Image) -> None:
        if self._recorder is None:
            return
        try:
            self._recorder.write(result, picture)
        except SinkError as exc:
            recorder, self._recorder = self._recorder, None
            recorder.abandon()
            self._messages.fault("The recording has ended", exc)

    def close(self) -> None:
        """Finish the file, where one was begun; `start` may begin another."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        try:
            recorder.close()
        except SinkError as exc:
            self._messages.fault("The recording could not be finished", exc)
        else:
            self._messages.notice(f"saved {recorder.path}")
