"""Read the modes of a camera through the ioctls of Linux's V4L2 interface."""

from __future__ import annotations

import fcntl
import os
import struct
from collections.abc import Iterator

# Numbers of the ioctls, and of the kinds of answers, in linux/videodev2.h.
_ENUM_FMT, _ENUM_FRAMESIZES, _ENUM_FRAMEINTERVALS = 2, 74, 75
_BUF_TYPE_VIDEO_CAPTURE = 1
_TYPE_DISCRETE = 1

# Reported for a camera that takes any size, as far as its range includes them.
_COMMON_SIZES = ((640, 480), (1280, 720), (1920, 1080), (3840, 2160))

# No driver has this many entries; a faulty one may never report the end of its list.
_MAX_ENTRIES = 256


def read_modes(path: str) -> dict[tuple[int, int], set[float]] | None:
    """Read the frame sizes and rates of a video device.

    This neither switches the camera on nor disturbs a program that is using it.

    Args:
        path: "/dev/video0".

    Returns:
        (width, height) in pixels -> frames per second, an empty set if the driver does not say
        them; None if the device captures no video.

    Raises:
        OSError: The device cannot be opened.
    """
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        pixel_formats = list(_pixel_formats(fd))
        if not pixel_formats:
            return None
        modes: dict[tuple[int, int], set[float]] = {}
        for pixel_format in pixel_formats:
            for size_wh in _sizes(fd, pixel_format):
                modes.setdefault(size_wh, set()).update(_rates(fd, pixel_format, size_wh))
        return modes
    finally:
        os.close(fd)


def _query(fd: int, number: int, layout: str, *values: int) -> tuple[int, ...] | None:
    """Call an ioctl with a struct that begins with `values`; return None if it is refused."""
    size = struct.calcsize(layout)
    # As the kernel's _IOWR makes it on all but old processors.
    request = 3 << 30 | size << 16 | ord("V") << 8 | number
    buffer = bytearray(struct.pack(f"={len(values)}I", *values).ljust(size, b"\0"))
    try:
        fcntl.ioctl(fd, request, buffer)
    except OSError:
        return None
    return struct.unpack(layout, buffer)


def _pixel_formats(fd: int) -> Iterator[int]:
    for index in range(_MAX_ENTRIES):
        answer = _query(fd, _ENUM_FMT, "=III32xI16x", index, _BUF_TYPE_VIDEO_CAPTURE)
        if answer is None:
            return
        yield answer[3]


def _sizes(fd: int, pixel_format: int) -> Iterator[tuple[int, int]]:
    for index in range(_MAX_ENTRIES):
        answer = _query(fd, _ENUM_FRAMESIZES, "=III6I2I", index, pixel_format)
        if answer is None:
            return
        if answer[2] != _TYPE_DISCRETE:
            min_w, max_w, step_w, min_h, max_h, step_h = answer[3:9]
            for width, height in (*_COMMON_SIZES, (max_w, max_h)):
                in_width = min_w <= width <= max_w and (width - min_w) % (step_w or 1) == 0
                if in_width and min_h <= height <= max_h and (height - min_h) % (step_h or 1) == 0:
                    yield width, height
            return
        yield answer[3], answer[4]


def _rates(fd: int, pixel_format: int, size_wh: tuple[int, int]) -> Iterator[float]:
    for index in range(_MAX_ENTRIES):
        answer = _query(fd, _ENUM_FRAMEINTERVALS, "=IIIII6I2I", index, pixel_format, *size_wh)
        if answer is None:
            return
        # Seconds as fractions; a range has the shortest and the longest, then the step.
        is_discrete = answer[4] == _TYPE_DISCRETE
        seconds = [answer[5:7]] if is_discrete else [answer[5:7], answer[7:9]]
        yield from (round(below / above, 2) for above, below in seconds if above and below)
        if not is_discrete:
            return
