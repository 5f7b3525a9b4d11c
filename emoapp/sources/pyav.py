"""What the file and the stream share of PyAV: decoding past damage, pictures as ours."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from emoapp.colorimetry import FULL_RANGE, Colorimetry
from emoapp.images import BgrImage, Image
from emoapp.utils.libav import av
from emoapp.yuv import YuvImage

# Reading goes on behind damage, but not for ever where nothing but damage comes.
_MOST_ERRORS_IN_A_ROW = 100

_ROTATIONS = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}

_YUV = ("yuv420p", "yuvj420p")


def open_input(path: str | os.PathLike[str]) -> av.container.InputContainer:
    """Open a file to read; names in it that are no UTF-8 are no reason to refuse it."""
    return av.open(os.fspath(path), metadata_errors="replace")


def video_stream(container: av.container.InputContainer) -> av.video.stream.VideoStream | None:
    """The first stream of moving pictures; None where there is none (an album's cover is none)."""
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    return None


def decode(
    container: av.container.InputContainer,
    stream: av.video.stream.VideoStream,
    on_damage: Callable[[], None] = lambda: None,
) -> Iterator[av.VideoFrame]:
    """Every whole picture to the end; `on_damage` is called for each that is lost."""
    errors_in_a_row = 0
    while errors_in_a_row < _MOST_ERRORS_IN_A_ROW:
        try:
            for packet in container.demux(stream):
                errors_in_a_row = 0
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
            errors_in_a_row += 1
            on_damage()


def colorimetry_of(stream: av.video.stream.VideoStream) -> Colorimetry | None:
    """What the pixels of a stream mean; None where its pictures are best taken as BGR."""
    context = stream.codec_context
    said = Colorimetry(
        matrix=context.colorspace,
        primaries=context.color_primaries,
        transfer=context.color_trc,
        full_range=context.pix_fmt == "yuvj420p" or context.color_range == FULL_RANGE,
    )
    even = not (context.width % 2 or context.height % 2)
    return said if context.pix_fmt in _YUV and even and said.is_known else None


def to_image(
    frame: av.VideoFrame, size_wh: tuple[int, int], colorimetry: Colorimetry | None
) -> Image:
    """The picture, upright, in memory of its own.

    size_wh: (width, height) before it is turned, for a stream whose pictures change their size.
    colorimetry: what `colorimetry_of` gave.
    """
    if colorimetry is None:
        return BgrImage(to_bgr(frame, size_wh))
    if (frame.width, frame.height) != size_wh or frame.format.name not in _YUV:
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
    """The picture as uint8 (H, W, 3) BGR, upright.

    size_wh: (width, height) before it is turned, for a stream whose pictures change their size.
    """
    width, height = size_wh or (frame.width, frame.height)
    image = frame.to_ndarray(format="bgr24", width=width, height=height)
    rotation = _rotation(frame)
    return image if rotation is None else cv2.rotate(image, rotation)


def _rotation(frame: av.VideoFrame) -> int | None:
    """How OpenCV is to turn the picture; None for one that is upright."""
    return _ROTATIONS.get(round(frame.rotation) % 360)
