"""Show the picture in a virtual camera, which any meeting program can choose."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from emoapp import platforms
from emoapp.config import OutputsConfig
from emoapp.errors import SinkError
from emoapp.images import Image
from emoapp.sinks.background import BackgroundSink, Report
from emoapp.sinks.outputs import OutputContext, Render
from emoapp.types import Result

ANY = "auto"
"""In place of a name: the first virtual camera that is there."""

DEFAULT_FPS = 30.0
"""Announced for a source that states no rate."""

REPEAT_S = 0.2
"""A picture that stands still is rendered anew so often: faces may be hidden meanwhile."""

OBS_HINT = (
    "Install OBS Studio 28 or later (https://obsproject.com), and start and stop its virtual "
    "camera once."
)


class Camera(Protocol):
    """A virtual camera that is open; see `V4l2Camera`."""

    name: str
    size_wh: tuple[int, int]

    def send(self, frame: np.ndarray) -> None:
        """Show a frame: uint8 (H * 3 / 2, W), I420, of `size_wh`."""

    def close(self) -> None:
        """Let it go."""


class PyvirtualcamCamera:
    """A virtual camera by the package pyvirtualcam, as on Windows and macOS.

    Args:
        name: What other programs call it; None for the first.
        size_wh: (width, height) in pixels.
        fps: Frames a second.

    Attributes:
        name, size_wh: See `Camera`.

    Raises:
        SinkError: There is none.
    """

    def __init__(self, name: str | None, size_wh: tuple[int, int], fps: float) -> None:
        import pyvirtualcam

        try:
            self._camera = pyvirtualcam.Camera(
                *size_wh, fps, fmt=pyvirtualcam.PixelFormat.I420, device=name
            )
        except RuntimeError as exc:
            reason = " ".join(str(exc).split())
            raise SinkError(
                f"--virtual-camera: there is no virtual camera that can be used ({reason}). "
                f"{OBS_HINT}"
            ) from exc
        self.name, self.size_wh = self._camera.device, size_wh

    def send(self, frame: np.ndarray) -> None:
        """Show a frame; see `Camera.send`."""
        try:
            self._camera.send(frame)
        except RuntimeError as exc:
            raise OSError(str(exc)) from exc

    def close(self) -> None:
        """Let the camera go."""
        self._camera.close()


class VirtualCameraOutput(BackgroundSink[Result]):
    """Show each result in a virtual camera. Pictures are rendered in a thread of its own.

    Pictures of another size than the camera's are fitted into it.

    Args:
        name: The camera's; None for the first.
        render: Returns the picture of a result; None for the plain frame.
        fps: Frames a second of the source; None where nothing says.
        size_wh: (width, height) of the camera in pixels; None to open it with the first result, in
            that one's size.
        report: See `BackgroundSink`.

    Raises:
        SinkError: See `open_camera`; by the first `write` without a size.
    """

    def __init__(
        self,
        name: str | None = None,
        *,
        render: Render | None = None,
        fps: float | None = None,
        size_wh: tuple[int, int] | None = None,
        report: Report | None = None,
    ) -> None:
        # Two: one is shown while the next one comes. More would only come later.
        super().__init__(
            "virtual camera",
            title="Virtual camera",
            report=report,
            queue_size=2,
            repeat_s=REPEAT_S,
        )
        self._name = name
        self._render = render or (lambda result: result.frame.pixels)
        self._fps = fps or DEFAULT_FPS
        self._camera: Camera | None = None
        if size_wh is not None:
            self._open(size_wh)

    def prepare(self, result: Result) -> Result:
        """Open the camera with the first result; see `BackgroundSink.prepare`."""
        if self._camera is None:
            self._open(result.frame.size_wh)
        return result

    def _open(self, size_wh: tuple[int, int]) -> None:
        self._camera = open_camera(self._name, even(size_wh), self._fps)
        self.start()

    def send(self, item: Result) -> None:
        """Render a result and show it."""
        assert self._camera is not None
        image = self._render(item)
        self._camera.send(i420(fitted(image, self._camera.size_wh)))

    def problem_of(self, error: OSError) -> str:
        """See `BackgroundSink.problem_of`."""
        name = self._camera.name if self._camera else ""
        return f"{name} takes no picture any more: {error.strerror or error}."

    def release(self) -> None:
        """Let the camera go; see `BackgroundSink.release`."""
        if self._camera is not None:
            self._camera.close()


def open_camera(name: str | None, size_wh: tuple[int, int], fps: float) -> Camera:
    """Open a virtual camera of this platform.

    Args:
        name: The camera's; None for the first.
        size_wh: (width, height) in pixels, even.
        fps: Frames a second.

    Raises:
        SinkError: There is none, or it can't be opened; the message says what to install.
    """
    if platforms.system() == "linux":
        from emoapp.sinks.v4l2_output import V4l2Camera

        return V4l2Camera(name, size_wh)
    return PyvirtualcamCamera(name, size_wh, fps)


def even(size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size within this one that I420 can have."""
    return max(2, size_wh[0] // 2 * 2), max(2, size_wh[1] // 2 * 2)


def fitted(image: Image, size_wh: tuple[int, int]) -> np.ndarray:
    """Return a picture in the middle of another size, with its aspect ratio kept.

    Args:
        image: The picture.
        size_wh: (width, height) in pixels.

    Returns:
        uint8 (h, w, 3), BGR, black where the picture is not.
    """
    if image.size_wh == size_wh:
        return image.bgr()
    bgr = image.bgr()
    if even(image.size_wh) == size_wh:
        return bgr[: size_wh[1], : size_wh[0]]
    scale = min(size_wh[0] / image.size_wh[0], size_wh[1] / image.size_wh[1])
    width, height = (max(1, round(side * scale)) for side in image.size_wh)
    left, top = (size_wh[0] - width) // 2, (size_wh[1] - height) // 2
    picture = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    picture[top : top + height, left : left + width] = cv2.resize(
        bgr, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    return picture


def i420(bgr: np.ndarray) -> np.ndarray:
    """Return a picture in I420, BT.601 in limited range, as meeting programs expect it.

    Args:
        bgr: uint8 (H, W, 3) with even H and W.

    Returns:
        uint8 (H * 3 / 2, W).
    """
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420)


def check_output(config: OutputsConfig) -> None:
    """Check that there is such a camera; see `OutputKind.check`."""
    if platforms.system() == "linux":
        from emoapp.sinks.v4l2_output import find_device

        find_device(_name_in(config))


def open_output(config: OutputsConfig, context: OutputContext) -> VirtualCameraOutput:
    """Open the output that a configuration asks for; see `OutputKind.open`."""
    return VirtualCameraOutput(
        _name_in(config),
        render=context.pictures.get(config.virtual_camera_picture),
        fps=context.fps,
        size_wh=context.size_wh,
        report=context.report,
    )


def _name_in(config: OutputsConfig) -> str | None:
    return None if config.virtual_camera == ANY else config.virtual_camera
