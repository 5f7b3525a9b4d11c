"""Feed a virtual camera of Linux: a V4L2 device of the module v4l2loopback."""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from emoapp.errors import SinkError

# linux/videodev2.h
_QUERYCAP, _S_FMT = 0, 5
_READ_WRITE, _READ = 3, 2
_BUF_TYPE_VIDEO_OUTPUT = 2
_CAP_VIDEO_OUTPUT, _CAP_DEVICE_CAPS = 0x2, 0x80000000
_FIELD_NONE, _COLORSPACE_SRGB = 1, 8
_I420 = int.from_bytes(b"YU12", "little")
# The head of struct v4l2_format: the pixel format's pointers align it.
_FORMAT_HEAD = "@I0P" if struct.calcsize("P") == 8 else "@I"
_FORMAT_SIZE = struct.calcsize(_FORMAT_HEAD) + 200

MAX_DEVICES = 64
"""Devices /dev/video0 and up among which one is looked for."""

INSTALL_HINT = (
    "Install v4l2loopback (on Debian and Ubuntu: sudo apt install v4l2loopback-dkms), then: "
    "sudo modprobe v4l2loopback exclusive_caps=1 card_label=emoapp"
)


@dataclass(frozen=True, slots=True)
class LoopbackDevice:
    """A device that shows other programs what is written to it.

    Attributes:
        path: "/dev/video10".
        name: What it calls itself.
        free: Whether it waits for a program that feeds it.
    """

    path: str
    name: str
    free: bool


def list_devices() -> Iterator[LoopbackDevice]:
    """Yield the devices that this user may open, without disturbing any of them."""
    for number in range(MAX_DEVICES):
        path = f"/dev/video{number}"
        try:
            fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            capability = _ioctl(fd, _READ, _QUERYCAP, bytearray(104))
        except OSError:
            continue
        finally:
            os.close(fd)
        driver, card, _, _, of_card, of_device = struct.unpack_from("=16s32s32s3I", capability)
        flags = of_device if of_card & _CAP_DEVICE_CAPS else of_card
        if b"loopback" in driver:
            # With exclusive_caps=1, it is an output only until somebody feeds it.
            free = bool(flags & _CAP_VIDEO_OUTPUT)
            yield LoopbackDevice(path, card.rstrip(b"\0").decode("utf-8", "replace"), free)


def find_device(name: str | None) -> LoopbackDevice:
    """Return the device of a name.

    Args:
        name: Its path, its number, or a part of what it calls itself; None for the first.

    Raises:
        SinkError: There is none, or another program feeds it.
    """
    devices = list(list_devices())
    if not devices:
        raise SinkError(f"--virtual-camera: there is no virtual camera here. {INSTALL_HINT}")
    found = [device for device in devices if name is None or _is_called(device, name)]
    if not found:
        known = ", ".join(f"{device.path} ({device.name})" for device in devices)
        raise SinkError(
            f"--virtual-camera {name}: there is no such virtual camera; there is {known}."
        )
    for device in found:
        if device.free:
            return device
    raise _cannot_open(found[0], OSError(errno.EBUSY, os.strerror(errno.EBUSY)))


def _is_called(device: LoopbackDevice, name: str) -> bool:
    number = device.path.removeprefix("/dev/video")
    return name in (device.path, number) or name.lower() in device.name.lower()


class V4l2Camera:
    """A virtual camera that takes I420.

    Args:
        name: See `find_device`.
        size_wh: (width, height) that it should have, pixels.

    Attributes:
        name: What other programs call it.
        size_wh: (width, height) that it has, pixels: another one where a program that shows it
            holds it to that.

    Raises:
        SinkError: There is none, or it can't be opened.
    """

    def __init__(self, name: str | None, size_wh: tuple[int, int]) -> None:
        device = find_device(name)
        self.name = device.name
        try:
            self._fd = os.open(device.path, os.O_RDWR)
        except OSError as exc:
            raise _cannot_open(device, exc) from exc
        try:
            self.size_wh = _set_format(self._fd, size_wh)
        except OSError as exc:
            os.close(self._fd)
            raise _cannot_open(device, exc) from exc

    def send(self, frame: np.ndarray) -> None:
        """Show a frame.

        Args:
            frame: uint8 (H * 3 / 2, W), I420, of `size_wh`.

        Raises:
            OSError: The device takes it no more.
        """
        os.write(self._fd, frame.data)

    def close(self) -> None:
        """Let the device go; called once."""
        os.close(self._fd)


def _set_format(fd: int, size_wh: tuple[int, int]) -> tuple[int, int]:
    """Set the format of what is written, and return the size that the device has then."""
    width, height = size_wh
    pixels = (width, height, _I420, _FIELD_NONE, width, width * height * 3 // 2, _COLORSPACE_SRGB)
    wanted = bytearray(_FORMAT_SIZE)
    head = struct.calcsize(_FORMAT_HEAD)
    struct.pack_into("@I", wanted, 0, _BUF_TYPE_VIDEO_OUTPUT)
    struct.pack_into("=7I", wanted, head, *pixels)
    width, height, pixel_format = struct.unpack_from(
        "=3I", _ioctl(fd, _READ_WRITE, _S_FMT, wanted), head
    )
    if pixel_format != _I420 or width % 2 or height % 2:
        raise OSError(errno.EBUSY, "another program has set it to another pixel format")
    return width, height


def _ioctl(fd: int, direction: int, number: int, argument: bytearray) -> bytearray:
    request = direction << 30 | len(argument) << 16 | ord("V") << 8 | number
    fcntl.ioctl(fd, request, argument)
    return argument


def _cannot_open(device: LoopbackDevice, exc: OSError) -> SinkError:
    advice = {
        errno.EBUSY: "End the other program that feeds it, or name another virtual camera.",
        errno.EACCES: "Add yourself to the group video (sudo usermod -aG video $USER), and log in "
        "again.",
    }.get(exc.errno or 0, INSTALL_HINT)
    return SinkError(
        f"--virtual-camera: {device.path} ({device.name}) cannot be used: "
        f"{exc.strerror or exc}. {advice}"
    )
