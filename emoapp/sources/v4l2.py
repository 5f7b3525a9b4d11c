"""What Linux says about a camera, asked for through the ioctls of its V4L2 interface."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator

_CAPTURE_TYPE = 1
_CAN_CAPTURE, _HAS_DEVICE_CAPS = 0x1, 0x80000000
_DISCRETE = 1

# Of a camera that takes any size, these are named, as far as it takes them.
_USUAL_SIZES = ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))

# No driver has so many answers; a faulty one may never say that it was the last.
_MOST = 256


def _request(number: int, size: int, *, write: bool = True) -> int:
    """The number of an ioctl, as the kernel's _IOR and _IOWR make it on all but old processors."""
    return (3 if write else 2) << 30 | size << 16 | ord("V") << 8 | number


def _ask(fd: int, number: int, layout: str, *values: int, write: bool = True) -> tuple | None:
    """Call an ioctl with a struct that begins with `values`; None where it is refused."""
    size = struct.calcsize(layout)
    buffer = bytearray(struct.pack(f"={len(values)}I", *values).ljust(size, b"\0"))
    try:
        fcntl.ioctl(fd, _request(number, size, write=write), buffer)
    except OSError:
        return None
    return struct.unpack(layout, buffer)


def card_of(fd: int) -> str | None:
    """The camera's name; None where this is no device that gives moving pictures."""
    answer = _ask(fd, 0, "=16s32s32sIII3I", write=False)
    if answer is None:
        return None
    _, card, _, _, capabilities, device_caps, *_ = answer
    # A camera has nodes for other things too (metadata); `capabilities` is that of all together.
    caps = device_caps if capabilities & _HAS_DEVICE_CAPS else capabilities
    return card.split(b"\0")[0].decode("utf-8", "replace") if caps & _CAN_CAPTURE else None


def modes_of(fd: int) -> dict[tuple[int, int], set[float]]:
    """(width, height) in pixels -> frames a second; an empty set where the driver won't say."""
    modes: dict[tuple[int, int], set[float]] = {}
    for index in range(_MOST):
        answer = _ask(fd, 2, "=III32sI4I", index, _CAPTURE_TYPE)
        if answer is None:
            break
        pixel_format = answer[4]
        for size_wh in _sizes(fd, pixel_format):
            modes.setdefault(size_wh, set()).update(_rates(fd, pixel_format, size_wh))
    return modes


def _sizes(fd: int, pixel_format: int) -> Iterator[tuple[int, int]]:
    for index in range(_MOST):
        answer = _ask(fd, 74, "=III6I2I", index, pixel_format)
        if answer is None:
            return
        if answer[2] != _DISCRETE:
            min_w, max_w, step_w, min_h, max_h, step_h = answer[3:9]
            for width, height in (*_USUAL_SIZES, (max_w, max_h)):
                in_width = min_w <= width <= max_w and (width - min_w) % (step_w or 1) == 0
                if in_width and min_h <= height <= max_h and (height - min_h) % (step_h or 1) == 0:
                    yield width, height
            return
        yield answer[3], answer[4]


def _rates(fd: int, pixel_format: int, size_wh: tuple[int, int]) -> Iterator[float]:
    for index in range(_MOST):
        answer = _ask(fd, 75, "=IIIII6I2I", index, pixel_format, *size_wh)
        if answer is None:
            return
        # Seconds as fractions; of a range the shortest and the longest, then the step.
        seconds = [answer[5:7]] if answer[4] == _DISCRETE else [answer[5:7], answer[7:9]]
        yield from (round(below / above, 2) for above, below in seconds if above and below)
        if answer[4] != _DISCRETE:
            return


def open_device(path: str) -> int:
    """A file descriptor to ask; raises OSError. Asking disturbs no program that uses the camera."""
    return os.open(path, os.O_RDWR | os.O_NONBLOCK)
