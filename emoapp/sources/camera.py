"""Capture frames from a camera with OpenCV."""

from __future__ import annotations

import errno
import glob
import os

import cv2
import numpy as np

from emoapp.errors import CameraError
from emoapp.platforms import clock
from emoapp.platforms.cameras import known_rate, opening, refusal_reason
from emoapp.sources.grabber import QUEUE_SIZE, LatestFrameGrabber
from emoapp.sources.live import LiveSource
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

DEFAULT_SIZE_WH, DEFAULT_FPS = (1280, 720), 30.0
"""Requested from a camera by default; it may deliver something close to it."""

STALL_TIMEOUT_S = 3.0
"""A camera that delivers no frame for this long, without an error, counts as broken."""

# Cameras take one or two seconds to wake up and adjust their exposure.
_FIRST_FRAME_TIMEOUT_S = 6.0

# How long the thread waits for a frame before it checks whether it should stop.
_POLL_TIMEOUT_S = 0.2

# Reads that fail one after the other until a camera counts as gone, and the pause before the next.
_MAX_FAILURES, _RETRY_PAUSE_S = 3, 0.05

_WHY_SILENT = "another program may be using it, or its lid is closed"

_ALTERNATIVES_HINT = (
    "Choose another camera with `--source N`, or see the program without one: `emoapp live --demo`."
)


def quiet_opencv() -> None:
    """Keep OpenCV's own warnings off stderr, unless the user asked for them.

    OpenCV writes two or three lines about its internals for each device that does not open; the
    user gets a CameraError instead.
    """
    if "OPENCV_LOG_LEVEL" not in os.environ:
        # OpenCV 4.13 moved this function.
        set_log_level = getattr(cv2, "setLogLevel", None) or cv2.utils.logging.setLogLevel
        set_log_level(0)  # 0: silent


