"""Play a file in real time, like a camera: a late reader misses frames."""

from __future__ import annotations

import numpy as np

from emoapp.platforms import clock
from emoapp.sources.base import Source, Waiting
from emoapp.sources.grabber import QUEUE_SIZE, LatestFrameGrabber
from emoapp.types import Frame

# When later than this, the clock is reset: nothing is rushed after the computer slept.
_MAX_LAG_S = 0.5


class Paced(Source):
    """Play another source with its own timing from the first `read` on; keep the latest frames.

    Args:
        source: The source to play; it is closed together with this one. Its exceptions are raised
            by `read`.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self.name, self.size_wh = source.name, source.size_wh
        self.fps, self.frame_count = source.fps, source.frame_count
        self._began: float | None = None
        self._grabber = LatestFrameGrabber(
            self._grab, release=source.close, name=source.name, queue_size=QUEUE_SIZE
        )

    @property
    def missed(self) -> int:
        """Number of frames lost because they were not read in time."""
        return self._grabber.missed

    def read(self) -> Frame | None:
        """Return the latest frame, waiting for it; None at the end."""
        return self._grabber.take()

    def close(self) -> None:
        """Stop the thread and close the source; may be called twice."""
        self._grabber.close()

    def _grab(self) -> tuple[np.ndarray, float] | None:
        frame = self._source.read()
        if frame is None or isinstance(frame, Waiting):  # files end, but never wait
            return None
        now = clock.now()
        if self._began is None or now - (self._began + frame.t) > _MAX_LAG_S:
            self._began = now - frame.t
        self._grabber.sleep(self._began + frame.t - now)
        return frame.image, frame.t
