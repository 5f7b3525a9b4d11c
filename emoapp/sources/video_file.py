"""Read every frame of a video file, in order, with the file's own timestamps."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from emoapp.errors import SourceError
from emoapp.sources import pyav
from emoapp.sources.base import Source
from emoapp.types import Frame
from emoapp.utils.libav import av
from emoapp.utils.prefetch import Prefetcher

# Enough for decoding and the rest to overlap; each holds a whole frame (2.8 MB at 1280x720).
_PREFETCH_DEPTH = 4

_FALLBACK_FPS = 25.0

_TIME = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")


class VideoFile(Source):
    """Decode a video file in a background thread, a few frames ahead; drop nothing.

    Times are the file's, exact to the microsecond and uneven if the file's are; the first is 0.
    Pictures are turned or mirrored as the file says, and pixels become square. Damaged frames are
    left out and counted.

    Args:
        path: The file.
        loop: Start again after the last frame, endlessly; times and indices continue.

    Attributes:
        damaged: Number of frames left out so far because they could not be decoded.
        start_s: When the first frame is shown, in seconds since the file's beginning; sound may
            start before it.
        stated_s: How long the picture lasts by what the file says, seconds; None if it does not.

    Raises:
        SourceError: The file cannot be opened or holds no frame; the message names it.
    """

    def __init__(self, path: str | os.PathLike[str], *, loop: bool = False) -> None:
        self.name = os.fspath(path)
        self._loop = loop
        self.damaged = 0
        self.start_s = 0.0
        self._container, self._stream = self._open()
        self.colorimetry = pyav.colorimetry_of(self._stream)
        rate = self._stream.average_rate or self._stream.guessed_rate
        self.fps = float(rate) if rate else None
        self.stated_s = self._stated_seconds()
        self._read_s: float | None = None
        # As the file states it or its duration suggests; damage makes it fewer.
        self.frame_count = None if loop else self._stated_count()
        self._frames = Prefetcher(
            self._decode_and_close(), depth=_PREFETCH_DEPTH, name=f"decode {self.name}"
        )
        try:
            # A file that only looks like a video is refused here.
            self._first: Frame | None = self._frames.next()
            if self._first is None:
                raise SourceError(
                    f"{self.name} holds no picture that can be decoded; "
                    "the file is damaged or was cut off."
                )
        except BaseException:
            self.close()
            raise

    @property
    def lost_s(self) -> float:
        """Seconds that are missing at the end, once all was read; 0 where nothing is known."""
        if self._read_s is None or self.stated_s is None:
            return 0.0
        return max(0.0, self.stated_s - self._read_s)

    def read(self) -> Frame | None:
        """Return the next frame; None at the end."""
        if self._first is not None:
            frame, self._first = self._first, None
            return frame
        return self._frames.next()

    def close(self) -> None:
        """Stop decoding and close the file; may be called twice."""
        self._first = None
        self._frames.close()

    def _open(self) -> tuple[av.container.InputContainer, av.video.stream.VideoStream]:
        path = Path(self.name)
        if not path.exists():
            raise SourceError(f"There is no file {self.name}. Check the name and the folder.")
        if path.is_file() and path.stat().st_size == 0:
            raise SourceError(f"{self.name} is empty (0 bytes).")
        try:
            container = pyav.open_input(self.name)
        except (av.error.InvalidDataError, av.error.EOFError) as exc:
            raise SourceError(
                f"{self.name} is not a video that can be read, or its end is missing. Try to "
                "play it in another program; `ffmpeg -i FILE out.mp4` may repair it."
            ) from exc
        except (av.error.FFmpegError, OSError) as exc:
            raise SourceError(f"{self.name} cannot be opened: {exc.strerror or exc}.") from exc
        stream = pyav.video_stream(container)
        if stream is None:
            container.close()
            raise SourceError(f"{self.name} has no picture, only sound or other data.")
        if stream.codec_context is None:
            container.close()
            raise SourceError(
                f"{self.name} is coded in a way that cannot be decoded here. Try to play it in "
                "another program; `ffmpeg -i FILE out.mp4` may convert it."
            )
        # All cores: 3.4 ms per frame against 7.1 in one thread, measured at 1280x720 on two.
        stream.thread_type = "AUTO"
        return container, stream

    def _stated_seconds(self) -> float | None:
        """Return the picture's duration: that of the file may be the sound's."""
        whole_s = (self._container.duration or 0) / av.time_base
        # Matroska states the end and not the duration, and its parts need not begin at 0.
        began_s = self._file_start_s() if "matroska" in self._container.format.name else 0.0
        found = []
        if self._stream.duration and self._stream.time_base:
            found.append(float(self._stream.duration * self._stream.time_base))
        if tag := _TIME.fullmatch(self._stream.metadata.get("DURATION", "")):  # of Matroska
            hours, minutes, seconds = map(float, tag.groups())
            found.append(hours * 3600 + minutes * 60 + seconds - began_s)
        if whole_s and (found or len(self._container.streams) == 1):
            found.append(whole_s - began_s)  # less where an edit list hides frames
        return min(found, default=None)

    def _stated_count(self) -> int | None:
        known = self.stated_s or (self._container.duration or 0) / av.time_base
        counts = [self._stream.frames, round(known * (self.fps or 0))]
        return min((count for count in counts if count), default=None)

    def _decode_and_close(self) -> Iterator[Frame]:
        """Yield the frames, in the decode thread; close the file at the end."""
        try:
            yield from self._decode()
        except av.error.FFmpegError as exc:
            raise SourceError(
                f"{self.name} cannot be read further: {exc.strerror or exc}."
            ) from exc
        finally:
            self._container.close()

    def _decode(self) -> Iterator[Frame]:
        step = 1 / (self.fps or _FALLBACK_FPS)
        time_base = self._stream.time_base or Fraction(1, av.time_base)
        index, t, size_wh = 0, -step, None
        while True:
            first_pts: int | None = None
            began, frames_in_pass = t + step, 0
            for picture in pyav.decode(self._container, self._stream, self._count_damage):
                pts, stated = picture.pts, None
                if pts is not None:
                    if first_pts is None:
                        first_pts = pts
                        if index == 0:
                            self.start_s = float(pts * time_base) - self._file_start_s()
                    stated = began + float((pts - first_pts) * time_base)
                # Files without timestamps, or with ones that run backwards, keep an even pace.
                t = t + step if stated is None or (index and stated <= t) else stated
                if size_wh is None:
                    size_wh = pyav.square_size(self._stream, (picture.width, picture.height))
                frame = Frame(pyav.to_image(picture, size_wh, self.colorimetry), index, t)
                if index == 0:
                    self.size_wh = frame.size_wh
                yield frame
                index += 1
                frames_in_pass += 1
            if not frames_in_pass:
                return
            if not self._loop:
                last_s = max(step, float((picture.duration or 0) * time_base))
                self._read_s = self.start_s + t + last_s
                return
            self._container.seek(0)

    def _file_start_s(self) -> float:
        return (self._container.start_time or 0) / av.time_base

    def _count_damage(self) -> None:
        self.damaged += 1
