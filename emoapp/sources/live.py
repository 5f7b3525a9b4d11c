"""Define what live sources, cameras and streams, have in common."""

from __future__ import annotations

from collections.abc import Callable

from emoapp.errors import CameraError
from emoapp.sources.base import Source
from emoapp.sources.grabber import LatestFrameGrabber
from emoapp.types import Frame

FIRST_FRAME_S = 8.0
"""How long to wait for the first frame of a source that is to be read instead of another."""


class LiveSource(Source):
    """A source that is received in a background thread.

    The constructor of a subclass sets `_grabber`.

    Attributes:
        trouble: One sentence for the user, without the full stop: why no frame comes right now.
        ends: True if None from `read` is the final end, as of a film on a web server.
    """

    _grabber: LatestFrameGrabber
    trouble: str
    ends: bool = False

    @property
    def missed(self) -> int:
        """Number of frames lost because they were not read in time."""
        return self._grabber.missed

    def ready(self, timeout_s: float) -> bool:
        """Return the latest frame, waiting for it; None at the end."""
        """Wait until `read` would return or raise at once.

        Args:
            timeout_s: How many seconds to wait at most.

        Returns:
            False if the time ran out.
        """
        return self._grabber.ready(timeout_s)

    def read(self) -> Frame | None:
        """See `Source.read`."""
        return self._grabber.take()

    def close(self) -> None:
        """Stop the thread and release the device or connection; may be called twice."""
        self._grabber.close()

    def given_back(self, timeout_s: float) -> bool:
        """Return whether the device or connection is free after `close`.

        `close` does not wait for a driver that hangs in a call; it is released when it returns.

        Args:
            timeout_s: How many seconds to wait for it.
        """
        return self._grabber.released(timeout_s)


def opened_with_frame(open: Callable[[], LiveSource]) -> LiveSource:
    """Open a source and wait for its first frame, which is dropped."""
    source = open()
    try:
        if not source.ready(FIRST_FRAME_S) or source.read() is None:
            raise CameraError(f"{source.trouble}.")
    except BaseException:
        source.close()
        raise
    return source
