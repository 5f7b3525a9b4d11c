"""What the file and the stream share of PyAV: decoding past damage, pictures as BGR."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import cv2
import numpy as np

from emoapp.libav import av

# Reading goes on behind damage, but not for ever where nothing but damage comes.
_MOST_ERRORS_IN_A_ROW = 100

_TURNS = {
    90: cv2.ROTATE_90_COUNTERCLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_CLOCKWISE,
}


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


def to_bgr(frame: av.VideoFrame, size_wh: tuple[int, int] | None = None) -> np.ndarray:
    """The picture as uint8 (H, W, 3) BGR, upright.

    size_wh: (width, height) before it is turned, for a stream whose pictures change their size.
    """
    width, height = size_wh or (frame.width, frame.height)
    image = frame.to_ndarray(format="bgr24", width=width, height=height)
    turn = _TURNS.get(round(frame.rotation) % 360)
    return image if turn is None else cv2.rotate(image, turn)
