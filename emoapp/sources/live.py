"""What the sources that come from outside have in common: the camera and the stream."""

from __future__ import annotations

from emoapp.sources.base import Source
from emoapp.sources.grabber import LatestFrameGrabber
from emoapp.types import Frame


class LiveSource(Source):
    """Received in a thread, into the one slot that its constructor sets as `_newest`."""

    _newest: LatestFrameGrabber

    trouble: str
    """One sentence for the user, without the full stop, saying why no frame comes right now."""

    ends: bool = False
    """True where None from `read` is the end for good, as of a film on a web server."""

    @property
    def missed(self) -> int:
        return self._newest.missed

    def ready(self, timeout_s: float) -> bool:
        """Wait for at most so many seconds: True once `read` returns or raises without waiting."""
        return self._newest.ready(timeout_s)

    def read(self) -> Frame | None:
        return self._newest.take()

    def close(self) -> None:
        self._newest.close()

    def given_back(self, timeout_s: float) -> bool:
        """After `close`: True once the device or connection is free, waiting so many seconds.

        `close` leaves a driver alone that hangs inside a call; it gives back when it returns.
        """
        return self._newest.released(timeout_s)
