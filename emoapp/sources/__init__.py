"""Where frames come from: cameras, video files, pictures, network streams."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable
from pathlib import Path

from emoapp.errors import SourceError, UsageError
from emoapp.sources.base import Source

__all__ = ["KINDS", "Source", "kind_of", "open_source"]

IMAGE_SUFFIXES = frozenset(".jpg .jpeg .png .bmp .tif .tiff .webp".split())

# Each backend is imported when it is opened: OpenCV and PyAV take a fifth of a second each.


def _camera(spec: str, *, size_wh: tuple[int, int] | None, fps: float | None, **_) -> Source:
    from emoapp.sources.camera import Camera

    return Camera(int(spec) if spec.isdigit() else spec, size_wh=size_wh, fps=fps)


def _stream(spec: str, **_) -> Source:
    from emoapp.sources.stream import Stream

    return Stream(spec)


def _images(spec: str, *, loop: bool, live: bool, **_) -> Source:
    from emoapp.sources.images import ImageFiles, list_images

    return _at_pace(ImageFiles(list_images(spec), name=spec, loop=loop), live)


def _video(spec: str, *, loop: bool, live: bool, **_) -> Source:
    from emoapp.sources.video_file import VideoFile

    return _at_pace(VideoFile(spec, loop=loop), live)


def _at_pace(source: Source, live: bool) -> Source:
    if not live:
        return source
    from emoapp.sources.paced import Paced

    return Paced(source)


KINDS: dict[str, Callable[..., Source]] = {
    "camera": _camera,
    "stream": _stream,
    "images": _images,
    "video": _video,
}
"""Kind -> factory(spec, *, loop, live, size_wh, fps)."""


def kind_of(spec: str | int | os.PathLike[str]) -> str:
    """Which of `KINDS` a spec means. Looks at the disk, but opens nothing."""
    text = str(spec)
    path = Path(text)
    if text.isdigit() or re.fullmatch(r"/dev/video\d+", text):
        return "camera"
    if "://" in text:
        return "stream"
    if path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES:
        return "images"
    if not path.exists() and glob.has_magic(text):
        return "images"
    return "video"


def open_source(
    spec: str | int | os.PathLike[str],
    *,
    loop: bool = False,
    live: bool = False,
    size_wh: tuple[int, int] | None = None,
    fps: float | None = None,
) -> Source:
    """Open a source of frames.

    spec: a camera's number (0, "0") or "/dev/video0"; a video file; a picture, a folder or a glob
        pattern of pictures; an address (http, https, rtsp).
    loop: files begin again at the end. Cameras and streams don't end, so it changes nothing there.
    live: files play in real time, and the newest frame wins, as with a camera; cameras and streams
        do so anyway.
    size_wh, fps: (width, height) in pixels and frames a second to ask a camera for.

    Raises CameraError or SourceError where it can't be opened; UsageError where `size_wh` or `fps`
    is given for something that is no camera.
    """
    text = os.fspath(spec) if not isinstance(spec, int) else str(spec)
    if not text or text.startswith("-") and text[1:].isdigit():
        raise SourceError(
            f"{text!r} is no source: expected a camera's number, a file or an address."
        )
    kind = kind_of(text)
    if kind != "camera" and (size_wh is not None or fps is not None):
        raise UsageError(f"Only a camera can be asked for a size or a rate; {text} is no camera.")
    return KINDS[kind](text, loop=loop, live=live, size_wh=size_wh, fps=fps)
