"""Find out what keeps the program from working on this machine, and what to do about it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from emoapp.diagnostics.doctor.findings import LEVELS, OK, PROBLEM, WARNING, Check, Finding, examine
from emoapp.utils.language import N_

__all__ = ["LEVELS", "OK", "PROBLEM", "WARNING", "Check", "Finding", "checks", "examine"]


def checks(model: Path | None = None) -> dict[str, Check]:
    """Return all checks in the order in which they run: name -> function.

    Args:
        model: The classifier's file or folder; None for the shipped model.
    """
    return {
        N_("packages"): _late_check("machine", "check_packages"),
        N_("cameras"): _late_check("machine", "check_cameras"),
        N_("screen"): _late_check("machine", "check_screen"),
        N_("model"): partial(_late_check("program", "check_model"), model),
        N_("detector"): _late_check("program", "check_detector"),
        N_("crops"): _late_check("program", "check_crops"),
        N_("video files"): _late_check("program", "check_video_files"),
        N_("speed"): partial(_late_check("program", "check_speed"), model),
        N_("GPU"): _late_check("machine", "check_gpu"),
        N_("log"): _late_check("logs", "check_log"),
    }


def _late_check(module: str, name: str) -> Callable[..., Finding]:
    # Imported late: a package that cannot be imported must fail one check and not all.
    return lambda *args: getattr(importlib.import_module(f"{__name__}.{module}"), name)(*args)
