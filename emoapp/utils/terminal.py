"""Print messages to the terminal line by line, without active control characters."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from typing import TextIO

from emoapp.utils.addresses import redact_url
from emoapp.utils.escape import printable
from emoapp.utils.language import translated


def accept_all_characters() -> None:
    """Let standard output and error show escapes for what their encoding does not have.

    Redirected, they have the encoding of Windows' code page there, which lacks most letters.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def sayable(text: object, *, data: bool = False) -> str:
    """Return text that is safe to print as a line of a terminal.

    It is translated. Passwords of addresses are removed, control characters and line breaks
    escaped.

    Args:
        text: Anything; it is converted with `str`.
        data: Whether it is for programs, and stays English.
    """
    return printable(redact_url(str(text) if data else translated(str(text))))


def say(text: object, *, file: TextIO | None = None, data: bool = False) -> None:
    """Print one line immediately; nothing where the terminal was closed.

    Args:
        text: Anything; see `sayable`.
        file: Where to print; None for standard output.
        data: Whether it is for programs, and stays as it is.
    """
    file = sys.stdout if file is None else file
    line = sayable(text, data=data)
    encoding = getattr(file, "encoding", None) or "utf-8"
    # A terminal without Unicode shows escapes instead of raising an error.
    line = line.encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(line, file=file, flush=True)
    except OSError as exc:
        if exc.errno != errno.EIO or not _is_device(file):
            raise
        # The terminal was closed, which a signal tells, too. At the end Python would try again.
        if file is sys.stdout:
            sys.stdout = open(os.devnull, "w", encoding=encoding)  # noqa: SIM115


def _is_device(file: TextIO) -> bool:
    """Return whether a stream is a terminal, even a closed one, rather than a file on a disk."""
    try:
        return stat.S_ISCHR(os.fstat(file.fileno()).st_mode)
    except (AttributeError, OSError):
        return False


def complain(text: object) -> None:
    """Print one line to standard error, prefixed with the program's name.

    Args:
        text: Anything; line breaks become blanks.
    """
    # Messages of other packages may have several lines.
    one_line = re.sub(r"\s*\n\s*", " ", str(text).strip())
    say(f"emoapp: {translated(one_line)}", file=sys.stderr)


def ask(question: object) -> str | None:
    """Ask for a line on the terminal.

    Args:
        question: Printed in front of the answer.

    Returns:
        The answer without blanks around it; None where nobody can answer, or does not want to.
    """
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        return input(f"{sayable(question)} ").strip()
    except (EOFError, KeyboardInterrupt):
        say("")
        return None
