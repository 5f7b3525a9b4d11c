"""Decode video with PyAV past damaged frames, and convert the frames to images."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np

from emoapp.colorimetry import FULL_RANGE, Colorimetry
from emoapp.images import BgrImage, Image
from emoapp.utils.libav import av
from emoapp.yuv import YuvImage

# Reading continues after damage, but not forever if nothing else comes.
_MAX_CONSECUTIVE_ERRORS = 100

_ROTATIONS = {
    1: cv2.ROTATE_90_CLOCKWISE,
    2: cv2.ROTATE_180,
    3: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
"""Quarter turns clockwise -> OpenCV's code."""

_MAX_PIXEL_ASPECT = 4.0
"""Files that state more are wrong."""

_MIN_STRETCH = 0.01
"""Pixels that are as square as that are left alone."""

_YUV_FORMATS = ("yuv420p", "yuvj420p")


def open_input(path: str | os.PathLike[str]) -> av.container.InputContainer:
    """Open a file for reading, even if the metadata in it are not UTF-8.

    Args:
        path: The file.
    """
    return av.open(os.fspath(path), metadata_errors="replace")


def video_stream(container: av.container.InputContainer) -> av.video.stream.VideoStream | None:
    """Return the first video stream; None if there is none (an album cover does not count).

    Args:
        container: The opened file or address.
    """
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def decode(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    on_damage: Callable[[], None] = lambda: None,
) -> Iterator[av.VideoFrame]:
    """Decode all intact frames.

    Args:
        container: The opened file or address.
        stream: Its video stream.
        on_damage: Called for each frame that is lost.

    Yields:
        The frames, in order.
    """
    consecutive_errors = 0
    while consecutive_errors < _MAX_CONSECUTIVE_ERRORS:
        try:
            for packet in container.demux(stream):
                consecutive_errors = 0
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    on_damage()
                    continue
                for frame in frames:
                    if frame.is_corrupt:
                        on_damage()
                    else:
                        yield frame
            return
        except av.error.InvalidDataError:  # between the packets
            consecutive_errors += 1
            on_damage()


def colorimetry_of(stream: av.video.stream.VideoStream) -> Colorimetry | None:
    """Return the meaning of a stream's pixels; None if its frames are best converted to BGR.

    Args:
        stream: A video stream.
    """
    context = stream.codec_context
    said = Colorimetry(
        matrix=context.colorspace,
        primaries=context.color_primaries,
        transfer=context.color_trc,
        full_range=context.pix_fmt == "yuvj420p" or context.color_range == FULL_RANGE,
    )
    even = not (context.width % 2 or context.height % 2)
    return said if context.pix_fmt in _YUV_FORMATS and even and said.is_known else None


def square_size(stream: av.video.stream.VideoStream, size_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the size of a stream's frames in square pixels, so that faces are not squeezed.

    Recordings from camcorders and discs state how much wider than high their pixels are.

    Args:
        stream: A video stream.
        size_wh: (width, height) of its frames.

    Returns:
        (width, height), neither smaller; even where one is changed.
    """
    ratio = float(stream.sample_aspect_ratio or 1)
    if not 1 / _MAX_PIXEL_ASPECT <= ratio <= _MAX_PIXEL_ASPECT or abs(ratio - 1) < _MIN_STRETCH:
        return size_wh
    width, height = size_wh
    return (
        (round(width * ratio / 2) * 2, height)
        if ratio > 1
        else (width, round(height / ratio / 2) * 2)
    )


def to_image(
    frame: av.VideoFrame, size_wh: tuple[int, int], colorimetry: Colorimetry | None
) -> Image:
    """Return a frame as an upright image in memory of its own.

    Args:
        frame: The decoded frame.
        size_wh: (width, height) in pixels before rotation, from `square_size`; streams may change
            the size of their frames.
        colorimetry: What `colorimetry_of` returned.
    """
    if colorimetry is None:
        return BgrImage(to_bgr(frame, size_wh))
    turn = _turn_of(frame)
    known = frame.format.name in _YUV_FORMATS
    if (frame.width, frame.height) != size_wh or not known:
        frame = frame.reformat(*size_wh, frame.format.name if known else "yuv420p")
    image = YuvImage(frame.to_ndarray(), colorimetry)
    if turn == _UPRIGHT:
        return image
    width, height = size_wh[::-1] if turn.quarters % 2 else size_wh
    turned = YuvImage(np.empty((height * 3 // 2, width), np.uint8), colorimetry)
    for plane, target in zip(image.planes, turned.planes, strict=True):
        target[...] = turn.applied_to(plane)
    return turned


def to_bgr(frame: av.VideoFrame, size_wh: tuple[int, int] | None = None) -> np.ndarray:
    """Return a frame as an upright array.

    Args:
        frame: The decoded frame.
        size_wh: (width, height) in pixels before rotation, from `square_size`; None for the
            frame's own.

    Returns:
        uint8 (H, W, 3), BGR.
    """
    width, height = size_wh or (frame.width, frame.height)
    image = frame.to_ndarray(format="bgr24", width=width, height=height)
    return _turn_of(frame).applied_to(image)


class _Turn(NamedTuple):
    """How a frame is made upright.

    Attributes:
        mirrored: Whether left and right are exchanged first.
        quarters: Quarter turns clockwise after that, 0 to 3.
    """

    mirrored: bool
    quarters: int

    def applied_to(self, image: np.ndarray) -> np.ndarray:
        """Return an image upright; itself where it is."""
        if self.mirrored:
            image = cv2.flip(image, 1)
        return cv2.rotate(image, _ROTATIONS[self.quarters]) if self.quarters else image


_UPRIGHT = _Turn(mirrored=False, quarters=0)


def _turn_of(frame: av.VideoFrame) -> _Turn:
    """Return what a frame's display matrix asks for (ISO 14496-12, track header box)."""
    side_data: Any = frame.side_data.get("DISPLAYMATRIX")
    if side_data is None:
        return _UPRIGHT
    # Where the axes to the right and downwards go, each as (right, down), in 1/65536.
    right, down = np.frombuffer(side_data, np.int32, 9).reshape(3, 3)[:2, :2] / 65536
    mirrored = bool(right[0] * down[1] - right[1] * down[0] < 0)
    angle = math.degrees(math.atan2(right[1], right[0])) - (180 if mirrored else 0)
    return _Turn(mirrored, round(angle / 90) % 4)
