"""Hand items to a worker thread in order, with bounded memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from emoapp.platforms import waits

T = TypeVar("T")


class WorkQueue(Generic[T]):
    """A bounded queue that one thread fills and another iterates over; nothing is dropped.

    Args:
        size: How many items to hold at most.
    """

    def __init__(self, size: int) -> None:
        self._queue: queue.Queue[T] = queue.Queue(size)
        self._finishing = threading.Event()

    def put(self, item: T, *, check: Callable[[], None]) -> None:
        """Add an item, waiting while the queue is full.

        Args:
            item: The item.
            check: Called before each wait; raises if the worker has failed.
        """
        while True:
            check()
            try:
                return self._queue.put(item, timeout=waits.SLICE_S)
            except queue.Full:
                continue

    def finish(self) -> None:
        """Let the iteration end after the items added so far; may be called twice."""
        self._finishing.set()

    def __iter__(self) -> Iterator[T]:
        while True:
            # Checked before the queue, which then holds all items added before `finish`.
            last_round = self._finishing.is_set()
            try:
                yield self._queue.get(timeout=waits.SLICE_S, block=not last_round)
            except queue.Empty:
                if last_round:
                    return
