"""A camera as a source, through OpenCV."""

from __future__ import annotations

import errno
import glob
import os
import sys
import time

import cv2
import numpy as np

from emoapp.errors import CameraError
from emoapp.sources.base import Source
from emoapp.sources.newest import Newest
from emoapp.types import Frame

SIZE_WH, FPS = (1280, 720), 30.0
"""What a camera is asked for where nothing else is said; it may answer with something near."""

STALL_S = 3.0
"""A camera that gives no frame for so long, without an error, counts as broken."""

# Cameras take one or two seconds to wake up and find their exposure.
_FIRST_FRAME_S = 6.0


def quiet_opencv() -> None:
    """Keep OpenCV's own warnings from stderr, unless the user asked for them.

    It writes two or three lines of its source code's insides for each device that does not open;
    the user gets a CameraError instead.
    """
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.setLogLevel(0)  # 0: silent


class Camera(Source):
    """Captures in a thread; `read` gives the newest frame.

    device: a number, or on Linux a path such as "/dev/video2".
    size_wh: (width, height) in pixels to ask for; `self.size_wh` is what the camera gives.
    fps: frames a second to ask for.

    Raises CameraError where it can't be opened, is pulled out or stops giving frames.
    """

    def __init__(
        self,
        device: int | str = 0,
        *,
        size_wh: tuple[int, int] | None = None,
        fps: float | None = None,
    ) -> None:
        quiet_opencv()
        self._device = device
        self._name = f"camera {device}"
        self._capture = self._open(size_wh or SIZE_WH, fps or FPS)
        self._fps = self._capture.get(cv2.CAP_PROP_FPS) or None
        self._newest = Newest(
            self._grab,
            release=self._capture.release,
            name=self._name,
            stall_s=STALL_S,
            stalled=self._stalled,
        )
        self._newest.start()
        try:
            image = self._newest.peek(_FIRST_FRAME_S)
            if image is None:
                raise CameraError(
                    f"{self._title} opened, but gave no picture within {_FIRST_FRAME_S:g} s. "
                    f"Another program may be using it, or its lid is closed. {_OTHERWISE}"
                )
        except BaseException:
            self.close()
            raise
        self._size_wh = image.shape[1], image.shape[0]

    @property
    def name(self) -> str:
        return self._name

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def fps(self) -> float | None:
        """As the camera states it; in the dark many give fewer."""
        return self._fps

    @property
    def missed(self) -> int:
        return self._newest.missed

    def read(self) -> Frame | None:
        return self._newest.take()

    def close(self) -> None:
        self._newest.close()

    @property
    def _title(self) -> str:
        return self._name[0].upper() + self._name[1:]

    def _open(self, size_wh: tuple[int, int], fps: float) -> cv2.VideoCapture:
        backend = cv2.CAP_V4L2 if sys.platform.startswith("linux") else cv2.CAP_ANY
        capture = cv2.VideoCapture(self._device, backend)
        if not capture.isOpened():
            raise CameraError(f"{self._title} cannot be opened: {why(self._device)} {_OTHERWISE}")
        # Each call below makes some drivers start anew (up to a second each), so only these.
        # MJPG first: uncompressed, USB 2 carries 1280x720 only at 5 to 10 frames a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size_wh[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
        if abs(capture.get(cv2.CAP_PROP_FPS) - fps) > 0.5:
            capture.set(cv2.CAP_PROP_FPS, fps)
        return capture

    def _grab(self) -> tuple[np.ndarray, float]:
        # A camera drops a picture now and then; one that is gone fails at once and every time.
        for _ in range(3):
            ok, image = self._capture.read()
            if ok:
                return image, time.monotonic()
        raise CameraError(
            f"{self._title} stopped giving pictures: was it unplugged? Plug it in and start again."
        )

    def _stalled(self) -> CameraError:
        return CameraError(
            f"{self._title} has given no picture for {STALL_S:g} s. "
            "Unplug it, plug it in and start again."
        )


_OTHERWISE = (
    "Choose another camera with `--source N`, or see the program without one: `emoapp live --demo`."
)


def why(device: int | str) -> str:
    """A sentence saying why the camera did not open, as far as the system lets one know."""
    if not sys.platform.startswith("linux"):
        return (
            "there is none of that number, another program is using it, or the system's privacy "
            "settings keep programs from the camera."
        )
    path = f"/dev/video{device}" if isinstance(device, int) else device
    try:
        os.close(os.open(path, os.O_RDWR))
    except FileNotFoundError:
        others = sorted(glob.glob("/dev/video*"))
        return f"there is no {path}" + (f", only {', '.join(others)}." if others else ".")
    except PermissionError:
        return f"no right to use {path}. Add yourself to its group: `sudo usermod -aG video $USER`."
    except OSError as exc:
        if exc.errno == errno.EBUSY:
            return f"another program is using {path}. Close it."
        return f"{path}: {exc.strerror}."
    return f"{path} is there, but is no camera that gives pictures."
