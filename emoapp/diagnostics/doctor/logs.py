"""Check how the last runs ended, by their diagnostic logs."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from emoapp.diagnostics.doctor.findings import OK, WARNING, Finding
from emoapp.utils.addresses import redact_url
from emoapp.utils.logs.folder import VARIABLE, is_running, is_worker, log_folder, logs

MAX_QUOTED_LINES, MAX_QUOTED_BYTES = 20, 16_000
"""How much of the end of a log is quoted."""

CRASH_MARKS = (" CRITICAL ", "Fatal Python error", "Windows fatal exception", "terminate called")
"""Texts in the log of a run that crashed."""

_LAST_LINE = re.compile(r"(^|: )exit status \d+\r?$", re.M)
"""What a run logs when it ends; the programs that it starts have exit statuses too."""


def check_log() -> Finding:
    """Check whether logs can be written, and whether one of the last runs ended badly."""
    folder = log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as exc:
        found = f"{folder} cannot be written: {exc.strerror or exc}"
        return Finding(WARNING, found, f"Let {VARIABLE} name a folder that can be.")
    path = log_of_interest()
    if path is None:
        return Finding(OK, f"{folder}: no run before this one")
    if why := _bad_end(path):
        advice = "The end of its log is below; send it along when you report this."
        return Finding(WARNING, f"{path}: {why}", advice)
    return Finding(OK, str(path))


def log_of_interest() -> Path | None:
    """Return the newest log of a run that ended badly, else the newest log, or None.

    The logs of this process and of other running ones do not count.
    """
    past = [path for path in logs(log_folder()) if not is_running(path)]
    bad = (path for path in past if _bad_end(path))
    return next(bad, past[0] if past else None)


def end_of(path: Path) -> list[str]:
    """Return the last lines of a log, without control characters and passwords in addresses."""
    lines = _tail(path).splitlines()[-MAX_QUOTED_LINES:]
    return ["".join(c if c.isprintable() else " " for c in redact_url(line)) for line in lines]


def _bad_end(path: Path) -> str:
    """Return why a run ended badly; empty if it did not."""
    end = _tail(path)
    if found := _first_of(CRASH_MARKS, end):
        line = next(line for line in end.splitlines() if found in line)
        return redact_url(line.strip())
    # Workers do not log how they ended.
    ended = _LAST_LINE.search(end) or is_worker(path)
    return "" if ended else "ended without a word: it crashed, or was killed"


def _first_of(marks: Sequence[str], text: str) -> str | None:
    return next((mark for mark in marks if mark in text), None)


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - MAX_QUOTED_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:  # removed meanwhile, or another user's
        return ""
