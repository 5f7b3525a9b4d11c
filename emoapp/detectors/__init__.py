"""Face detectors, by name. Each is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from emoapp.detectors.base import Detector
from emoapp.errors import EmoappError, UsageError

__all__ = ["DETECTORS", "Detector", "next_detector", "open_detector"]


def _factory(module: str, name: str) -> Callable[[], Detector]:
    return lambda: getattr(import_module(f"emoapp.detectors.{module}"), name)()


DETECTORS: dict[str, Callable[[], Detector]] = {
    "blazeface": _factory("blazeface", "BlazeFaceDetector"),
    "mediapipe": _factory("mediapipe", "MediaPipeDetector"),
    "haar": _factory("haar", "HaarDetector"),
}
"""Name -> factory, the best first: the order in which "auto" tries them."""

EXTRAS = {"mediapipe": "pip install 'emoapp[mediapipe]' (Python 3.10 to 3.12)"}
"""How to get the packages of those detectors that are not installed with the program."""


def open_detector(name: str = "auto") -> Detector:
    """The detector of that name; "auto" opens the first that works.

    Raises UsageError for an unknown name and EmoappError with the reason where it can't be used;
    a name that was given never falls back to another.
    """
    if name == "auto":
        return _first_that_works(list(DETECTORS))
    if name not in DETECTORS:
        raise UsageError(f"there is no detector {name!r}; choose auto or {', '.join(DETECTORS)}")
    try:
        return DETECTORS[name]()
    except ImportError as exc:
        advice = f"; install it with: {EXTRAS[name]}" if name in EXTRAS else ""
        raise EmoappError(f"the detector {name} can't be loaded: {exc}{advice}") from exc


def next_detector(name: str) -> Detector:
    """The first that works of those behind this one in the table, and then from its beginning."""
    names = list(DETECTORS)
    behind = names.index(name) + 1
    return _first_that_works(names[behind:] + names[:behind])


def _first_that_works(names: list[str]) -> Detector:
    reasons = []
    for name in names:
        try:
            return open_detector(name)
        except EmoappError as exc:
            reasons.append(str(exc))
    raise EmoappError("no face detector works here:\n  " + "\n  ".join(reasons))
