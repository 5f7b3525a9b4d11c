"""Face detectors by name, each imported when it is first used."""

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
"""Detector -> command that installs its packages, where they do not come with the program."""


def open_detector(name: str = "auto") -> Detector:
    """Open a face detector.

    Args:
        name: Key of `DETECTORS`, or "auto" for the first one that works. A given name never falls
            back to another detector.

    Returns:
        The detector; the caller closes it.

    Raises:
        UsageError: If there is no detector of that name.
        NotInstalledError: If the packages of an extra are missing.
        EmoappError: If the detector can't be used for another reason, which the message gives.
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
    """Open the next detector in `DETECTORS` that works, going around at its end.

    Args:
        name: The detector to start after, which is not opened itself.
        failures: Gets the errors of detectors that are installed and can't be opened.

    Returns:
        The detector; the caller closes it.

    Raises:
        EmoappError: If no other detector works, with all reasons.
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
