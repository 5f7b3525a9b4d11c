"""Handle Ctrl-C: exit at once during start and end, in an orderly way in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
"""Exit status: 128 plus the signal's number, as in shells."""

_has_come = False


def end_at_once() -> None:
    """Let Ctrl-C end the process immediately and quietly, while nothing is open.

    KeyboardInterrupt does not work here: modules being imported turn it into errors of their own or
    swallow it.
    """
    _handle(signal.SIGINT, _exit)


def raise_interrupts() -> None:
    """Let Ctrl-C, `kill` and the end of a session raise KeyboardInterrupt, which closes files."""
    global _has_come
    _has_come = False
    _handle(signal.SIGINT, _raise_interrupt)
    signal.signal(signal.SIGTERM, _raise_interrupt)
    if hasattr(signal, "SIGHUP"):  # the terminal was closed
        _handle(signal.SIGHUP, _raise_interrupt)


def came() -> bool:
    """Return whether an interrupt came: an error after it is probably an import that it broke."""
    return _has_come


def release_import_lock() -> None:
    """Release the import lock if an interrupt has left it held.

    CPython keeps it if KeyboardInterrupt comes between its acquisition and the following `try`
    (`importlib._bootstrap._get_module_lock`); imports in all other threads would then wait forever.
    Call this in the main thread while it imports nothing.
    """
    import _imp

    with suppress(RuntimeError):  # it is no longer held
        while True:
            _imp.release_lock()


def again() -> None:
    """Interrupt the main thread again after a destructor has swallowed the interrupt."""
    # Not at once, which would interrupt the hook that reports it.
    threading.Timer(0.01, _interrupt_main).start()


def _interrupt_main() -> None:
    thread_id = threading.main_thread().ident
    if thread_id is not None and hasattr(signal, "pthread_kill"):
        signal.pthread_kill(thread_id, signal.SIGINT)  # also ends a blocking call
    else:
        signal.raise_signal(signal.SIGINT)


def _handle(number: int, handler: Callable[[int, FrameType | None], None]) -> None:
    # Background jobs of a shell and `nohup` ignore the signal; keep it so.
    if signal.getsignal(number) is not signal.SIG_IGN:
        signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:  # closed, full, gone, or being written to
            continue
    os._exit(INTERRUPTED)


def _raise_interrupt(number: int, frame: FrameType | None) -> None:
    global _has_come
    _has_come = True
    raise KeyboardInterrupt
