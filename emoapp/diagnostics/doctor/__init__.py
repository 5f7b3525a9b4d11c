"""Find out what keeps the program from working on this machine, and what to do about it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from emoapp.diagnostics.doctor.findings import LEVELS, OK, PROBLEM, WARNING, Check, Finding, examine

__all__ = ["LEVELS", "OK", "PROBLEM", "WARNING", "Check", "Finding", "checks", "examine"]


def checks(model: Path | None = None) -> dict[str, Check]:
    """Return all checks in the order in which they run: name -> function.

    Args:
        model: The classifier's file or folder; None for the shipped model.
    """
    return {
        "packages": _late_check("machine", "check_packages"),
        "cameras": _late_check("machine", "check_cameras"),
        "screen": _late_check("machine", "check_screen"),
        "model": partial(_late_check("program", "check_model"), model),
        "detector": _late_check("program", "check_detector"),
        "crops": _late_check("program", "check_crops"),
        "video files": _late_check("program", "check_video_files"),
        "speed": partial(_late_check("program", "check_speed"), model),
        "GPU": _late_check("machine", "check_gpu"),
        "log": _late_check("logs", "check_log"),
    }


def _late_check(module: str, name: str) -> Callable[..., Finding]:
    # Imported late: a package that cannot be imported must fail one check and not all.
    return lambda *args: getattr(importlib.import_module(f"{__name__}.{module}"), name)(*args)
