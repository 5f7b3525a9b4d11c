"""Reopen a camera or a stream after it was lost."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from emoapp.errors import CameraError, EmoappError, SourceError
from emoapp.images import as_image
from emoapp.platforms import clock
from emoapp.sources.base import Source, Waiting
from emoapp.sources.letterbox import letterbox
from emoapp.sources.live import LiveSource, opened_with_frame
from emoapp.types import Frame
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

RETRY_S = 0.5
"""How long to wait between two attempts to reopen a source."""

# `read` waits no longer than this, so that the caller's window and keys stay responsive.
_READ_TIMEOUT_S = 0.08

# How long close() waits for an attempt to open that hangs before it abandons the thread, as
# LatestFrameGrabber does.
_JOIN_TIMEOUT_S = 1.0


class Reconnecting(Source):
    """Open a source, and reopen it in a thread whenever it breaks off; `read` never waits long.

    Indices and times continue: `Frame.t` includes the time without the source, while `index` and
    `missed` do not include its frames, since nobody knows how many there would have been. All
    frames have the size of the first: if the source comes back with another size (a different
    camera in the same socket), its frames are scaled to fit, with black bars if the aspect ratio
    differs.

    Args:
        open: Opens the source without waiting for its first frame. It is called at once, and its
            exceptions are raised then; after a loss it is called until it succeeds. A lost source
            is released first: a camera can be opened only once.
        retry_s: How many seconds to wait between two attempts.

    Raises:
        CameraError: The camera cannot be opened the first time.
        SourceError: The source cannot be opened the first time, or a film on a web server breaks
            off: it cannot be continued in the middle.
    """

    def __init__(self, open: Callable[[], LiveSource], *, retry_s: float = RETRY_S) -> None:
        self._open, self._retry_s = open, retry_s
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._changing = self._resized = False
        self._outage_reason = ""
        self._returned_count = self._missed_earlier = 0
        # Added to the indices and times of the current source; None until its first frame.
        self._offset: tuple[int, float] | None = None
        self._last_t, self._last_frame_at = 0.0, clock.now()
        source = open()
        self._source: LiveSource | None = source
        self.name, self.size_wh, self.fps = source.name, source.size_wh, source.fps

    @property
    def missed(self) -> int:
        """Number of frames lost, except those while the source was lost."""
        source = self._source
        return self._missed_earlier + (source.missed if source else 0)

    def read(self) -> Frame | Waiting | None:
        """Return the latest frame; Waiting if none came for 80 ms; None once closed.

        Raises:
            SourceError: A film on a web server breaks off.
        """
        source = self._current_source()
        if source is None:
            return None if self._stop.is_set() else self._waiting(self._outage_reason)
        try:
            if not source.ready(_READ_TIMEOUT_S):
                return self._waiting(self._outage_reason or source.trouble)
            frame = source.read()
        except (CameraError, SourceError):
            if source.ends:
                raise
            frame = None
        if self._source is not source:  # changed meanwhile
            return None if self._stop.is_set() else self._waiting(self._outage_reason)
        if frame is not None:
            return self._continue_numbering(frame)
        if source.ends or self._stop.is_set():
            return None
        self._lose(source)
        return self._waiting(self._outage_reason)

    def change(
        self,
        open: Callable[[], LiveSource],
        *,
        beside: bool,
        told: Callable[[EmoappError | None], None],
    ) -> bool:
        """Read another source from now on; frames then have its size.

        Where it cannot be opened or gives no frame, the present one goes on.

        Args:
            open: Opens the source without waiting for its first frame.
            beside: Whether it can be opened while the present one is open; if not, as with another
                size of the same camera, that is closed before, and opened again after a failure.
            told: Called in another thread in the end, with the reason of a failure or None.

        Returns:
            False if that cannot be done now: the present source is lost, or being changed.
        """
        with self._changed:
            source = self._source
            if source is None or self._changing or self._stop.is_set():
                return False
            self._changing = True
            if not beside:
                self._outage_reason = ""
                self._detach()
        self._thread = threading.Thread(
            target=self._change, args=(source, open, beside, told), name="change", daemon=True
        )
        self._thread.start()
        return True

    def _change(
        self,
        old: LiveSource,
        open: Callable[[], LiveSource],
        beside: bool,
        told: Callable[[EmoappError | None], None],
    ) -> None:
        try:
            if not beside:
                old.close()
                while not (old.given_back(self._retry_s) or self._stop.is_set()):
                    continue
            source = opened_with_frame(open)
        except EmoappError as exc:
            logger.warning("not changed: %s", exc)
            self._changing = False
            told(exc)
            if not beside:
                self._reopen(old)
            return
        with self._changed:
            if beside and self._source is old:
                self._detach()
            wanted = self._source is None and not self._stop.is_set()
            if wanted:
                self._open, self._source, self._resized = open, source, True
                self.name, self.fps = source.name, source.fps
            self._changing = False
            self._changed.notify_all()
        (old if wanted else source).close()
        told(None if wanted else CameraError("The camera in use was lost meanwhile; choose again."))

    def close(self) -> None:
        """Close the source and stop reopening it; may be called twice."""
        with self._changed:
            self._stop.set()
            source = self._source
            self._detach()
            self._changed.notify_all()
        if source is not None:
            source.close()
        if self._thread is not None:
            self._thread.join(_JOIN_TIMEOUT_S)

    def _current_source(self) -> LiveSource | None:
        """Return the source, waiting a moment for it if it is being opened."""
        with self._changed:
            if self._source is None and not self._stop.is_set():
                self._changed.wait(_READ_TIMEOUT_S)
            if self._error is not None:
                raise self._error
            return self._source

    def _waiting(self, reason: str) -> Waiting:
        return Waiting(reason, clock.now() - self._last_frame_at)

    def _continue_numbering(self, frame: Frame) -> Frame:
        now = clock.now()
        if self._returned_count == 0 or self._resized:
            self.size_wh, self._resized = frame.size_wh, False
        if self._offset is None:
            lost_s = now - self._last_frame_at if self._returned_count else 0.0
            self._offset = self._returned_count + self._missed_earlier, self._last_t + lost_s
        self._returned_count += 1
        self._outage_reason = ""
        index, t = self._offset
        image = as_image(letterbox(frame.image, self.size_wh))
        frame = replace(frame, pixels=image, index=frame.index + index, t=frame.t + t)
        self._last_t, self._last_frame_at = frame.t, now
        return frame

    def _lose(self, source: LiveSource) -> None:
        self._outage_reason = source.trouble
        logger.warning("lost: %s", source.trouble)
        with self._changed:
            # Closed or changed from another thread, which closes the source too.
            if self._stop.is_set() or self._source is not source:
                return
            self._detach()
            self._thread = threading.Thread(
                target=self._reopen, args=(source,), name=f"reopen {self.name}", daemon=True
            )
            self._thread.start()

    def _detach(self) -> None:
        if self._source is not None:
            self._missed_earlier += self._source.missed
        self._source = self._offset = None

    def _reopen(self, lost: LiveSource) -> None:
        """Release and reopen the source, in a thread since either may hang inside a driver."""
        try:
            lost.close()
            while not lost.given_back(self._retry_s):
                if self._stop.is_set():
                    return
            # Until then another one may have been chosen, and be there.
            while self._source is None and not self._stop.is_set():
                try:
                    source = self._open()
                except (CameraError, SourceError) as exc:  # not there yet
                    logger.debug("not back: %s", exc)
                    self._stop.wait(self._retry_s)
                    continue
                with self._changed:
                    wanted = self._source is None and not self._stop.is_set()
                    if wanted:
                        self._source = source
                        self._changed.notify_all()
                if wanted:
                    logger.info("back: %s", source.name)
                else:
                    source.close()
                return
        except BaseException as exc:  # raised again by read() in the reader's thread
            self._error = exc
