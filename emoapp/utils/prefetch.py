"""Prefetch items in a background thread, in order."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable
from enum import Enum
from typing import Generic, TypeVar

from emoapp.platforms import waits

T = TypeVar("T")


class _Sentinel(Enum):
    END = 0


class Prefetcher(Generic[T]):
    """Iterate over items in a background thread, a bounded number ahead; drop nothing.

    An exception of the iterator is raised by `next`, after the items before it.

    Args:
        items: The items; a generator is closed at the end.
        depth: How many items to prefetch at most.
        name: The thread's name.
    """

    def __init__(self, items: Iterable[T], *, depth: int, name: str) -> None:
        self._items = items
        self._queue: queue.Queue[T | BaseException | _Sentinel] = queue.Queue(depth)
        self._stop = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def next(self) -> T | None:
        """Return the next item, waiting for it; None at the end and once closed.

        Raises:
            BaseException: What the iterator raised.
        """
        while not self._ended:
            try:
                item = self._queue.get(timeout=waits.SLICE_S)
            except queue.Empty:
                continue
            if isinstance(item, BaseException):
                self._ended = True
                raise item
            if item is not _Sentinel.END:
                return item
            self._ended = True
        return None

    def close(self) -> None:
        """Stop the thread and drop all prefetched items; may be called twice."""
        self._stop.set()
        self._ended = True
        waits.join(self._thread)
        # Frames are large: free them now.
        while not self._queue.empty():
            self._queue.get_nowait()

    def _put(self, item: T | BaseException | _Sentinel) -> None:
        while not self._stop.is_set():
            try:
                return self._queue.put(item, timeout=waits.SLICE_S)
            except queue.Full:
                continue

    def _run(self) -> None:
        try:
            for item in self._items:
                self._put(item)
                if self._stop.is_set():
                    return
            self._put(_Sentinel.END)
        except BaseException as exc:  # raised again by next()
            self._put(exc)
        finally:
            # A generator that was left early releases its files here, not at some later time.
            getattr(self._items, "close", bool)()
