"""Writes the annotated pictures as a video, with the sound of the file they come from."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from fractions import Fraction
from pathlib import Path

from emoapp.colorimetry import Colorimetry
from emoapp.errors import OutputExistsError, SinkError
from emoapp.images import Image, as_image
from emoapp.sinks.base import Sink
from emoapp.sinks.codecs import TIME_BASE, add_video, choose, to_yuv
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sinks.sound import Sound
from emoapp.types import Result
from emoapp.utils.files import ANNOTATED, create_part, move
from emoapp.utils.libav import av
from emoapp.yuv import YuvImage

# Each holds a whole picture (2.8 MB at 1280x720); enough to bridge an encoder's slow moment.
_WAITING = 8

# Waiting is cut into slices: on Windows a longer wait could not be interrupted by Ctrl-C.
_SLICE_S = 0.1


class VideoRecorder(Sink):
    """Encodes in a thread behind a short queue; `write` waits where the encoder can't keep up.

    Each picture keeps its frame's time, so uneven sources stay uneven and nothing drifts. Until
    `close` the file has a name of its own, "NAME.part.mp4", and plays up to the last second
    whenever the program is killed. It keeps that name where it could not be written to its end (the
    error says so), and is gone again where it shows no picture.

    path: ends with one of `codecs.CONTAINERS`.
    fps: frames a second, as the source states them; only how long the last one stands.
    size_wh: (width, height) of the pictures in pixels. Codecs want even numbers, so of an odd size
        the last column or row is left out.
    codec, crf: see `codecs.choose`.
    colorimetry: what the pixels mean of pictures that come as YUV; None for pictures in BGR.
    sound: the file whose sound is copied beside the pictures; None for silence.
    start_s: the time in that file of the frame whose `t` is 0, seconds since the file's beginning;
        None counts from the first picture.
    whole_sound: copy the sound to its end; False ends it with the last picture.

    Raises SinkError: the file exists and `overwrite` is False, another program is writing it, no
    folder, no rights, disk full, a picture of another size. SourceError: the sound cannot be read.
    UsageError: another suffix, or a codec that does not go with it.
    """

    wants_picture = True

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        fps: float,
        size_wh: tuple[int, int],
        overwrite: bool = False,
        codec: str | None = None,
        crf: int | None = None,
        colorimetry: Colorimetry | None = None,
        sound: str | os.PathLike[str] | None = None,
        start_s: float | None = None,
        whole_sound: bool = True,
    ) -> None:
        self.path = check_target(path, overwrite=overwrite)
        container, chosen, crf = choose(self.path, codec, crf)
        self._size_wh, self._colorimetry = size_wh, colorimetry
        self._step = max(1, round(1 / (fps * TIME_BASE)))
        self._overwrite = overwrite
        try:
            # FFmpeg opens the file by its name; this keeps all other processes away from it.
            self._claim = create_part(self.path)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self.part = Path(self._claim.name)
        """What the file is called until it is finished."""
        self._sound: Sound | None = None
        self._whole_sound = whole_sound
        try:
            self._container = av.open(os.fspath(self.part), "w", options=container.options)
        except av.error.FFmpegError as exc:
            self.part.unlink(missing_ok=True)
            self._claim.close()
            raise cannot_write(self.path, exc) from exc
        self._container.metadata["comment"] = ANNOTATED
        try:
            rate = Fraction(fps).limit_denominator(1001)
            self._stream = add_video(
                self._container, chosen, rate, crf=crf, colorimetry=colorimetry
            )
            self._stream.width, self._stream.height = (side & ~1 for side in size_wh)
            if sound is not None:
                self._sound = Sound(os.fspath(sound), self._container, container)
            self._container.start_encoding()
        except BaseException as exc:
            self._discard()
            if isinstance(exc, av.error.FFmpegError):
                raise cannot_write(self.path, exc) from exc
            raise
        self.frames = 0
        """Pictures taken so far."""
        self._zero_t = None if start_s is None else -start_s
        self._last_pts = -1
        self._error: BaseException | None = None
        self._closed = False
        self._finish = threading.Event()
        self._queue: queue.Queue[av.VideoFrame] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name=f"encode {path}", daemon=True)
        self._thread.start()

    @property
    def reencoded_sound(self) -> str | None:
        """The codec of sound that this kind of file can't hold and that was encoded anew."""
        return self._sound.reencoded if self._sound else None

    def write(self, result: Result, picture: Image | None) -> None:
        if self._closed:
            raise SinkError(f"The recording {self.path} is closed already.")
        picture = as_image(picture, "picture")
        if picture.size_wh != self._size_wh:
            expected, came = ("x".join(map(str, size)) for size in (self._size_wh, picture.size_wh))
            raise SinkError(f"{self.path} is {expected} pixels; a picture came with {came}.")
        frame = self._encodable(picture)
        if self._zero_t is None:
            self._zero_t = result.frame.t
        frame.pts = max(round((result.frame.t - self._zero_t) / TIME_BASE), self._last_pts + 1)
        self._put(frame)
        self._last_pts = frame.pts
        self.frames += 1

    def _encodable(self, picture: Image) -> av.VideoFrame:
        if self._colorimetry is None:
            return to_yuv(picture.bgr())
        if not isinstance(picture, YuvImage) or picture.colorimetry != self._colorimetry:
            raise ValueError(f"picture: expected YUV of {self._colorimetry}")
        frame = av.VideoFrame.from_numpy_buffer(picture.pixels, format="yuv420p")
        frame.time_base = TIME_BASE
        return frame

    def fileno(self) -> int:
        """The file whose lock keeps other processes away."""
        return self._claim.fileno()

    def close(self) -> None:
        with closing(self._claim):
            if not self._end() or not self.frames:
                return
            if os.name == "nt":
                self._claim.close()  # an open file has no other name given there
            try:
                move(self.part, self.path, overwrite=self._overwrite)
            except FileExistsError:
                raise OutputExistsError(
                    f"{self.path} is there already: it came while this was recorded, which is kept "
                    f"as {self.part}."
                ) from None
            except OSError as exc:
                raise cannot_write(self.path, exc, kept=self.part) from exc

    def abandon(self) -> None:
        """Leave what was recorded as `part`; raises nothing."""
        self._whole_sound = False
        with closing(self._claim), suppress(SinkError):
            self._end()

    def _discard(self) -> None:
        """Give back what a constructor that fails has opened."""
        if self._sound is not None:
            self._sound.close()
        self._container.close()
        self.part.unlink(missing_ok=True)
        self._claim.close()

    def _end(self) -> bool:
        """Let the thread finish; False where that was done before."""
        if self._closed:
            return False
        self._closed = True
        self._finish.set()
        self._thread.join()
        if not self.frames:
            self.part.unlink(missing_ok=True)
        self._raise_error()
        return True

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
        if isinstance(self._error, (OSError, av.error.FFmpegError)):
            kept = self.part if self.part.exists() else None
            raise cannot_write(self.path, self._error, kept=kept) from self._error
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        """The encode thread."""
        try:
            try:
                self._encode_all()
            finally:
                if self._sound is not None:
                    self._sound.close()
                self._container.close()
        except BaseException as exc:  # raised again in write() or close(), in the main thread
            if not _plays(self.part):
                self.part.unlink(missing_ok=True)
            self._error = exc

    def _encode_all(self) -> None:
        end_s = 0.0
        for frame in self._taken():
            frame.duration = self._step
            if self._sound is not None:
                self._sound.mux_until(float(frame.pts * TIME_BASE))
            self._container.mux(self._stream.encode(frame))
            end_s = float((frame.pts + self._step) * TIME_BASE)
        self._container.mux(self._stream.encode())
        if self._sound is not None:
            self._sound.mux_until(None if self._whole_sound else end_s)
            self._sound.finish()


def _plays(path: Path) -> bool:
    """Whether a recording that broke off shows at least one picture."""
    try:
        with av.open(os.fspath(path)) as container:
            return next(container.decode(video=0), None) is not None
    except (OSError, av.error.FFmpegError):
        return False
