"""A camera or a stream that comes back by itself after it was lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from emoapp.errors import CameraError, SourceError
from emoapp.images import as_image
from emoapp.sources.base import Source, Waiting
from emoapp.sources.live import LiveSource
from emoapp.types import Frame
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

RETRY_S = 0.5
"""How long after an attempt to open it again the next one begins."""

# A caller waits no longer than this for an answer, so that its window and keys stay alive.
_ANSWER_S = 0.08

# How long close() waits for an opening that hangs before it leaves the thread behind, as
# LatestFrameGrabber does.
_JOIN_S = 1.0


class Reconnecting(Source):
    """Opens a source, and again whenever it breaks off, in a thread; `read` never waits long.

    open: opens the source without waiting for its first picture. Called at once, and what it
        raises then is raised; from then on until it works, every `RETRY_S` seconds. A lost source
        is given back before: a camera can be opened only once.

    Numbers and times go on: the time without the source is in `Frame.t`, its frames are not in
    `index` and `missed`, for nobody knows how many there would have been. All frames have the size
    of the first: where the source comes back with another (a different camera in the same socket),
    its pictures are scaled to fit, with black at two sides where the shape differs.

    Raises CameraError or SourceError where it can't be opened at first; and where a film on a web
    server breaks off: that can't go on in the middle.
    """

    def __init__(self, open: Callable[[], LiveSource], *, retry_s: float = RETRY_S) -> None:
        self._open, self._retry_s = open, retry_s
        self._stop = threading.Event()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None
        self._trouble = ""
        self._given = self._missed_before = 0
        # What is added to the numbers and times of the present source; None until its first frame.
        self._offset: tuple[int, float] | None = None
        self._last_t, self._last_at = 0.0, time.monotonic()
        source = open()
        self._source: LiveSource | None = source
        self.name, self.size_wh, self.fps = source.name, source.size_wh, source.fps

    @property
    def missed(self) -> int:
        source = self._source
        return self._missed_before + (source.missed if source else 0)

    def read(self) -> Frame | Waiting | None:
        """The newest frame; Waiting where none came for 80 ms; None once closed."""
        source = self._present()
        if source is None:
            return None if self._stop.is_set() else self._waiting(self._trouble)
        try:
            if not source.ready(_ANSWER_S):
                return self._waiting(self._trouble or source.trouble)
            frame = source.read()
        except (CameraError, SourceError):
            if source.ends:
                raise
            frame = None
        if frame is not None:
            return self._continued(frame)
        if source.ends or self._stop.is_set():
            return None
        self._lose(source)
        return self._waiting(self._trouble)

    def close(self) -> None:
        with self._changed:
            self._stop.set()
            source = self._source
            self._forget()
            self._changed.notify_all()
        if source is not None:
            source.close()
        if self._thread is not None:
            self._thread.join(_JOIN_S)

    def _present(self) -> LiveSource | None:
        """The source, waiting a moment for it where it is being opened."""
        with self._changed:
            if self._source is None and not self._stop.is_set():
                self._changed.wait(_ANSWER_S)
            if self._error is not None:
                raise self._error
            return self._source

    def _waiting(self, reason: str) -> Waiting:
        return Waiting(reason, time.monotonic() - self._last_at)

    def _continued(self, frame: Frame) -> Frame:
        now = time.monotonic()
        if self._given == 0:
            self.size_wh = frame.size_wh
        if self._offset is None:
            lost_s = now - self._last_at if self._given else 0.0
            self._offset = self._given + self._missed_before, self._last_t + lost_s
        self._given += 1
        self._trouble = ""
        index, t = self._offset
        image = as_image(fit(frame.image, self.size_wh))
        frame = replace(frame, pixels=image, index=frame.index + index, t=frame.t + t)
        self._last_t, self._last_at = frame.t, now
        return frame

    def _lose(self, source: LiveSource) -> None:
        self._trouble = source.trouble
        logger.warning("lost: %s", source.trouble)
        with self._changed:
            if self._stop.is_set():  # closed from another thread, which closes the source too
                return
            self._forget()
            self._thread = threading.Thread(
                target=self._reopen, args=(source,), name=f"reopen {self.name}", daemon=True
            )
            self._thread.start()

    def _forget(self) -> None:
        if self._source is not None:
            self._missed_before += self._source.missed
        self._source = self._offset = None

    def _reopen(self, lost: LiveSource) -> None:
        """In a thread of its own: giving back and opening may hang inside a driver."""
        try:
            lost.close()
            while not lost.given_back(self._retry_s):
                if self._stop.is_set():
                    return
            while not self._stop.is_set():
                try:
                    source = self._open()
                except (CameraError, SourceError) as exc:  # not there yet
                    logger.debug("not back: %s", exc)
                    self._stop.wait(self._retry_s)
                    continue
                with self._changed:
                    wanted = not self._stop.is_set()
                    if wanted:
                        self._source = source
                        self._changed.notify_all()
                if wanted:
                    logger.info("back: %s", source.name)
                else:
                    source.close()
                return
        except BaseException as exc:  # raised again in read(), in the thread that reads
            self._error = exc


def fit(image: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    """The image scaled into (width, height), in the middle, its shape kept; itself if it fits."""
    if (image.shape[1], image.shape[0]) == size_wh:
        return image
    import cv2
    import imutils

    width, height = size_wh
    if image.shape[1] * height >= image.shape[0] * width:
        inner = imutils.resize(image, width=width)
    else:
        inner = imutils.resize(image, height=height)
    inner = inner[:height, :width]
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    bottom, right = height - inner.shape[0] - top, width - inner.shape[1] - left
    return cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_CONSTANT)
