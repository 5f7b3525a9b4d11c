"""Pictures out of the video that a log is of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from emoapp.errors import EmoappError, SourceError
from emoapp.report.reading import Log
from emoapp.sources import open_source, pyav
from emoapp.types import Box
from emoapp.utils.libav import av

SAME_S = 2e-3
"""Logs have microseconds, files their own ticks."""
EARLIER_S = (0.0, 2.0, 10.0)
"""Some files say of a picture that decoding can begin there, and it can't."""

JPEG_QUALITY = 85


def find_video(log: Log, given: Path | None) -> Path | None:
    """The video of a log: `given`, or what the log names, from here or beside the log.

    Raises SourceError where `given` is not there.
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
    """Pictures of a video, upright, in no certain order; what is not there is left out.

    wanted: number of the frame -> its seconds since the first.

    Yields (number, uint8 (H, W, 3) BGR). Raises SourceError.
    """
    left = dict(wanted)
    if path.is_file():
        for number, image in _seek(path, wanted):
            del left[number]
            yield number, image
    if not left:
        return
    # Pictures in a folder, and files without times: all of them, to the last that is wanted.
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
            if first is None or first.pts is None:
                return
            size_wh = first.width, first.height
            for number, t in sorted(wanted.items()):
                picture = _decode_at(container, stream, first.time + t)
                if picture is not None:
                    yield number, pyav.to_bgr(picture, size_wh)
    except av.error.FFmpegError as exc:
        raise SourceError(f"{path} cannot be read: {exc.strerror or exc}.") from exc


def _decode_at(
    container: av.container.InputContainer, stream: av.video.stream.VideoStream, t: float
) -> av.VideoFrame | None:
    """The picture at `t` seconds of the file's own time."""
    for earlier in EARLIER_S:
        try:
            container.seek(round((t - earlier) / stream.time_base), stream=stream)
        except av.error.FFmpegError:  # no way back in this file
            return None
        best, began_behind = None, True
        for picture in pyav.decode(container, stream):
            if picture.pts is None:
                return None
            if best is None or abs(picture.time - t) < abs(best.time - t):
                best = picture
            if picture.time > t:
                break
            began_behind = False
        if best is not None and abs(best.time - t) <= SAME_S:
            return best
        if not began_behind:
            return None
    return None


def face_jpeg(image: np.ndarray, box: Box, *, around: float, size_wh: tuple[int, int]) -> bytes:
    """A face with what is around it, as a JPEG file.

    image: uint8 (H, W, 3), BGR.
    around: height of the cut in heights of the face's box.
    size_wh: (width, height) of the result at most; it keeps that shape where the picture allows.

    Raises SourceError where the box lies outside of the picture: it is another video's.
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
    path: Path, faces, *, around: float, size_wh: tuple[int, int]
) -> tuple[dict[int, bytes], str | None]:
    """The pictures of rows of `Log.faces`, and what to say if some are missing.

    faces: rows with frame, t and the box; their index names them in the result.
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
