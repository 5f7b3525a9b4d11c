"""Decode video with PyAV past damaged frames, and convert the frames to images."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from emoapp.colorimetry import FULL_RANGE, Colorimetry
from emoapp.images import BgrImage, Image
from emoapp.utils.libav import av
from emoapp.yuv import YuvImage

# Reading continues after damage, but not forever if nothing else comes.
_MAX_CONSECUTIVE_ERRORS = 100

_ROTATIONS = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}

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


def to_image(
    frame: av.VideoFrame, size_wh: tuple[int, int], colorimetry: Colorimetry | None
) -> Image:
    """Return a frame as an upright image in memory of its own.

    Args:
        frame: The decoded frame.
        size_wh: (width, height) in pixels before rotation, for streams whose frames change size.
        colorimetry: What `colorimetry_of` returned.
    """
    if colorimetry is None:
        return BgrImage(to_bgr(frame, size_wh))
    if (frame.width, frame.height) != size_wh or frame.format.name not in _YUV_FORMATS:
        frame = frame.reformat(*size_wh, "yuv420p")
    image = YuvImage(frame.to_ndarray(), colorimetry)
    rotation = _rotation(frame)
    if rotation is None:
        return image
    width, height = size_wh if rotation == cv2.ROTATE_180 else size_wh[::-1]
    turned = YuvImage(np.empty((height * 3 // 2, width), np.uint8), colorimetry)
    for plane, target in zip(image.planes, turned.planes, strict=True):
        cv2.rotate(plane, rotation, target)
    return turned


def to_bgr(frame: av.VideoFrame, size_wh: tuple[int, int] | None = None) -> np.ndarray:
    """Return a frame as an upright array.

    Args:
        frame: The decoded frame.
        size_wh: (width, height) in pixels before rotation, for streams whose frames change size;
            None for the frame's own.

    Returns:
        uint8 (H, W, 3), BGR.
    """
    width, height = size_wh or (frame.width, frame.height)
    image = frame.to_ndarray(format="bgr24", width=width, height=height)
    rotation = _rotation(frame)
    return image if rotation is None else cv2.rotate(image, rotation)


def _rotation(frame: av.VideoFrame) -> int | None:
    """Return OpenCV's code for the rotation that a frame needs; None if it is upright."""
    return _ROTATIONS.get(round(frame.rotation) % 360)
