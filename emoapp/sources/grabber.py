"""Grab frames in a background thread and keep only the latest."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from emoapp.images import as_image
from emoapp.platforms import clock, waits
from emoapp.types import Frame

QUEUE_SIZE = 4
"""Frames that bridge a reader's slow moment: 130 ms at 30 frames per second."""

# How long close() waits for a driver that hangs in a call before it abandons the thread.
_JOIN_TIMEOUT_S = 1.0


class LatestFrameGrabber:
    """Call `grab` repeatedly in a background thread and keep the latest frames.

    Indices and times count from the first frame that is taken, not from the first that arrived:
    frames between opening a camera and reading from it do not count as missed.

    Args:
        grab: Waits for the next frame and returns (image uint8 (H, W, 3) BGR, its time in
            seconds), or None at the end. Its exceptions are raised by `take`.
        release: Called once in the thread when it ends, so that a device is never released while a
            call into it is still running.
        name: The name of the source, for the thread's name.
        stall_s: `take` raises `stalled()` after waiting this many seconds for a frame; None waits
            forever.
        stalled: Makes the exception for a stalled source.
        first_s: The same as `stall_s` for the first frame; None: as for the others.
        queue_size: Number of latest frames to keep. A reader that was delayed once gets them one
            after the other, as long as fewer are queued each time; one that does not catch up gets
            only the latest until the queue is empty, so that it never lags behind.

    Attributes:
        missed: Number of frames lost because they were not taken in time.
    """

    def __init__(
        self,
        grab: Callable[[], tuple[np.ndarray, float] | None],
        *,
        release: Callable[[], None],
        name: str,
        stall_s: float | None = None,
        stalled: Callable[[], Exception] = TimeoutError,
        first_s: float | None = None,
        queue_size: int = 1,
    ) -> None:
        self._grab, self._release = grab, release
        self._stall_s, self._stalled = stall_s, stalled
        self._first_s = stall_s if first_s is None else first_s
        self._idle_s = 0.0
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._queue_size = queue_size
        self._queue: deque[tuple[int, np.ndarray, float, float]] = deque()
        self._arrived: float | None = None
        self._left_in_queue = 0
        self._is_lagging = False
        self._error: BaseException | None = None
        self._has_ended = False
        self._arrival_count = 0
        self._first: tuple[int, float] | None = None
        self.missed = 0
        self._thread = threading.Thread(target=self._run, name=f"grab {name}", daemon=True)

    def start(self) -> None:
        """Start grabbing; further calls have no effect."""
        if not self._thread.ident and not self._stop.is_set():
            self._thread.start()

    def sleep(self, seconds: float) -> None:
        """Wait inside `grab`; return early if the grabber is closed meanwhile.

        Args:
            seconds: How long to wait.
        """
        self._stop.wait(seconds)

    @property
    def stopping(self) -> bool:
        """Whether `grab` should return because no more frames are wanted."""
        return self._stop.is_set()

    def arrives(self) -> None:
        """Note inside `grab` that the frame arrives now, before it is decoded."""
        self._arrived = clock.now()

    def peek(self, timeout_s: float) -> np.ndarray | None:
        """Return the latest image without taking it.

        Args:
            timeout_s: How many seconds to wait for it.

        Returns:
            uint8 (H, W, 3), BGR; None if none arrives in time.
        """
        with self._changed:
            self._wait(timeout_s)
            if not self._queue and self._error is not None:
                raise self._error
            return self._queue[-1][1] if self._queue else None

    def ready(self, timeout_s: float) -> bool:
        """Wait until `take` would return or raise at once.

        Args:
            timeout_s: How many seconds to wait at most.

        Returns:
            False if the time ran out.
        """
        self.start()
        with self._changed:
            left_s = self._remaining_s()
            waits_s = timeout_s if left_s is None else min(timeout_s, left_s)
            self._idle_s += self._wait(waits_s)
            return self._has_news() or self._remaining_s() == 0

    def take(self) -> Frame | None:
        """Return the next frame, waiting for it; None at the end or once closed.

        Raises:
            Exception: What `grab` or `release` raised, or `stalled()`.
        """
        self.start()
        with self._changed:
            self._wait(self._remaining_s())
            self._idle_s = 0.0
            if not self._queue:
                if self._error is not None:
                    raise self._error
                if self._has_ended or self._stop.is_set():
                    return None
                raise self._stalled()
            left = len(self._queue) - 1
            self._is_lagging = left > 0 and (self._is_lagging or 0 < self._left_in_queue <= left)
            if self._is_lagging:
                self._trim(1)
            number, image, t, arrived = self._queue.popleft()
            self._left_in_queue = len(self._queue)
            if self._first is None:
                self._first = number, t
            return Frame(as_image(image), number - self._first[0], t - self._first[1], arrived)

    def close(self) -> None:
        """Stop the thread and drop all frames; may be called twice."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread.ident:
            self._thread.join(_JOIN_TIMEOUT_S)
        else:
            self._has_ended = True
            self._release()
        with self._changed:
            self._queue.clear()

    def released(self, timeout_s: float) -> bool:
        """Return whether `release` was called after `close`.

        Args:
            timeout_s: How many seconds to wait for it.
        """
        if self._thread.ident:
            self._thread.join(timeout_s)
        return self._has_ended

    def _trim(self, count: int) -> None:
        """Drop all but the `count` latest frames."""
        while len(self._queue) > count:
            self._queue.popleft()
            if self._first is not None:
                self.missed += 1

    def _has_news(self) -> bool:
        return bool(self._queue) or self._has_ended or self._stop.is_set()

    def _remaining_s(self) -> float | None:
        """Return for how many seconds a reader may still wait for a frame; None: forever."""
        limit_s = self._stall_s if self._arrival_count else self._first_s
        return None if limit_s is None else max(0.0, limit_s - self._idle_s)

    def _wait(self, timeout_s: float | None) -> float:
        """Wait until there is news or `timeout_s` is over; return the seconds waited in vain."""
        waited = 0.0
        while not self._has_news() and (timeout_s is None or waited < timeout_s):
            slice_s = waits.SLICE_S if timeout_s is None else min(waits.SLICE_S, timeout_s - waited)
            # This counts slices instead of reading the clock, which jumps when the computer
            # sleeps; that is not the camera's fault.
            if not self._changed.wait(slice_s):
                waited += slice_s
        return waited

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._arrived = None
                picture = self._grab()
                arrived = self._arrived or clock.now()
                if picture is None or self._stop.is_set():
                    break
                with self._changed:
                    self._queue.append((self._arrival_count, *picture, arrived))
                    self._arrival_count += 1
                    self._trim(1 if self._first is None else self._queue_size)
                    self._changed.notify_all()
        except BaseException as exc:  # raised again by take() in the reader's thread
            self._error = exc
        finally:
            # The device first: whoever learns of the end may open it again at once.
            try:
                self._release()
            except Exception as exc:
                self._error = self._error or exc
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()
