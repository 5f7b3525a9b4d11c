"""Redirect what native libraries write to standard error to the diagnostic log.

MediaPipe, TensorFlow Lite, OpenCV, FFmpeg and Qt write to the file descriptor of standard error,
each with its own switch or none at all. Python writes through `sys.stderr`. The command line
therefore gives Python a private copy of the descriptor and points the descriptor itself to the log:
the program's own messages are shown, and the rest is kept. Importing emoapp as a library changes
nothing, since the process then belongs to someone else.
"""

from __future__ import annotations

import faulthandler
import io
import os
import sys

VARIABLE = "EMOAPP_DEBUG"
"""If set, native messages stay on the terminal, and unexpected errors end in a traceback."""

DESCRIPTOR = 2
"""Standard error, where native code writes its messages on every system."""


def divert(log: int | None) -> bool:
    """Point the descriptor of standard error to a log, where crashes leave tracebacks, too.

    Call this once, at the start of the command line.

    Args:
        log: An open file descriptor; None for nowhere.

    Returns:
        False if it was left unchanged: EMOAPP_DEBUG=1 is set, or standard error is not a file.
    """
    # TensorFlow reads this when it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if os.environ.get(VARIABLE):
        faulthandler.enable()
        return False
    descriptor = terminal()
    if descriptor is None:
        return False  # A notebook, a test's capture: nothing to separate.
    try:
        own = os.dup(descriptor)
    except OSError:
        return False  # A closed terminal.
    stream = io.TextIOWrapper(
        os.fdopen(own, "wb", 0),
        encoding=sys.stderr.encoding,
        errors="backslashreplace",
        line_buffering=True,
        write_through=True,
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere if log is None else log, DESCRIPTOR)
    os.close(nowhere)
    sys.stderr = stream
    # By its number, which stays that of the log when the log continues in another file.
    faulthandler.enable(stream if log is None else DESCRIPTOR)
    return True


def terminal() -> int | None:
    """Return the descriptor of Python's standard error, for programs whose messages are to be seen.

    Returns:
        The descriptor; None where there is none, as in a notebook.
    """
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, io.UnsupportedOperation):
        return None


def follow(log: int) -> None:
    """Point the diverted descriptor to the log's next file.

    Args:
        log: An open file descriptor.
    """
    os.dup2(log, DESCRIPTOR)
