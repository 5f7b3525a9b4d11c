"""List the connected cameras."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from pathlib import Path

from emoapp.errors import CameraError
from emoapp.platforms.cameras import chooses_default, default_of, opening

NONE_HINT = "Plug one in, or see the program without one: `emoapp live --demo`."

# Linux describes its video devices here, even to users who may not open them.
_SYSFS_DIR = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class Mode:
    """A frame size that a camera offers.

    Attributes:
        size_wh: (width, height) in pixels.
        rates: Frames per second, highest first; empty if the camera does not say.
    """

    size_wh: tuple[int, int]
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A connected camera; another program may be using it.

    Attributes:
        number: The number that `open_source` takes.
        name: What the camera calls itself; "video0" or "camera 0" if the system does not say.
        path: "/dev/video0"; None on systems other than Linux.
        modes: The modes it offers, largest size first; empty if they cannot be determined,
            which is always so on systems other than Linux.
    """

    number: int
    name: str
    path: str | None = None
    modes: tuple[Mode, ...] = ()


def list_cameras() -> list[CameraInfo]:
    """Return all connected cameras, ordered by number, without switching any of them on."""
    import cv2
    from cv2_enumerate_cameras import enumerate_cameras

    # The backend that is tried first: its numbers are those of `VideoCapture`.
    backend = getattr(cv2, opening().backends[0])
    cameras = []
    for found in enumerate_cameras(backend):
        path, modes = None, None
        if backend == cv2.CAP_V4L2:
            path = f"/dev/video{found.index}"
            modes = _linux_modes(path)
            if modes is None:
                continue
        name = found.name or f"camera {found.index}"
        cameras.append(CameraInfo(found.index, name, path, modes or ()))
    return sorted(cameras, key=lambda camera: camera.number)


def default_camera() -> int:
    """Return the number of the camera to open where nobody chose one.

    A phone that is near is taken only where there is no other.
    """
    return default_of([(c.number, c.name) for c in list_cameras()]) if chooses_default() else 0


def is_listed(spec: str) -> bool:
    """Return whether a camera is connected.

    Args:
        spec: As for `emoapp.sources.open_source`.
    """
    try:
        wanted = spec.removeprefix("camera:")
        return find_camera(wanted) >= 0
    except CameraError:
        return False


def find_camera(wanted: int | str) -> int:
    """Return the number of the camera with the given number, path or name.

    Args:
        wanted: A number, a path, or a name; part of the name is enough if only one camera has it.

    Raises:
        CameraError: No camera or more than one matches; the message lists the cameras.
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


def _linux_modes(path: str) -> tuple[Mode, ...] | None:
    """Return the modes of a device, or None if it is no camera."""
    from emoapp.sources import v4l2

    try:
        modes = v4l2.read_modes(path)
    except OSError as exc:
        # A camera has several devices, and the first one captures; telling more would need to
        # open them.
        closed = exc.errno in (errno.EACCES, errno.EPERM, errno.EBUSY)
        return () if closed and _is_first_device(Path(path).name) else None
    if modes is None:
        return None
    return tuple(
        Mode(size_wh, tuple(sorted(rates, reverse=True)))
        for size_wh, rates in sorted(modes.items(), reverse=True)
    )


def _is_first_device(device: str) -> bool:
    try:
        return (_SYSFS_DIR / device / "index").read_text("utf-8").strip() in ("0", "")
    except OSError:
        return True
