"""Makes a file behave like a camera: it plays in real time, and who reads late misses frames."""

from __future__ import annotations

import time

import numpy as np

from emoapp.sources.base import Source, Waiting
from emoapp.sources.grabber import QUEUE_SIZE, LatestFrameGrabber
from emoapp.types import Frame

# Later than this the clock is set anew: after the computer slept, nothing is played in a rush.
_GIVE_UP_S = 0.5


class Paced(Source):
    """Plays another source at its own timing, from the first `read` on; the newest frame wins.

    Takes `source` over and closes it. What it raises comes up in `read`.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.name, self.size_wh = source.name, source.size_wh
        self.fps, self.frame_count = source.fps, source.frame_count
        self._began: float | None = None
        self._newest = LatestFrameGrabber(
            self._grab, release=source.close, name=source.name, queue_size=QUEUE_SIZE
        )

    @property
    def missed(self) -> int:
        return self._newest.missed

    def read(self) -> Frame | None:
        return self._newest.take()

    def close(self) -> None:
        self._newest.close()

    def _grab(self) -> tuple[np.ndarray, float] | None:
        frame = self._source.read()
        if frame is None or isinstance(frame, Waiting):  # files end, but never wait
            return None
        now = time.monotonic()
        if self._began is None or now - (self._began + frame.t) > _GIVE_UP_S:
            self._began = now - frame.t
        self._newest.sleep(self._began + frame.t - now)
        return frame.image, frame.t
