"""Ctrl-C: ends the process at once while it starts and ends, and in order in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
"""The exit status: 128 and the signal's number, as shells have it."""

_came = False


def end_at_once() -> None:
    """Let Ctrl-C end the process there and then, quietly; for when nothing is open yet or still.

    Raising KeyboardInterrupt would not do: what is being imported then turns it into errors of
    its own or swallows it.
    """
    _handle(signal.SIGINT, _end)


def raise_interrupts() -> None:
    """Let Ctrl-C, `kill` and the end of a session raise KeyboardInterrupt, which closes files."""
    global _came
    _came = False
    _handle(signal.SIGINT, _raise)
    signal.signal(signal.SIGTERM, _raise)


def came() -> bool:
    """Whether one came: an error after it is most likely the import that it broke."""
    return _came


def release_import_lock() -> None:
    """Give back the import lock where an interrupt has left it held.

    CPython keeps it where KeyboardInterrupt comes between its acquisition and the `try` behind it
    (`importlib._bootstrap._get_module_lock`); imports in all other threads would wait for ever. To
    be called in the main thread, while that imports nothing.
    """
    import _imp

    with suppress(RuntimeError):  # it is not held any more
        while True:
            _imp.release_lock()


def again() -> None:
    """Interrupt the main thread once more, where a destructor has swallowed it."""
    # Not at once, or the hook that reports it would be what is interrupted.
    threading.Timer(0.01, _interrupt_main).start()


def _interrupt_main() -> None:
    thread_id = threading.main_thread().ident
    if thread_id is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread_id, signal.SIGINT)  # ends what the thread waits for, too
    else:
        signal.raise_signal(signal.SIGINT)


def _handle(number: int, handler: Callable[[int, FrameType | None], None]) -> None:
    # A shell's background job and `nohup` ignore it; so it stays.
    if signal.getsignal(number) is not signal.SIG_IGN:
        signal.signal(number, handler)


def _end(number: int, frame: FrameType | None) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed, full, gone, or just being written to
            continue
    os._exit(INTERRUPTED)


def _raise(number: int, frame: FrameType | None) -> None:
    global _came
    _came = True
    raise KeyboardInterrupt
