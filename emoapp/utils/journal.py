"""Append to and read a file of JSON lines that several processes share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from emoapp.utils.locks import lock

_LOCK_TIMEOUT_S = 10.0
"""Far longer than another process takes to write its line."""


def append(path: Path, entry: dict) -> None:
    """Append one line.

    Args:
        path: The file; it is created if necessary.
        entry: An object that JSON can represent.

    Raises:
        OSError: The file cannot be written.
    """
    line = json.dumps(entry) + "\n"
    with open(path, "ab+", buffering=0) as file:
        lock(file.fileno(), wait_s=_LOCK_TIMEOUT_S)
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            # A killed process or a full disk may have left half a line.
            line = line if file.read(1) == b"\n" else f"\n{line}"
        file.write(line.encode())


def entries(path: Path) -> Iterator[dict]:
    """Read the entries of a file, in order, skipping damaged lines.

    Args:
        path: The file; a missing one has no entries.

    Yields:
        The entries.

    Raises:
        OSError: The file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry
