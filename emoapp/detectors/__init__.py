"""Face detectors, by name. Each is imported when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from emoapp.detectors.base import Detector
from emoapp.errors import EmoappError, NotInstalledError, UsageError
from emoapp.utils.logs import get_logger

__all__ = ["DETECTORS", "Detector", "next_detector", "open_detector"]


logger = get_logger(__name__)


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
    """Return the detector of that name; "auto" opens the first that works.

    Raises UsageError for an unknown name, NotInstalledError where the packages of an extra are
    missing and EmoappError with the reason where it can't be used otherwise; a name that was given
    never falls back to another.
    """
    if name == "auto":
        return _open_first(list(DETECTORS), [], "no face detector works here")
    if name not in DETECTORS:
        raise UsageError(f"there is no detector {name!r}; choose auto or {', '.join(DETECTORS)}")
    try:
        detector = DETECTORS[name]()
    except (ImportError, OSError, RuntimeError, ValueError) as exc:
        failure = f"the detector {name} can't be loaded: {exc}"
        if isinstance(exc, ModuleNotFoundError) and name in EXTRAS:
            raise NotInstalledError(f"{failure}; install it with: {EXTRAS[name]}") from exc
        raise EmoappError(f"{failure}; `emoapp doctor` says more") from exc
    logger.info("detector %s", name)
    return detector


def next_detector(name: str, failures: list[EmoappError]) -> Detector:
    """Return the first other that works of those behind this one in the table, then from its start.

    failures: gets the errors of those that are installed and can't be opened.

    Raises EmoappError with all reasons where no other works.
    """
    names = list(DETECTORS)
    place = names.index(name)
    others = names[place + 1 :] + names[:place]
    return _open_first(others, failures, "no other face detector works here")


def _open_first(names: list[str], failures: list[EmoappError], otherwise: str) -> Detector:
    reasons = []
    for name in names:
        try:
            return open_detector(name)
        except EmoappError as exc:
            reasons.append(str(exc))
            if isinstance(exc, NotInstalledError):
                logger.info("%s", exc)
                continue
            logger.warning("%s", exc, exc_info=exc)
            failures.append(exc)
    raise EmoappError(f"{otherwise}: {'; '.join(reasons)}")