class Camera(LiveSource):
    """Capture frames in a background thread; `read` returns the latest one.

    Args:
        device: A number, or on Linux a path such as "/dev/video2".
        size_wh: (width, height) in pixels to request; `self.size_wh` is what the camera delivers.
        fps: Frames per second to request.
        await_first: Wait for the first frame in the constructor, and raise if it does not come;
            otherwise the first `read` does.

    Raises:
        CameraError: The camera cannot be opened, is unplugged or stops delivering frames.
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
        self._capture = self._open(size_wh or DEFAULT_SIZE_WH, fps or DEFAULT_FPS)
        self.fps = known_rate(self._capture.get(cv2.CAP_PROP_FPS))
        self.size_wh = (
            int(self._capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            int(self._capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        )
        self._has_frames = False
        self.trouble = f"{self._title} gives no picture yet; {_WHY_SILENT}"
        self._grabber = LatestFrameGrabber(
            self._grab,
            release=self._capture.release,
            name=self.name,
            stall_s=STALL_TIMEOUT_S,
            stalled=self._stalled,
            first_s=_FIRST_FRAME_TIMEOUT_S,
            queue_size=QUEUE_SIZE,
        )
        self._grabber.start()
        if not await_first:
            return
        try:
            if self._grabber.peek(_FIRST_FRAME_TIMEOUT_S) is None:
                raise self._stalled()
        except BaseException:
            self.close()
            raise

    @property
    def _title(self) -> str:
        return self.name[0].upper() + self.name[1:]

    def _open(self, size_wh: tuple[int, int], fps: float) -> cv2.VideoCapture:
        for backend in opening().backends:
            capture = cv2.VideoCapture(self._device, getattr(cv2, backend))
            if capture.isOpened():
                self._backend = backend
                logger.info("%s by %s", self.name, backend)
                self._ask(capture, size_wh, fps)
                return capture
        reason = open_failure_reason(self._device)
        raise CameraError(f"{self._title} cannot be opened: {reason} {_ALTERNATIVES_HINT}")

    def _ask(self, capture: cv2.VideoCapture, size_wh: tuple[int, int], fps: float) -> None:
        """Ask an open camera for a size and a rate."""
        # Each call below makes some drivers restart (up to seconds each), so there are no others.
        asks_mjpg = self._backend in opening().mjpg
        # MJPG first: uncompressed, USB 2 carries 1280x720 at only 5 to 10 frames per second.
        if asks_mjpg:
            capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        sides = (cv2.CAP_PROP_FRAME_WIDTH, size_wh[0]), (cv2.CAP_PROP_FRAME_HEIGHT, size_wh[1])
        for which, length in sides:
            if asks_mjpg or capture.get(which) != length:
                capture.set(which, length)
        stated = known_rate(capture.get(cv2.CAP_PROP_FPS))
        if stated is None or abs(stated - fps) > 0.5:
            capture.set(cv2.CAP_PROP_FPS, fps)

    def _grab(self) -> tuple[np.ndarray, float] | None:
        failures = 0
        # A camera drops a frame now and then; one that is gone fails at once and every time. One
        # that wakes up, or that another program uses, opens and gives nothing: it is not gone.
        while failures < _MAX_FAILURES or (not self._has_frames and is_connected(self._device)):
            self._await_frame()
            if self._grabber.stopping:
                return None
            ok, image = self._capture.read()
            if ok:
                self._has_frames, self.size_wh = True, (image.shape[1], image.shape[0])
                self.trouble = f"{self._title} gives no picture"
                return image, clock.now()
            failures += 1
            if not self._has_frames:
                self._grabber.sleep(_RETRY_PAUSE_S)
        self.trouble = (
            f"{self._title} stopped giving pictures"
            if is_connected(self._device)
            else f"{self._title} was unplugged"
        )
        raise CameraError(
            f"{self._title} stopped giving pictures: was it unplugged? Plug it in and start again."
        )

    def _await_frame(self) -> None:
        """Wait until a frame is ready, something is wrong, or the grabber stops."""
        # Inside `read`, OpenCV waits 10 s for a silent camera, and nothing can end that.
        while self._backend == "CAP_V4L2" and not self._grabber.stopping:
            began = clock.now()
            try:
                timeout_ns = int(_POLL_TIMEOUT_S * 1e9)
                if cv2.VideoCapture.waitAny([self._capture], timeoutNs=timeout_ns)[0]:
                    self._grabber.arrives()
                    return
            except cv2.error:  # `read` then fails too
                return
            if clock.now() - began < _POLL_TIMEOUT_S / 2:  # not because of silence
                return

    def _stalled(self) -> CameraError:
        if not self._has_frames:
            return CameraError(
                f"{self._title} opened, but gave no picture within {_FIRST_FRAME_TIMEOUT_S:g} s. "
                f"{_WHY_SILENT.capitalize()}. {_ALTERNATIVES_HINT}"
            )
        return CameraError(
            f"{self._title} has given no picture for {STALL_TIMEOUT_S:g} s. "
            "Unplug it, plug it in and start again."
        )


def is_connected(device: int | str) -> bool:
    """Return False if the system says that the camera is gone.

    Args:
        device: A number or a path, as for `Camera`.
    """
    if not opening().says_loss:
        return True
    try:
        os.close(os.open(device_path(device), os.O_RDWR))
    except OSError as exc:
        return exc.errno not in (errno.ENODEV, errno.ENXIO, errno.ENOENT)
    return True


def device_path(device: int | str) -> str:
    """Return the path of a camera on Linux: "/dev/video0".

    Args:
        device: A number or a path, as for `Camera`.
    """
    return f"/dev/video{device}" if isinstance(device, int) else device


def open_failure_reason(device: int | str) -> str:
    """Return a sentence that says why a camera did not open, as far as the system tells.

    Args:
        device: A number or a path, as for `Camera`.
    """
    if not opening().says_loss:
        return refusal_reason()
    path = device_path(device)
    try:
        os.close(os.open(path, os.O_RDWR))
    except FileNotFoundError:
        others = ", ".join(sorted(glob.glob("/dev/video*")))
        return f"there is no {path}, only {others}." if others else f"there is no {path}."
    except PermissionError:
        return f"no right to use {path}. Add yourself to its group: `sudo usermod -aG video $USER`."
    except OSError as exc:
        if exc.errno == errno.EBUSY:
            return f"another program is using {path}. Close it."
        return f"{path}: {exc.strerror}."
    return f"{path} is there, but is no camera that gives pictures."
