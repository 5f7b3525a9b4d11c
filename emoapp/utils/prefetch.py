"""Prefetch items in a background thread, in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from enum import Enum
from typing import Generic, TypeVar

T = TypeVar("T")

# Waiting is cut into slices: on Windows a longer wait could not be interrupted by Ctrl-C.
_SLICE_S = 0.1


class _Mark(Enum):
    END = 0


class Prefetcher(Generic[T]):
    """Iterate over `items` in a background thread, at most `depth` ahead; drop nothing.

    An exception that `items` raises is raised by `next`, after the items before it. Closed by
    `close`.

    name: of the thread.
    """

    def __init__(self, items: Iterable[T], *, depth: int, name: str) -> None:
        self._items = items
        self._queue: queue.Queue[T | BaseException | _Mark] = queue.Queue(depth)
        self._stop = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def next(self) -> T | None:
        """The next item, waiting for it; None at the end and once it is closed."""
        while not self._ended:
            try:
                item = self._queue.get(timeout=_SLICE_S)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                self._ended = True
                raise item
            if item is not _Mark.END:
                return item
            self._ended = True
        return None

    def close(self) -> None:
        """End the thread; may be called twice."""
        self._stop.set()
        self._ended = True
        self._thread.join()
        # What was ready is not needed any more; pictures are large.
        while not self._queue.empty():
            self._queue.get_nowait()

    def _put(self, item: T | BaseException | _Mark) -> None:
        while not self._stop.is_set():
            try:
                return self._queue.put(item, timeout=_SLICE_S)
            except queue.Full:
                continue

    def _run(self) -> None:
        try:
            for item in self._items:
                self._put(item)
                if self._stop.is_set():
                    return
            self._put(_Mark.END)
        except BaseException as exc:  # raised again in next(), in the other thread
            self._put(exc)
        finally:
            # A generator that was left half-way gives its files back here, not some time later.
            getattr(self._items, "close", bool)()
