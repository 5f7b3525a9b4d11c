"""Which cameras this computer has."""

from __future__ import annotations

import errno
import glob
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from emoapp.errors import CameraError

# Where Linux has its cameras, and their names even for who may not open them.
_DEVICES = "/dev/video*"
_NAMES = Path("/sys/class/video4linux")

# Elsewhere cameras can't be listed, only tried; each number that is none costs a few tenths of a
# second.
_TRIED = range(6)


@dataclass(frozen=True, slots=True)
class Mode:
    """size_wh: (width, height) in pixels.

    rates: frames a second, the highest first; empty where the camera does not say.
    """

    size_wh: tuple[int, int]
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera that is plugged in; another program may be using it.

    number: what `open_source` takes.
    name: as the camera calls itself; "camera 0" where the system does not tell.
    path: "/dev/video0"; None but on Linux.
    modes: what it offers, the largest size first; empty where that can't be found out.
    """

    number: int
    name: str
    path: str | None = None
    modes: tuple[Mode, ...] = ()


def list_cameras() -> list[CameraInfo]:
    """All cameras, by number. Takes a moment where it isn't Linux: each number is tried."""
    return _ask_linux() if sys.platform.startswith("linux") else _try_numbers()


def find_camera(wanted: int | str) -> int:
    """The number of the camera of that number, path or name; a part of the name is enough.

    Raises CameraError where there is none, or more than one; it lists what there is.
    """
    cameras = list_cameras()
    text = str(wanted).strip()
    exact = [c for c in cameras if text in (str(c.number), c.path)]
    exact = exact or [c for c in cameras if c.name.casefold() == text.casefold()]
    found = exact or [c for c in cameras if text and text.casefold() in c.name.casefold()]
    if len(found) == 1:
        return found[0].number
    if not cameras:
        raise CameraError(f'There is no camera "{text}": this computer has none. {NONE_HINT}')
    problem = "More than one camera matches" if found else "There is no camera"
    there_is = ", ".join(f"{c.number}: {c.name}" for c in found or cameras)
    raise CameraError(f'{problem} "{text}". There is {there_is}. Its number says it for certain.')


NONE_HINT = "Plug one in, or see the program without one: `emoapp live --demo`."


def _ask_linux() -> list[CameraInfo]:
    numbers = (re.search(r"\d+$", path) for path in glob.glob(_DEVICES))
    found = (_ask_device(int(number[0]), number.string) for number in numbers if number)
    return sorted((camera for camera in found if camera), key=lambda camera: camera.number)


def _ask_device(number: int, path: str) -> CameraInfo | None:
    from emoapp.sources import v4l2

    try:
        fd = v4l2.open_device(path)
    except OSError as exc:
        # Of a camera's nodes the first gives the pictures; more can't be known without opening it.
        closed = exc.errno in (errno.EACCES, errno.EPERM, errno.EBUSY)
        if not closed or _system_says(number, "index") not in ("0", None):
            return None
        return CameraInfo(number, _system_says(number, "name") or f"camera {number}", path)
    try:
        card = v4l2.card_of(fd)
        if card is None:
            return None
        modes = tuple(
            Mode(size_wh, tuple(sorted(rates, reverse=True)))
            for size_wh, rates in sorted(v4l2.modes_of(fd).items(), reverse=True)
        )
    finally:
        os.close(fd)
    name = card or _system_says(number, "name") or f"camera {number}"
    return CameraInfo(number, name, path, modes)


def _system_says(number: int, what: str) -> str | None:
    try:
        return (_NAMES / f"video{number}" / what).read_text("utf-8").strip() or None
    except OSError:
        return None


def _try_numbers() -> list[CameraInfo]:
    import cv2

    from emoapp.sources.camera import quiet_opencv

    quiet_opencv()
    found = []
    for number in _TRIED:
        capture = cv2.VideoCapture(number)
        if capture.isOpened():
            size = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
            rate = capture.get(cv2.CAP_PROP_FPS)
            # Only what it is set to just now; OpenCV can't ask for the rest.
            mode = Mode((int(size[0]), int(size[1])), (round(rate, 2),) if rate > 0 else ())
            modes = (mode,) if 0 not in mode.size_wh else ()
            found.append(CameraInfo(number, f"camera {number}", modes=modes))
        capture.release()
    return found
