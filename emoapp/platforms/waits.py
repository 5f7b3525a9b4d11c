"""Waits that Ctrl-C ends on every system."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TypeVar

from emoapp.platforms import Fact

FACTS = (
    Fact(
        "windows",
        "Ctrl-C does not interrupt a wait for a lock, on which waits for threads, queues and "
        "futures are built.",
        "until Python 3.13",
        "gh-74157, gh-80116, gh-125541",
    ),
)

T = TypeVar("T")

SLICE_S = 0.1
"""Waits are cut into slices of this length, in seconds: between two of them, Ctrl-C is heard."""


def join(thread: threading.Thread) -> None:
    """Wait until a thread has ended.

    Args:
        thread: The thread.
    """
    while thread.is_alive():
        thread.join(SLICE_S)


def settle(future: Future[T], call: Callable[[], T]) -> None:
    """Make a call, and let a future have what it returns or raises.

    Args:
        future: Is done afterwards; who asks for its result gets the exception in their own thread.
        call: The call.
    """
    try:
        future.set_result(call())
    except BaseException as exc:
        future.set_exception(exc)


def result_of(future: Future[T], timeout_s: float | None = None) -> T:
    """Return the result of a future, waiting for it.

    Args:
        future: The future; what it raises is raised.
        timeout_s: How many seconds to wait at most; None for no end.

    Raises:
        TimeoutError: The time ran out.
    """
    await_all([future], timeout_s)
    return future.result(timeout=0)


def await_all(futures: Iterable[Future], timeout_s: float | None = None) -> None:
    """Wait until all futures are done, or the time ran out.

    Args:
        futures: The futures.
        timeout_s: How many seconds to wait at most; None for no end.
    """
    pending, waited_s = set(futures), 0.0
    while pending and (timeout_s is None or waited_s < timeout_s):
        _, pending = wait(pending, SLICE_S)
        waited_s += SLICE_S


def as_completed(futures: Iterable[Future[T]]) -> Iterator[Future[T]]:
    """Yield each future when it is done.

    Args:
        futures: The futures.
    """
    pending = set(futures)
    while pending:
        done, pending = wait(pending, SLICE_S, FIRST_COMPLETED)
        yield from done
