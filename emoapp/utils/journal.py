"""A file of JSON lines that several processes append to; a torn line costs no other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from emoapp.utils.locks import lock

_LOCK_S = 10.0
"""Another process writes its line in far less."""


def append(path: Path, entry: dict) -> None:
    """Write one line. Raises OSError."""
    line = json.dumps(entry) + "\n"
    with open(path, "ab+", buffering=0) as file:
        lock(file.fileno(), wait_s=_LOCK_S)
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            # A killed process or a full disk may have left half a line.
            line = line if file.read(1) == b"\n" else f"\n{line}"
        file.write(line.encode())


def entries(path: Path) -> Iterator[dict]:
    """The objects in it, in order; what is none is passed over. Raises OSError."""
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
