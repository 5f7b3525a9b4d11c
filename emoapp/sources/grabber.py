"""Grab frames in a background thread and keep only the latest."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from emoapp.images import as_image
from emoapp.types import Frame

# Waiting is cut into slices: on Windows a longer wait could not be interrupted by Ctrl-C.
_SLICE_S = 0.1

QUEUE_SIZE = 4
"""So many pictures bridge a reader's slow moment: 130 ms at 30 pictures a second."""

# How long close() waits for a driver that hangs inside a call before it leaves the thread behind.
_JOIN_S = 1.0


class LatestFrameGrabber:
    """Call `grab` over and over in a background thread and keep the latest picture.

    grab: waits for the next picture and returns (image uint8 (H, W, 3) BGR, its time in seconds),
        or None at the end. What it raises comes up in `take`.
    release: called once in that thread when it ends, so that a device is never given back while
        a call is still inside it.
    stall_s, stalled: `take` raises `stalled()` where it waited so many seconds for a picture;
        None waits for ever.
    first_s: the same for the first picture; None: as for the others.
    queue_size: so many of the newest are kept. A reader that was held up once gets them one after
        the other, as long as fewer wait each time; one that does not catch up gets the newest only,
        until nothing waits any more, so that it never lags behind.

    Numbers and times count from the first picture that is taken, not from the first that came:
    the time between opening a camera and reading from it is nobody's loss.
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
        self._waiting: deque[tuple[int, np.ndarray, float, float]] = deque()
        self._arrived: float | None = None
        self._left = 0
        self._lags = False
        self._error: BaseException | None = None
        self._ended = False
        self._came = 0
        self._first: tuple[int, float] | None = None
        self.missed = 0
        self._thread = threading.Thread(target=self._run, name=f"grab {name}", daemon=True)

    def start(self) -> None:
        """Begin to grab; may be called again without effect."""
        if not self._thread.ident and not self._stop.is_set():
            self._thread.start()

    def sleep(self, seconds: float) -> None:
        """For `grab`: wait so long, less if the slot is closed meanwhile."""
        self._stop.wait(seconds)

    @property
    def stopping(self) -> bool:
        """For `grab`: nobody wants another picture."""
        return self._stop.is_set()

    def arrives(self) -> None:
        """For `grab`: the picture is there now, not only once `grab` has made it ready."""
        self._arrived = time.monotonic()

    def peek(self, timeout_s: float) -> np.ndarray | None:
        """The picture in the slot, left there; None if none comes in so many seconds."""
        with self._changed:
            self._wait(timeout_s)
            if not self._waiting and self._error is not None:
                raise self._error
            return self._waiting[-1][1] if self._waiting else None

    def ready(self, timeout_s: float) -> bool:
        """Wait for at most so many seconds: True once `take` returns or raises without waiting."""
        self.start()
        with self._changed:
            left_s = self._until_stalled()
            waits_s = timeout_s if left_s is None else min(timeout_s, left_s)
            self._idle_s += self._wait(waits_s)
            return self._has_news() or self._until_stalled() == 0

    def take(self) -> Frame | None:
        """The next picture, waiting for it; None at the end or once closed."""
        self.start()
        with self._changed:
            self._wait(self._until_stalled())
            self._idle_s = 0.0
            if not self._waiting:
                if self._error is not None:
                    raise self._error
                if self._ended or self._stop.is_set():
                    return None
                raise self._stalled()
            left = len(self._waiting) - 1
            self._lags = left > 0 and (self._lags or 0 < self._left <= left)
            if self._lags:
                self._keep(1)
            number, image, t, arrived = self._waiting.popleft()
            self._left = len(self._waiting)
            if self._first is None:
                self._first = number, t
            return Frame(as_image(image), number - self._first[0], t - self._first[1], arrived)

    def close(self) -> None:
        """Stop the thread; may be called twice."""
        if self._stop.is_set():
            return
        self._stop.set()
        if self._thread.ident:
            self._thread.join(_JOIN_S)
        else:
            self._ended = True
            self._release()
        with self._changed:
            self._waiting.clear()

    def released(self, timeout_s: float) -> bool:
        """After `close`: True once `release` was called, waiting so many seconds for it."""
        if self._thread.ident:
            self._thread.join(timeout_s)
        return self._ended

    def _keep(self, count: int) -> None:
        """Let go of all but the newest."""
        while len(self._waiting) > count:
            self._waiting.popleft()
            if self._first is not None:
                self.missed += 1

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._ended or self._stop.is_set()

    def _until_stalled(self) -> float | None:
        """Seconds that a reader may still wait for a picture; None: for ever."""
        limit_s = self._stall_s if self._came else self._first_s
        return None if limit_s is None else max(0.0, limit_s - self._idle_s)

    def _wait(self, timeout_s: float | None) -> float:
        """Until there is news, or `timeout_s` seconds went by; gives the seconds waited in vain."""
        waited = 0.0
        while not self._has_news() and (timeout_s is None or waited < timeout_s):
            slice_s = _SLICE_S if timeout_s is None else min(_SLICE_S, timeout_s - waited)
            # Slices are counted, not the clock read: the clock jumps when the computer sleeps,
            # and that is not the camera's fault.
            if not self._changed.wait(slice_s):
                waited += slice_s
        return waited

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self._arrived = None
                picture = self._grab()
                arrived = self._arrived or time.monotonic()
                if picture is None or self._stop.is_set():
                    break
                with self._changed:
                    self._waiting.append((self._came, *picture, arrived))
                    self._came += 1
                    self._keep(1 if self._first is None else self._queue_size)
                    self._changed.notify_all()
        except BaseException as exc:  # raised again in take(), in the thread that reads
            self._error = exc
        finally:
            # The device first: whoever hears of the end may open it again at once.
            try:
                self._release()
            except Exception as exc:
                self._error = self._error or exc
            with self._changed:
                self._ended = True
                self._changed.notify_all()
