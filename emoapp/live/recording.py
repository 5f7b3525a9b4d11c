"""What the window records: begun and ended by a key, or from the start."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from emoapp.errors import SinkError
from emoapp.sinks import Sink, open_recorder
from emoapp.types import Frame, Result


class Recording(Sink):
    """A sink that may be started and stopped; what comes while it is stopped is left out.

    tell: called with one line for the user when a recording was saved, or why it was not. A full
        disk ends the recording and not the program; what was recorded is kept.
    """

    wants_picture = True

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._recorder: Sink | None = None
        self._since_t = 0.0

    @property
    def on(self) -> bool:
        return self._recorder is not None

    def start(self, path: Path, *, fps: float, frame: Frame, overwrite: bool = False) -> None:
        """Record to a file from `frame` on.

        fps: the source's, frames a second.  overwrite: replace a file that is there.

        Raises SinkError where the file can't be made.
        """
        self._recorder = open_recorder(path, fps=fps, size_wh=frame.size_wh, overwrite=overwrite)
        self._since_t = frame.t

    def seconds(self, t: float) -> float | None:
        """How long the recording is at `t`, the source's time; None where it is stopped."""
        return t - self._since_t if self.on else None

    def write(self, result: Result, picture: np.ndarray) -> None:
        if self._recorder is None:
            return
        try:
            self._recorder.write(result, picture)
        except SinkError as exc:
            self._stop(str(exc))

    def close(self) -> None:
        """Finish the file, where one was begun; `start` may begin another."""
        self._stop()

    def _stop(self, reason: str | None = None) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return
        try:
            recorder.close()
        except SinkError as exc:
            reason = reason or str(exc)
        self._tell(reason or f"saved {recorder.path}")
