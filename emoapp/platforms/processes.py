"""Processes: whether one runs, how one starts in the background, how much memory this one had."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from emoapp import platforms
from emoapp.platforms import Fact

if TYPE_CHECKING:
    import subprocess

FACTS = (
    Fact(
        "windows",
        "`os.kill(pid, 0)` ends the process instead of asking whether it is there.",
        "always",
        "Python, os.kill",
    ),
    Fact(
        "windows",
        "A program of a window's opens a console of its own, unless it is told not to.",
        "always",
        "Python, subprocess.CREATE_NO_WINDOW",
    ),
    Fact(
        "windows",
        "There are no sessions of processes that a signal reaches as one.",
        "always",
        "Python, os.killpg",
    ),
    Fact(
        "macos",
        "`ru_maxrss` counts bytes; on Linux it counts kilobytes.",
        "always",
        "Apple, getrusage(2)",
    ),
)


def is_running(pid: int) -> bool:
    """Return whether a process with this id runs; always False on Windows, which cannot be asked.

    Args:
        pid: The process's id.
    """
    if platforms.system() == "windows":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # PermissionError: it exists and is someone else's
        return True
    return True


def background_flags() -> int:
    """Return `creationflags` for no console and a lower priority on Windows; 0 elsewhere."""
    if platforms.system() != "windows":
        return 0
    import subprocess

    names = ("CREATE_NO_WINDOW", "BELOW_NORMAL_PRIORITY_CLASS")
    return sum(getattr(subprocess, name, 0) for name in names)


def has_sessions() -> bool:
    """Return whether a program can be started in a session of its own, to be killed as one."""
    return platforms.system() != "windows"


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a program, and where it has a session of its own what it started too.

    Args:
        process: Started with `start_new_session=has_sessions()`.
    """
    if not has_sessions():
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def peak_rss_bytes() -> int:
    """Return the peak memory of this process in bytes."""
    import psutil

    memory = psutil.Process().memory_info()
    if hasattr(memory, "peak_wset"):  # Windows
        return memory.peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platforms.system() == "macos" else peak * 1024
