"""Open sources of frames: cameras, video files, images and network streams."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.errors import SourceError, UsageError
from emoapp.sources.base import Source, Waiting
from emoapp.utils.addresses import redact_url
from emoapp.utils.files import ANNOTATED
from emoapp.utils.logs import get_logger

if TYPE_CHECKING:
    from emoapp.sources.live import LiveSource

__all__ = ["KINDS", "Source", "Waiting", "is_annotated", "kind_of", "open_source"]

IMAGE_SUFFIXES = frozenset(".jpg .jpeg .png .bmp .tif .tiff .webp .avif .heic .heif".split())

_NAME_PREFIX = "camera:"

# Each backend is imported when it is opened: OpenCV and PyAV take a fifth of a second each.


def _camera(
    spec: str, *, size_wh: tuple[int, int] | None, fps: float | None, reconnect: bool, **_: object
) -> Source:
    from emoapp.sources.camera import Camera
    from emoapp.sources.listing import find_camera

    def open_camera(**options: bool) -> LiveSource:
        device: int | str = int(spec) if spec.isdigit() else spec
        # The name is looked up each time: plugged in again, the camera may have another number.
        if spec.startswith(_NAME_PREFIX):
            device = find_camera(spec.removeprefix(_NAME_PREFIX))
        return Camera(device, size_wh=size_wh, fps=fps, **options)

    return _open_live(open_camera, reconnect)


def _stream(spec: str, *, reconnect: bool, **_: object) -> Source:
    from emoapp.sources.stream import Stream

    return _open_live(partial(Stream, spec), reconnect)


def _open_live(factory: Callable[..., LiveSource], reconnect: bool) -> Source:
    if not reconnect:
        return factory()
    from emoapp.sources.reconnecting import Reconnecting

    return Reconnecting(partial(factory, await_first=False))


def _images(spec: str, *, loop: bool, live: bool, **_: object) -> Source:
    from emoapp.sources.images import ImageFiles, list_images

    return _paced(ImageFiles(list_images(spec), name=spec, loop=loop), live)


def _video(spec: str, *, loop: bool, live: bool, **_: object) -> Source:
    from emoapp.sources.video_file import VideoFile

    return _paced(VideoFile(spec, loop=loop), live)


def _paced(source: Source, live: bool) -> Source:
    if not live:
        return source
    from emoapp.sources.paced import Paced

    return Paced(source)


logger = get_logger(__name__)

KINDS: dict[str, Callable[..., Source]] = {
    "camera": _camera,
    "stream": _stream,
    "images": _images,
    "video": _video,
}
"""Kind -> factory(spec, *, loop, live, size_wh, fps, reconnect)."""


def kind_of(spec: str | int | os.PathLike[str]) -> str:
    """Return the kind of source that a spec means, a key of `KINDS`.

    This looks at the disk but opens nothing.

    Args:
        spec: See `open_source`.
    """
    text = str(spec)
    path = Path(text)
    if re.fullmatch(rf"\d+|/dev/video\d+|{_NAME_PREFIX}.+", text):
        return "camera"
    if "://" in text:
        return "stream"
    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        return "images"
    if not path.exists() and glob.has_magic(text):
        return "images"
    return "video"


def is_annotated(path: str | os.PathLike[str]) -> bool | None:
    """Return whether emoapp wrote a video, according to its metadata.

    Args:
        path: The video file.

    Returns:
        None if the file cannot be read.
    """
    from emoapp.sources import pyav
    from emoapp.utils.libav import av

    try:
        with pyav.open_input(path) as container:
            comments = [v for k, v in container.metadata.items() if k.lower() == "comment"]
    except (av.error.FFmpegError, OSError):
        return None
    return any(comment.startswith(ANNOTATED) for comment in comments)


def open_source(
    spec: str | int | os.PathLike[str],
    *,
    loop: bool = False,
    live: bool = False,
    size_wh: tuple[int, int] | None = None,
    fps: float | None = None,
    reconnect: bool = False,
) -> Source:
    """Open a source of frames.

    Args:
        spec: A camera's number (0, "0"), "/dev/video0", or "camera:" and part of its name; a video
            file; an image, a folder or a glob pattern of images; an address (http, https, rtsp).
        loop: Start files again at their end. Cameras and streams do not end, so this has no effect
            on them.
        live: Play files in real time and keep only the latest frame, as a camera does. Cameras and
            streams always behave this way.
        size_wh: (width, height) in pixels to request from a camera.
        fps: Frames per second to request from a camera.
        reconnect: Reopen a camera or a stream that breaks off until it is back; meanwhile `read`
            returns Waiting about ten times a second. This has no effect on files.

    Raises:
        CameraError: The camera cannot be opened.
        SourceError: The source cannot be opened.
        UsageError: `size_wh` or `fps` is given for a source that is not a camera.
    """
    text = os.fspath(spec) if not isinstance(spec, int) else str(spec)
    if not text or text.startswith("-") and text[1:].isdigit():
        raise SourceError(
            f"{redact_url(text)!r} is no source: expected a camera's number, a file or an address."
        )
    kind = kind_of(text)
    if kind != "camera" and (size_wh is not None or fps is not None):
        raise UsageError(
            f"Only a camera can be asked for a size or a rate; {redact_url(text)} is no camera."
        )
    source = KINDS[kind](text, loop=loop, live=live, size_wh=size_wh, fps=fps, reconnect=reconnect)
    shown = redact_url(text)
    logger.info("%s %s: %s pixels, %s frames a second", kind, shown, source.size_wh, source.fps)
    return source
