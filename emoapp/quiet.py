"""Keeps the log lines of native libraries away from the user.

MediaPipe, TensorFlow Lite, OpenCV, FFmpeg and Qt write to the file descriptor of standard error,
each with a switch of its own or none at all. Python writes through `sys.stderr`. So the command
line gives Python a private copy of the descriptor and sends the descriptor itself nowhere: the
program's own messages and tracebacks are seen, and nothing else. Importing emoapp as a library
changes nothing; there the process belongs to somebody else.
"""

from __future__ import annotations

import io
import os
import sys


def silence_native_libraries() -> None:
    """Call once, at the start of the command line; EMOAPP_DEBUG=1 prevents it."""
    # TensorFlow reads this when it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if os.environ.get("EMOAPP_DEBUG"):
        return
    try:
        descriptor = sys.stderr.fileno()
    except (AttributeError, OSError, io.UnsupportedOperation):
        return  # Standard error is no file (a notebook, a test's capture): nothing to separate.
    own = os.dup(descriptor)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
    sys.stderr = io.TextIOWrapper(
        os.fdopen(own, "wb", 0),
        encoding=sys.stderr.encoding,
        errors="backslashreplace",
        line_buffering=True,
        write_through=True,
    )
