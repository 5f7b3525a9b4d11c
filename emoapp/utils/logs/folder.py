"""Manage the folder of diagnostic logs: one file per process, and old files removed."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

from emoapp.platforms import processes

VARIABLE = "EMOAPP_LOG_DIR"

MAX_LOGS = 20
"""Files to keep when a new one is started, in addition to those of running processes."""

_PATTERN = re.compile(r"emoapp-\d{8}-\d{6}-(?P<pid>\d+)(?P<worker>-worker)?(?:\.\d+)?\.log")


def log_folder() -> Path:
    """Return the folder of the logs: EMOAPP_LOG_DIR, or the platform's folder for logs."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    import platformdirs

    return Path(platformdirs.user_log_dir("emoapp", appauthor=False))


def new_name(*, worker: bool) -> str:
    """Return a name for this process's log, without suffix; names sort by time.

    Args:
        worker: Whether the process works for another process of this program.
    """
    when = time.strftime("%Y%m%d-%H%M%S")
    return f"emoapp-{when}-{os.getpid()}{'-worker' if worker else ''}"


def logs(folder: Path) -> list[Path]:
    """Return the logs in a folder, newest first; none if it cannot be read.

    Args:
        folder: The folder of the logs.
    """
    try:
        found = [path for path in folder.iterdir() if _PATTERN.fullmatch(path.name)]
    except OSError:
        return []
    return sorted(found, key=lambda path: path.name, reverse=True)


def prune(folder: Path) -> None:
    """Remove all but the newest `MAX_LOGS` logs, except those of running processes.

    Args:
        folder: The folder of the logs.
    """
    for path in logs(folder)[MAX_LOGS:]:
        if not is_running(path):
            try:
                path.unlink()
            except OSError:  # removed by another process, or kept open by it (Windows)
                continue


def is_worker(path: Path) -> bool:
    """Return whether a worker wrote a log: a process that does not log how it ended.

    Args:
        path: The log.
    """
    match = _PATTERN.fullmatch(path.name)
    return match is not None and match["worker"] is not None


def is_running(path: Path) -> bool:
    """Return whether a process with the id in a log's name is running.

    Args:
        path: The log.
    """
    match = _PATTERN.fullmatch(path.name)
    # On Windows nobody can be asked, and an open file cannot be removed anyway.
    return match is not None and processes.is_running(int(match["pid"]))
