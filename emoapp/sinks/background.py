"""Hand results to a slow receiver without ever waiting for it."""

from __future__ import annotations

import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from emoapp.sinks.base import Sink
from emoapp.types import Result
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import complain

logger = get_logger(__name__)

Item = TypeVar("Item")

QUEUE_SIZE = 8
"""Items that wait for the receiver; a quarter of a second at 30 a second."""

CLOSING_S = 2.0
"""Seconds that `close` gives the receiver for what waits; then the thread is left to itself."""

Report = Callable[[str, str], None]
"""Tells the user what went wrong: a title of a few words, and a sentence that says what to do."""


def print_report(title: str, text: str) -> None:
    """Print a report as one line on standard error."""
    complain(f"{title}: {text}")


class BackgroundSink(Sink, Generic[Item]):
    """Hand results on in a thread of its own: no receiver can hold up the picture.

    A short queue lies between. Where the receiver is slower than the source, the oldest items are
    dropped. An error is reported once, at the next `write`, and the next item is tried all the
    same: receivers come back. A subclass defines `prepare` and `send`, and calls `start` once it
    is ready for both.

    Args:
        name: Name of the thread, and of the output in the log.
        title: Title of reports, such as "OSC".
        report: Is told, in the thread that writes, what went wrong; None to print it.
        queue_size: How many items wait at most.
        repeat_s: Send the last item again after so many seconds without another; None for never.

    Attributes:
        dropped: Items that the receiver was too slow for.
    """

    def __init__(
        self,
        name: str,
        *,
        title: str,
        report: Report | None = None,
        queue_size: int = QUEUE_SIZE,
        repeat_s: float | None = None,
    ) -> None:
        self.dropped = 0
        self._repeat_s = repeat_s
        self._last: Item | None = None
        self._title = title
        self._report = report or print_report
        self._items: deque[Item] = deque()
        self._queue_size = queue_size
        self._changed = threading.Condition()
        self._closing = False
        self._problem: str | None = None
        self._reported: set[str] = set()
        # A driver or a program that hangs must not keep this one from ending.
        self._thread = threading.Thread(target=self._run, name=f"output {name}", daemon=True)

    @abstractmethod
    def prepare(self, result: Result) -> Item | None:
        """Return what is to be sent of a result; None for nothing.

        Called in the thread that writes, so it must be quick. What it returns should not hold the
        frame's picture unless that is what is sent.
        """

    @abstractmethod
    def send(self, item: Item) -> None:
        """Hand an item to the receiver; may take its time. Called in the sink's own thread.

        Raises:
            OSError: The receiver does not take it; see `problem_of`.
        """

    def release(self) -> None:
        """Close what `send` used; called once, in the sink's own thread, when that ends."""

    def problem_of(self, error: OSError) -> str:
        """Return a sentence for the user: why the receiver takes nothing, and what to do."""
        return f"{error.strerror or error}."

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def write(self, result: Result) -> None:
        """Queue a result; never waits and never raises for the receiver's sake."""
        self._tell()
        if self._closing:
            return
        item = self.prepare(result)
        if item is not None:
            self.put(item)

    def put(self, item: Item) -> None:
        """Queue an item, in place of the oldest one where the queue is full."""
        with self._changed:
            if len(self._items) >= self._queue_size:
                self._items.popleft()
                self.dropped += 1
            self._items.append(item)
            self._changed.notify()

    def latest(self, item: Item) -> Item:
        """Return the latest item that waits, in place of `item` and all between; for `send`."""
        with self._changed:
            while self._items:
                item = self._items.popleft()
            return item

    def close(self) -> None:
        """Let the receiver have what waits, for a moment, and end the thread; may be called twice.

        Raises nothing: what did not arrive is in the log.
        """
        with self._changed:
            first, self._closing = not self._closing, True
            self._changed.notify()
        if not first:
            return
        if self._thread.ident is not None:
            self._thread.join(CLOSING_S)
        with self._changed:
            self._items.clear()
        if self._thread.is_alive():
            self.interrupt()
            self._thread.join(CLOSING_S)
        self._tell()
        logger.info("%s closed; %d items dropped", self._thread.name, self.dropped)

    def interrupt(self) -> None:
        """Make a `send` that hangs return; called by `close` when its time is over."""

    def report(self, problem: str) -> None:
        """Have a problem told at the next `write`, once; may be called in any thread."""
        if problem not in self._reported:
            self._reported.add(problem)
            self._problem = problem

    def _tell(self) -> None:
        problem, self._problem = self._problem, None
        if problem is not None:
            logger.warning("%s: %s", self._thread.name, problem)
            self._report(self._title, problem)

    def _next(self) -> Item | None:
        """Wait for the next item; None once all are sent and the sink is being closed."""
        with self._changed:
            while not self._items and not self._closing:
                if not self._changed.wait(self._repeat_s) and self._last is not None:
                    return self._last
            item = self._items.popleft() if self._items else None
            if self._repeat_s is not None:
                self._last = item
            return item

    def _run(self) -> None:
        try:
            while (item := self._next()) is not None:
                try:
                    self.send(item)
                except OSError as exc:
                    self.report(self.problem_of(exc))
        except Exception as exc:  # a defect; it must neither end the picture nor go unnoticed
            logger.exception("%s has ended", self._thread.name)
            self.report(f"This output has ended: {exc}.")
            self._closing = True
        finally:
            self.release()
