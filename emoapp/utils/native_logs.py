"""Send what native libraries write to standard error into the diagnostic log.

MediaPipe, TensorFlow Lite, OpenCV, FFmpeg and Qt write to the file descriptor of standard error,
each with a switch of its own or none at all. Python writes through `sys.stderr`. So the command
line gives Python a private copy of the descriptor and points the descriptor itself to the log: the
program's own messages are seen, and the rest is kept. Importing emoapp as a library changes
nothing; there the process belongs to somebody else.
"""

from __future__ import annotations

import faulthandler
import io
import os
import sys

VARIABLE = "EMOAPP_DEBUG"
"""Set, native messages stay on the terminal, and unexpected errors end in a traceback."""

DESCRIPTOR = 2
"""Where native code writes its messages, on every system."""


def divert(log: int | None) -> bool:
    """Point the descriptor of standard error to `log`; crashes leave their tracebacks there too.

    log: an open file descriptor; None for nowhere.

    Returns False where it was left as it is: EMOAPP_DEBUG=1 is set, or standard error is no file.
    To be called once, at the start of the command line.
    """
    # TensorFlow reads this when it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if os.environ.get(VARIABLE):
        faulthandler.enable()
        return False
    try:
        descriptor = sys.stderr.fileno()
        own = os.dup(descriptor)
    except (AttributeError, OSError, io.UnsupportedOperation):
        return False  # A notebook, a test's capture, a closed terminal: nothing to separate.
    terminal = io.TextIOWrapper(
        os.fdopen(own, "wb", 0),
        encoding=sys.stderr.encoding,
        errors="backslashreplace",
        line_buffering=True,
        write_through=True,
    )
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere if log is None else log, DESCRIPTOR)
    os.close(nowhere)
    sys.stderr = terminal
    # By its number: it stays that of the log when the log goes on in another file.
    faulthandler.enable(terminal if log is None else DESCRIPTOR)
    return True


def follow(log: int) -> None:
    """Point the descriptor, once diverted, to the log's next file."""
    os.dup2(log, DESCRIPTOR)
