"""Writes the annotated pictures as an H.264 video."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from fractions import Fraction

import av
import numpy as np
from av.video.reformatter import Colorspace

from emoapp.errors import SinkError
from emoapp.sinks.base import Sink
from emoapp.sinks.files import cannot_write, check_target
from emoapp.types import Result, check_image

SUFFIXES = (".mp4", ".mov", ".mkv")
"""What a recording may be called."""

# Divides evenly by every usual frame rate, and by most to within a hundredth of a millisecond.
_TIME_BASE = Fraction(1, 90_000)

# Each holds a whole picture (2.8 MB at 1280x720); enough to bridge an encoder's slow moment.
_WAITING = 8

# Waiting is cut into slices: on Windows a longer wait could not be interrupted by Ctrl-C.
_SLICE_S = 0.1

_BT709 = 1  # the number of the colour standard in H.264's own table

# SWS_BICUBIC | SWS_ACCURATE_RND: ffmpeg's quick conversion rounds down, which makes greys darker
# and greenish by 1 to 3 of 255. Costs 1 ms at 1280x720, in the encode thread.
_ROUNDED = 0x4 | 0x40000


class VideoRecorder(Sink):
    """Encodes in a thread behind a short queue; `write` waits where the encoder can't keep up.

    Each picture keeps its frame's time, counted from the first one written, so uneven sources
    stay uneven and nothing drifts. Until `close` the file has a name of its own, "NAME.part.mp4",
    and is gone again if it could not be finished or no picture came.

    path: ends with one of `SUFFIXES`.
    fps: frames a second, as the source states them; only how long the last one stands.
    size_wh: (width, height) of the pictures in pixels. H.264 wants even numbers, so of an odd size
        the last column or row is left out.
    crf: quality, 0 (best) to 51; 18 to 24 look good.
    preset: x264's trade of time for size.

    Raises SinkError: the file exists and `overwrite` is False, no folder, no rights, disk full, a
    picture of another size.
    """

    wants_picture = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fps: float,
        size_wh: tuple[int, int],
        overwrite: bool = False,
        crf: int = 20,
        preset: str = "veryfast",
    ) -> None:
        self.path = check_target(path, overwrite=overwrite)
        if self.path.suffix.lower() not in SUFFIXES:
            raise SinkError(f"The recording {path} must end with {', '.join(SUFFIXES)}.")
        self._size_wh = size_wh
        self._step = max(1, round(1 / (fps * _TIME_BASE)))
        self._part = self.path.with_suffix(".part" + self.path.suffix)
        try:
            self._container = av.open(os.fspath(self._part), "w")
            # bf 0: with pictures out of order, mp4 gets the length of unevenly timed videos wrong
            # (measured: 0.64 s for 1.04 s), and players leave out the end.
            options = {"crf": str(crf), "preset": preset, "bf": "0"}
            self._stream = self._add_stream(fps, size_wh, options)
            self._container.start_encoding()
        except av.error.FFmpegError as exc:
            raise cannot_write(self.path, exc) from exc
        self.frames = 0
        """Pictures taken so far."""
        self.start_t: float | None = None
        """The source's time of the first picture, seconds; the recording's time 0."""
        self._last_pts = -1
        self._error: BaseException | None = None
        self._closed = False
        self._finish = threading.Event()
        self._queue: queue.Queue[av.VideoFrame] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name=f"encode {path}", daemon=True)
        self._thread.start()

    def write(self, result: Result, picture: np.ndarray | None) -> None:
        if self._closed:
            raise SinkError(f"The recording {self.path} is closed already.")
        check_image(picture, "picture")
        height, width = picture.shape[:2]
        if (width, height) != self._size_wh:
            expected = "x".join(map(str, self._size_wh))
            raise SinkError(
                f"{self.path} is {expected} pixels; a picture came with {width}x{height}."
            )
        # This copies the pixels, so the caller may draw on `picture` again.
        frame = av.VideoFrame.from_ndarray(picture[: height & ~1, : width & ~1], format="bgr24")
        if self.start_t is None:
            self.start_t = result.frame.t
        frame.pts = max(round((result.frame.t - self.start_t) / _TIME_BASE), self._last_pts + 1)
        frame.time_base = _TIME_BASE
        self._put(frame)
        self._last_pts = frame.pts
        self.frames += 1

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._finish.set()
        self._thread.join()
        if self._error is not None or not self.frames:
            self._part.unlink(missing_ok=True)
        self._raise_error()
        if self.frames:
            try:
                self._part.replace(self.path)
            except OSError as exc:
                raise cannot_write(self.path, exc) from exc

    def _add_stream(self, fps: float, size_wh: tuple[int, int], options: dict[str, str]):
        rate = Fraction(fps).limit_denominator(1001)
        stream = self._container.add_stream("libx264", rate=rate, options=options)
        stream.width, stream.height = (side & ~1 for side in size_wh)
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = _TIME_BASE
        # Players take large pictures without a label for BT.709 and small ones for BT.601; with
        # one, the colours are right everywhere.
        context = stream.codec_context
        context.colorspace = context.color_primaries = context.color_trc = _BT709
        context.color_range = 1  # 16 to 235, as video has it
        return stream

    def _put(self, frame: av.VideoFrame) -> None:
        while True:
            self._raise_error()
            try:
                return self._queue.put(frame, timeout=_SLICE_S)
            except queue.Full:
                continue

    def _taken(self) -> Iterator[av.VideoFrame]:
        """What `write` put in, until `close` was called and all is taken."""
        while True:
            # Asked before the queue is: what was written before `close` is then in it.
            last_round = self._finish.is_set()
            try:
                yield self._queue.get(timeout=_SLICE_S, block=not last_round)
            except queue.Empty:
                if last_round:
                    return

    def _raise_error(self) -> None:
        if isinstance(self._error, OSError):  # as all of ffmpeg's are
            raise cannot_write(self.path, self._error) from self._error
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        """The encode thread."""
        try:
            try:
                for frame in self._taken():
                    frame = frame.reformat(
                        format="yuv420p", dst_colorspace=Colorspace.ITU709, interpolation=_ROUNDED
                    )
                    frame.duration = self._step
                    self._container.mux(self._stream.encode(frame))
                self._container.mux(self._stream.encode())
            finally:
                self._container.close()
        except BaseException as exc:  # raised again in write() or close(), in the main thread
            self._error = exc
