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
from emoapp.sources.grabber import QUEUE_SIZE, LatestFrameGrabber
from emoapp.sources.live import LiveSource

SIZE_WH, FPS = (1280, 720), 30.0
"""What a camera is asked for where nothing else is said; it may answer with something near."""

STALL_S = 3.0
"""A camera that gives no frame for so long, without an error, counts as broken."""

# Cameras take one or two seconds to wake up and find their exposure.
_FIRST_FRAME_S = 6.0

# How long a camera is listened to before the thread looks whether it is still wanted.
_LISTEN_S = 0.2


def quiet_opencv() -> None:
    """Keep OpenCV's own warnings from stderr, unless the user asked for them.

    It writes two or three lines of its source code's insides for each device that does not open;
    the user gets a CameraError instead.
    """
    if "OPENCV_LOG_LEVEL" not in os.environ:
        # OpenCV 4.13 moved it.
        set_log_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel
        set_log_level(0)  # 0: silent


class Camera(LiveSource):
    """Captures in a thread; `read` gives the newest frame.

    device: a number, or on Linux a path such as "/dev/video2".
    size_wh: (width, height) in pixels to ask for; `self.size_wh` is what the camera gives.
    fps: frames a second to ask for.
    await_first: the constructor waits until the first picture is there, and raises where it does
        not come; else the first `read` does.

    Raises CameraError where it can't be opened, is pulled out or stops giving frames.
    """

    def __init__(
        self,
        device: int | str = 0,
        *,
        size_wh: tuple[int, int] | None = None,
        fps: float | None = None,
        await_first: bool = True,
    ) -> None:
        quiet_opencv()
        self._device = device
        self.name = f"camera {device}"
        self._capture = self._open(size_wh or SIZE_WH, fps or FPS)
        self.fps = self._capture.get(cv2.CAP_PROP_FPS) or None
        self.size_wh = (
            int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        self._gave = False
        self.trouble = f"{self._title} gives no picture yet; its lid may be closed"
        self._newest = LatestFrameGrabber(
            self._grab,
            release=self._capture.release,
            name=self.name,
            stall_s=STALL_S,
            stalled=self._stalled,
            first_s=_FIRST_FRAME_S,
            queue_size=QUEUE_SIZE,
        )
        self._newest.start()
        if not await_first:
            return
        try:
            if self._newest.peek(_FIRST_FRAME_S) is None:
                raise self._stalled()
        except BaseException:
            self.close()
            raise

    @property
    def _title(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def _open(self, size_wh: tuple[int, int], fps: float) -> cv2.VideoCapture:
        backend = cv2.CAP_V4L2 if sys.platform.startswith("linux") else cv2.CAP_ANY
        capture = cv2.VideoCapture(self._device, backend)
        if not capture.isOpened():
            raise CameraError(f"{self._title} cannot be opened: {why(self._device)} {_OTHERWISE}")
        # Each call below makes some drivers start anew (up to a second each), so only these.
        # MJPG first: uncompressed, USB 2 carries 1280x720 only at 5 to 10 frames a second.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size_wh[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
        if abs(capture.get(cv2.CAP_PROP_FPS) - fps) > 0.5:
            capture.set(cv2.CAP_PROP_FPS, fps)
        return capture

    def _grab(self) -> tuple[np.ndarray, float] | None:
        # A camera drops a picture now and then; one that is gone fails at once and every time.
        for _ in range(3):
            self._listen()
            if self._newest.stopping:
                return None
            ok, image = self._capture.read()
            if ok:
                self._gave, self.size_wh = True, (image.shape[1], image.shape[0])
                self.trouble = f"{self._title} gives no picture"
                return image, time.monotonic()
        gone = "stopped giving pictures" if is_there(self._device) else "was unplugged"
        self.trouble = f"{self._title} {gone}"
        raise CameraError(
            f"{self._title} stopped giving pictures: was it unplugged? Plug it in and start again."
        )

    def _listen(self) -> None:
        """Wait until a picture is there, something is wrong, or nobody wants one any more."""
        # Inside `read`, OpenCV waits 10 s for a silent camera, and nothing can end that.
        while sys.platform.startswith("linux") and not self._newest.stopping:
            began = time.monotonic()
            try:
                if cv2.VideoCapture.waitAny([self._capture], timeoutNs=int(_LISTEN_S * 1e9))[0]:
                    self._newest.arrives()
                    return
            except cv2.error:  # `read` fails then too
                return
            if time.monotonic() - began < _LISTEN_S / 2:  # came back early: not from silence
                return

    def _stalled(self) -> CameraError:
        if not self._gave:
            return CameraError(
                f"{self._title} opened, but gave no picture within {_FIRST_FRAME_S:g} s. "
                f"Another program may be using it, or its lid is closed. {_OTHERWISE}"
            )
        return CameraError(
            f"{self._title} has given no picture for {STALL_S:g} s. "
            "Unplug it, plug it in and start again."
        )


_OTHERWISE = (
    "Choose another camera with `--source N`, or see the program without one: `emoapp live --demo`."
)


def is_there(device: int | str) -> bool:
    """False where the system says that the camera is gone."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        os.close(os.open(path_of(device), os.O_RDWR))
    except OSError as exc:
        return exc.errno not in (errno.ENODEV, errno.ENXIO, errno.ENOENT)
    return True


def path_of(device: int | str) -> str:
    """Where Linux has the camera: "/dev/video0"."""
    return f"/dev/video{device}" if isinstance(device, int) else device


def why(device: int | str) -> str:
    """A sentence saying why the camera did not open, as far as the system lets one know."""
    if not sys.platform.startswith("linux"):
        return (
            "there is none of that number, another program is using it, or the system's privacy "
            "settings keep programs from the camera."
        )
    path = path_of(device)
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
