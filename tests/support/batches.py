"""Folders of videos, and what a run over them leaves."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from emoapp import provenance
from emoapp.app.video.ledger import LEDGER


def names(folder: Path) -> list[str]:
    """All files below a folder, but those that say how a log was made."""
    files = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in files if not path.name.endswith(provenance.SUFFIX))


WRITTEN = ["a.mp4", "b.mp4", "deeper/a.mp4", LEDGER]
LOGGED = ["a.csv", "b.csv", "deeper/a.csv", LEDGER]


def wait_until(condition) -> None:
    deadline = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def killed_at_line(number: int, growing: Path, command: list[str]) -> None:
    with subprocess.Popen([sys.executable, "-m", "emoapp", *command]) as running:
        wait_until(lambda: growing.exists() and growing.read_bytes().count(b"\n") >= number)
        running.kill()
