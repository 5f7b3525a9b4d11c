"""Extract images from the video of a log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from emoapp.errors import EmoappError, SourceError
from emoapp.report.reading import Log
from emoapp.sources import open_source, pyav
from emoapp.types import Box
from emoapp.utils.libav import av

TIME_TOLERANCE_S = 2e-3
"""Logs count microseconds, video files their own ticks."""

SEEK_MARGINS_S = (0.0, 2.0, 10.0)
"""Seeks go this much before the wanted time: some files mark keyframes that cannot be decoded."""

JPEG_QUALITY = 85


def find_video(log: Log, given: Path | None) -> Path | None:
    """Find the video of a log.

    Args:
        log: The log.
        given: Path of the video; None for the one that the log names, relative to the current
            folder or beside the log.

    Returns:
        The video, or None if the log's video is not found.

    Raises:
        SourceError: `given` does not exist.
    """
    if given is not None:
        if not given.exists():
            raise SourceError(f"There is no file {given}. Check the name and the folder.")
        return given
    if not log.source:
        return None
    named = Path(log.source)
    for path in (named, log.path.parent / named, log.path.parent / named.name):
        if path.is_file() or path.is_dir():
            return path
    return None


def frames_at(path: Path, wanted: Mapping[int, float]) -> Iterator[tuple[int, np.ndarray]]:
    """Decode single frames of a video, in no certain order; missing ones are left out.

    Args:
        path: The video, or a folder of images.
        wanted: Number of each frame -> its time in seconds since the first frame.

    Yields:
        The number and the upright image, uint8 (H, W, 3) BGR.

    Raises:
        SourceError: The video cannot be read.
    """
    left = dict(wanted)
    if path.is_file():
        for number, image in _seek(path, wanted):
            del left[number]
            yield number, image
    if not left:
        return
    # Folders of images, and files without times: decode all frames up to the last wanted one.
    with open_source(path) as source:
        for frame in source:
            if frame.index in left:
                del left[frame.index]
                yield frame.index, frame.image
            if not left:
                return


def _seek(path: Path, wanted: Mapping[int, float]) -> Iterator[tuple[int, np.ndarray]]:
    try:
        with pyav.open_input(path) as container:
            stream = pyav.video_stream(container)
            if stream is None:
                return
            stream.thread_type = "AUTO"
            first = next(pyav.decode(container, stream), None)
            if first is None or first.time is None:
                return
            size_wh = pyav.square_size(stream, (first.width, first.height))
            for number, t in sorted(wanted.items()):
                picture = _decode_at(container, stream, first.time + t)
                if picture is not None:
                    yield number, pyav.to_bgr(picture, size_wh)
    except av.error.FFmpegError as exc:
        raise SourceError(f"{path} cannot be read: {exc.strerror or exc}.") from exc


def _decode_at(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, t: float
) -> av.VideoFrame | None:
    """Return the frame at `t` seconds on the file's own clock, or None."""
    if stream.time_base is None:
        return None
    for margin_s in SEEK_MARGINS_S:
        try:
            container.seek(round((t - margin_s) / stream.time_base), stream=stream)
        except av.error.FFmpegError:  # the file cannot be searched
            return None
        best: av.VideoFrame | None = None
        best_s, began_behind = 0.0, True
        for picture in pyav.decode(container, stream):
            if picture.time is None:
                return None
            if best is None or abs(picture.time - t) < abs(best_s - t):
                best, best_s = picture, picture.time
            if picture.time > t:
                break
            began_behind = False
        if best is not None and abs(best_s - t) <= TIME_TOLERANCE_S:
            return best
        if not began_behind:
            return None
    return None


def face_jpeg(image: np.ndarray, box: Box, *, around: float, size_wh: tuple[int, int]) -> bytes:
    """Cut out a face with its surroundings as a JPEG file.

    Args:
        image: uint8 (H, W, 3), BGR.
        box: The face, in pixels of the image.
        around: Height of the cutout as a multiple of the box's height.
        size_wh: Maximum (width, height) of the result, and its aspect ratio if the image allows.

    Raises:
        SourceError: The box lies outside of the image, so the log is of another video.
    """
    height, width = image.shape[:2]
    high = min(around * box.height, height)
    wide = min(high * size_wh[0] / size_wh[1], width)
    x, y = box.center
    if not (0 <= x <= width and 0 <= y <= height):
        raise SourceError("The faces of the log lie outside of the picture.")
    left = int(np.clip(x - wide / 2, 0, width - wide))
    top = int(np.clip(y - high / 2, 0, height - high))
    cut = image[top : top + max(1, round(high)), left : left + max(1, round(wide))]
    scale = min(1.0, size_wh[0] / cut.shape[1], size_wh[1] / cut.shape[0])
    if scale < 1:
        cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", cut, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def faces_as_jpeg(
    path: Path, faces: pd.DataFrame, *, around: float, size_wh: tuple[int, int]
) -> tuple[dict[int, bytes], str | None]:
    """Cut out faces of a video as JPEG files.

    Args:
        path: The video.
        faces: Rows of `Log.faces` with the columns frame, t (since the first frame) and the box.
        around: See `face_jpeg`.
        size_wh: See `face_jpeg`.

    Returns:
        The images by the index of `faces`, and a note if some are missing, else None.
    """
    wanted = dict(zip(faces["frame"], faces["t"], strict=True))
    pictures: dict[int, bytes] = {}
    try:
        for number, image in frames_at(path, wanted):
            for row in faces[faces["frame"] == number].itertuples():
                box = Box(row.x0, row.y0, row.x1, row.y1)
                pictures[row.Index] = face_jpeg(image, box, around=around, size_wh=size_wh)
    except EmoappError as exc:
        return pictures, f"pictures are missing: {exc}"
    if len(pictures) < len(faces):
        return pictures, f"{path} is too short or another video: not all pictures were found in it"
    return pictures, None
