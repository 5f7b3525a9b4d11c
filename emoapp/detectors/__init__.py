"""Face detectors, by name. Each is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from emoapp.detectors.base import Detector
from emoapp.diagnostics import get_logger
from emoapp.errors import EmoappError, UsageError

__all__ = ["DETECTORS", "Detector", "open_detector"]


logger = get_logger(__name__)


def _factory(module: str, name: str) -> Callable[[], Detector]:
    return lambda: getattr(import_module(f"emoapp.detectors.{module}"), name)()


DETECTORS: dict[str, Callable[[], Detector]] = {
    "mediapipe": _factory("mediapipe", "MediaPipeDetector"),
    "haar": _factory("haar", "HaarDetector"),
}
"""Name -> factory, the best first: the order in which "auto" tries them."""


def open_detector(name: str = "auto") -> Detector:
    """The detector of that name; "auto" gives the first that works.

    Raises UsageError for an unknown name and EmoappError with the reason where it can't be used;
    a name that was given never falls back to another.
    """
    if name != "auto":
        if name not in DETECTORS:
            raise UsageError(
                f"there is no detector {name!r}; choose auto or {', '.join(DETECTORS)}"
            )
        try:
            detector = DETECTORS[name]()
        except (ImportError, OSError, RuntimeError, ValueError) as exc:
            raise EmoappError(
                f"the detector {name} can't be loaded: {exc}; `emoapp doctor` says more"
            ) from exc
        logger.info("detector %s", name)
        return detector
    reasons = []
    for candidate in DETECTORS:
        try:
            return open_detector(candidate)
        except EmoappError as exc:
            logger.warning("%s", exc, exc_info=exc)
            reasons.append(str(exc))
    raise EmoappError("no face detector works here: " + "; ".join(reasons))
