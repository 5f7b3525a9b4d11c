"""How cameras are opened, and what their first seconds are like."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass

from emoapp import platforms
from emoapp.platforms import Fact, System

FACTS = (
    Fact(
        "macos",
        "The first opening fails after 0.1 s while the system still asks whether the camera may be "
        "used.",
        "macOS 10.14",
        "opencv#15517, opencv#15307",
    ),
    Fact(
        "macos",
        "The system asks only if the main thread opens the camera.",
        "macOS 10.15",
        "opencv#16427",
    ),
    Fact(
        "macos",
        "An iPhone nearby may be camera 0, and is switched on when it is opened.",
        "macOS 13",
        "opencv#26305; Apple, Continuity Camera",
    ),
    Fact("macos", "The rate of a camera may be NaN.", "always", "OpenCV, cap_avfoundation_mac.mm"),
    Fact(
        "macos",
        "A camera that is used by another program opens and gives nothing; each read fails after a "
        "second.",
        "OpenCV 4.5",
        "opencv#23119; OpenCV, cap_avfoundation_mac.mm",
    ),
    Fact(
        "windows",
        "A camera that is used by another program opens and gives nothing.",
        "Windows 10",
        "opencv#23119",
    ),
    Fact(
        "windows",
        "Media Foundation takes up to 20 s to open a camera, and seconds for each change of width, "
        "height and rate; mostly less without hardware transforms.",
        "OpenCV 4.0",
        "opencv#17687, opencv#26495, opencv#27917",
    ),
    Fact(
        "linux",
        "Inside `read`, OpenCV waits 10 s for a silent camera; `waitAny` is for V4L2 alone.",
        "OpenCV 4.4",
        "OpenCV, cap_v4l.cpp",
    ),
)

PERMISSION_S = 60.0
"""For so long macOS is given an answer to whether the camera may be used."""

ALLOW = "Allow the camera in the dialog"

SETTING = (
    "Allow it under System Settings, Privacy & Security, Camera, for the program in which you "
    "started emoapp (Terminal, say), and start that program again."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """How cameras are opened on a system.

    Attributes:
        backends: Names of OpenCV's backends, "CAP_V4L2", in the order in which they are tried.
        mjpg: The backends that are asked for MJPG; the others choose well, and take seconds to
            change.
        beside: Whether the camera is opened in a thread of its own, beside a window that is served.
        permission: Whether the system may be asking the user whether the camera may be used.
        says_loss: Whether the system tells a camera that is gone from one that is silent.
    """

    backends: tuple[str, ...]
    mjpg: frozenset[str] = frozenset()
    beside: bool = False
    permission: bool = False
    says_loss: bool = False


_OPENINGS: dict[System, Opening] = {
    "linux": Opening(("CAP_V4L2",), frozenset({"CAP_V4L2"}), says_loss=True),
    "windows": Opening(("CAP_MSMF", "CAP_DSHOW"), frozenset({"CAP_DSHOW"}), beside=True),
    "macos": Opening(("CAP_AVFOUNDATION",), permission=True),
}

_MSMF_VARIABLE = "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"

_PHONE = re.compile(r"\b(iphone|ipad|desk view|android|galaxy|pixel)\b", re.IGNORECASE)


def opening() -> Opening:
    """Return how cameras are opened on this system."""
    return _OPENINGS[platforms.system()]


def prepare_environment() -> None:
    """Set what OpenCV reads when it is loaded, unless the user has set it."""
    if platforms.system() == "windows":
        os.environ.setdefault(_MSMF_VARIABLE, "0")


def known_rate(stated: float) -> float | None:
    """Return the frames per second that a camera states; None where it states nonsense.

    Args:
        stated: What OpenCV says: may be 0, negative, infinite or NaN.
    """
    return stated if math.isfinite(stated) and stated > 0 else None


def refusal_reason() -> str:
    """Return a sentence that says why a camera may not have opened, where nobody can be asked."""
    if platforms.system() == "macos":
        return f"there is none with that number, or macOS keeps emoapp from it. {SETTING}"
    return (
        "there is none with that number, another program is using it, or Windows keeps programs "
        "from it (Settings, Privacy & security, Camera: let desktop apps access your camera)."
    )


def default_of(cameras: Iterable[tuple[int, str]]) -> int:
    """Return the number of the camera to open where nobody chose one: the first that is no phone.

    Args:
        cameras: (number, name) of each, by number.
    """
    cameras = list(cameras)
    own = [number for number, name in cameras if not _PHONE.search(name)]
    return next(iter(own or [number for number, _ in cameras]), 0)


def chooses_default() -> bool:
    """Return whether camera 0 may be a phone, so that the names decide."""
    return platforms.system() == "macos"
