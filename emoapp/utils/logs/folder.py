"""The folder of the diagnostic logs: a file for each process, and the old ones removed."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

VARIABLE = "EMOAPP_LOG_DIR"

KEPT = 20
"""So many files stay when another is begun; those of running processes come on top of that."""

_PATTERN = re.compile(r"emoapp-\d{8}-\d{6}-(?P<pid>\d+)(?P<worker>-worker)?(?:\.\d+)?\.log")


def log_folder() -> Path:
    """Where the logs lie: the variable EMOAPP_LOG_DIR, or the platform's folder for logs."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    import platformdirs

    return Path(platformdirs.user_log_dir("emoapp", appauthor=False))


def new_name(*, worker: bool) -> str:
    """A name for this process's log, without suffix; names sort by time.

    worker: whether the process works for another one of this program.
    """
    when = time.strftime("%Y%m%d-%H%M%S")
    return f"emoapp-{when}-{os.getpid()}{'-worker' if worker else ''}"


def logs(folder: Path) -> list[Path]:
    """The logs in the folder, the newest first; none where it can't be read."""
    try:
        found = [path for path in folder.iterdir() if _PATTERN.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: path.name, reverse=True)


def prune(folder: Path) -> None:
    """Remove all but the newest `KEPT` logs, never one whose process is still running."""
    for path in logs(folder)[KEPT:]:
        if not is_running(path):
            try:
                path.unlink()
            except OSError:  # removed by another process, or held open by it (Windows)
                continue


def is_worker(path: Path) -> bool:
    """Whether a worker wrote the log: a process that does not say how it ended."""
    match = _PATTERN.fullmatch(path.name)
    return match is not None and match["worker"] is not None


def is_running(path: Path) -> bool:
    """Whether a process of the number that the log's name holds is running."""
    match = _PATTERN.fullmatch(path.name)
    # On Windows, signal 0 would end the process; an open file can't be removed there anyway.
    if match is None or sys.platform == "win32":
        return False
    try:
        os.kill(int(match["pid"]), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # PermissionError: there, and somebody else's
        return True
    return True
