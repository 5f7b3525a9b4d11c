"""What the program says in the terminal: a line at a time, with nothing in it that acts there."""

from __future__ import annotations

import re
import sys
from typing import TextIO

from emoapp.utils.addresses import redact_url
from emoapp.utils.escape import printable


def sayable(text: object) -> str:
    """The text as it may stand in a line of a terminal.

    Addresses lose their passwords, control characters and line breaks become visible.
    """
    return printable(redact_url(str(text)))


def say(text: object, *, file: TextIO | None = None) -> None:
    """Print one line at once, whatever it holds.

    file: where to; None for standard output.
    """
    file = sys.stdout if file is None else file
    line = sayable(text)
    encoding = getattr(file, "encoding", None) or "utf-8"
    # A terminal without Unicode shows codes, and is no reason to stop.
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=file, flush=True)


def complain(text: object) -> None:
    """Print one line of the program's own on standard error, with the program's name."""
    # Other packages' reasons have several lines.
    one_line = re.sub(r"\s*\n\s*", " ", str(text).strip())
    say(f"emoapp: {one_line}", file=sys.stderr)
