"""Finds out what keeps the program from working here, and what to do about it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

from emoapp.diagnostics.doctor.findings import LEVELS, OK, PROBLEM, WARNING, Check, Finding, examine

__all__ = ["LEVELS", "OK", "PROBLEM", "WARNING", "Check", "Finding", "checks", "examine"]


def checks(model: Path | None = None) -> dict[str, Check]:
    """What is looked at, in this order: name -> a function that gives a `Finding`.

    model: file or folder; None for the shipped model.
    """
    return {
        "packages": _late("machine", "check_packages"),
        "cameras": _late("machine", "check_cameras"),
        "screen": _late("machine", "check_screen"),
        "model": partial(_late("program", "check_model"), model),
        "detector": _late("program", "check_detector"),
        "crops": _late("program", "check_crops"),
        "video files": _late("program", "check_video_files"),
        "speed": partial(_late("program", "check_speed"), model),
        "GPU": _late("machine", "check_gpu"),
        "log": _late("logs", "check_log"),
    }


def _late(module: str, name: str) -> Callable[..., Finding]:
    # A package that can't even be imported is one check's problem and not the end of all.
    return lambda *args: getattr(importlib.import_module(f"{__name__}.{module}"), name)(*args)
