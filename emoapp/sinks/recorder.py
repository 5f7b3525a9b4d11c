"""Record annotated images as a video, with the sound of the file they come from."""

from __future__ import annotations

import os
import threading
from contextlib import closing, suppress
from fractions import Fraction
from pathlib import Path

import numpy as np

from emoapp.colorimetry import Colorimetry
from emoapp.errors import OutputExistsError, SinkError
from emoapp.images import Image, as_image
from emoapp.platforms import waits
from emoapp.platforms.files import can_rename_open
from emoapp.sinks.base import PictureSink
from emoapp.sinks.codecs import TIME_BASE, Codec, Container, add_video, choose, to_video_frame
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sinks.sound import Sound
from emoapp.utils.files import ANNOTATED, create_part, move
from emoapp.utils.libav import av, is_playable
from emoapp.utils.work_queue import WorkQueue

# Each item holds a whole frame (2.8 MB at 1280x720); enough to bridge an encoder's slow moment.
_QUEUE_SIZE = 8


class VideoRecorder(PictureSink):
    """Encode in a background thread behind a short queue; `write` waits for a slow encoder.

    Each image keeps its frame's time, so uneven sources stay uneven and nothing drifts. Until
    `close`, the file is called "NAME.part.mp4" and can be played up to the last second whenever the
    program is killed. It keeps that name if it could not be completed (the error says so), and is
    removed if it holds no frame.

    Args:
        path: The recording; its suffix is one of `codecs.CONTAINERS`.
        fps: Frames per second that the source states; used only as the duration of the last frame.
        size_wh: (width, height) of the images in pixels. Codecs want even numbers, so of an odd
            size the last column or row is left out.
        overwrite: Replace an existing file.
        codec: See `codecs.choose`.
        crf: See `codecs.choose`.
        colorimetry: The meaning of the pixels of YUV images; None for BGR images.
        sound: The file whose sound is copied; None for silence.
        start_s: The time in that file of the frame whose `t` is 0, in seconds since the file's
            beginning; None counts from the first image.
        whole_sound: Copy the sound to its end; False ends it with the last image.

    Attributes:
        part: The file's name until it is complete.
        frames: Number of images taken so far.

    Raises:
        SinkError: The file exists and `overwrite` is False, another program is writing it, it
            cannot be written (no folder, no rights, disk full), or an image has another size.
        SourceError: The sound cannot be read.
        UsageError: The suffix is not supported, or the codec does not go with it.
    """

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
        self._frame_duration = max(1, round(1 / (fps * TIME_BASE)))
        self._overwrite = overwrite
        try:
            # FFmpeg opens the file by its name; this keeps all other processes away from it.
            self._claim = create_part(self.path)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self.part = Path(self._claim.name)
        self._sound: Sound | None = None
        self._whole_sound = whole_sound
        self._container = self._open_container(container)
        rate = Fraction(fps).limit_denominator(1001)
        self._stream = self._add_streams(container, chosen, rate, crf, sound)
        self.frames = 0
        self._zero_t = None if start_s is None else -start_s
        self._last_pts = -1
        self._error: BaseException | None = None
        self._closed = False
        self._queue: WorkQueue[av.VideoFrame] = WorkQueue(_QUEUE_SIZE)
        self._thread = threading.Thread(target=self._run, name=f"encode {path}", daemon=True)
        self._thread.start()

    def _open_container(self, container: Container) -> av.container.OutputContainer:
        try:
            opened = av.open(os.fspath(self.part), "w", options=container.options)
        except av.error.FFmpegError as exc:
            self.part.unlink(missing_ok=True)
            self._claim.close()
            raise cannot_write(self.path, exc) from exc
        opened.metadata["comment"] = ANNOTATED
        return opened

    def _add_streams(
        self,
        container: Container,
        codec: Codec,
        rate: Fraction,
        crf: int,
        sound: str | os.PathLike[str] | None,
    ) -> av.video.stream.VideoStream:
        """Add the streams and start encoding; discard the file on failure."""
        try:
            stream = add_video(self._container, codec, rate, crf=crf, colorimetry=self._colorimetry)
            stream.width, stream.height = (side & ~1 for side in self._size_wh)
            if sound is not None:
                self._sound = Sound(os.fspath(sound), self._container, container)
            self._container.start_encoding()
            return stream
        except BaseException as exc:
            self._discard()
            if isinstance(exc, av.error.FFmpegError):
                raise cannot_write(self.path, exc) from exc
            raise

    @property
    def reencoded_sound(self) -> str | None:
        """The codec of sound that had to be reencoded for this container; None if none had to."""
        return self._sound.reencoded if self._sound else None

    def write(self, picture: Image | np.ndarray, t: float) -> None:
        """Queue an image for encoding; see `PictureSink.write`."""
        if self._closed:
            raise SinkError(f"The recording {self.path} is closed already.")
        picture = as_image(picture, "picture")
        if picture.size_wh != self._size_wh:
            expected, came = ("x".join(map(str, size)) for size in (self._size_wh, picture.size_wh))
            raise SinkError(f"{self.path} is {expected} pixels; a picture came with {came}.")
        frame = to_video_frame(picture, self._colorimetry)
        if self._zero_t is None:
            self._zero_t = t
        frame.pts = max(round((t - self._zero_t) / TIME_BASE), self._last_pts + 1)
        self._queue.put(frame, check=self._raise_error)
        self._last_pts = frame.pts
        self.frames += 1

    def fileno(self) -> int:
        """Return the descriptor whose lock keeps other processes away."""
        return self._claim.fileno()

    def close(self) -> None:
        """Encode what is queued and give the file its name; may be called twice."""
        with closing(self._claim):
            if not self._finish_thread() or not self.frames:
                return
            if not can_rename_open():
                self._claim.close()
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
        """Keep what was recorded as `part`; raise nothing."""
        self._whole_sound = False
        with closing(self._claim), suppress(SinkError):
            self._finish_thread()

    def _discard(self) -> None:
        """Release what a failing constructor has opened."""
        if self._sound is not None:
            self._sound.close()
        self._container.close()
        self.part.unlink(missing_ok=True)
        self._claim.close()

    def _finish_thread(self) -> bool:
        """Let the thread finish; return False if it had finished before."""
        if self._closed:
            return False
        self._closed = True
        self._queue.finish()
        waits.join(self._thread)
        if not self.frames:
            self.part.unlink(missing_ok=True)
        self._raise_error()
        return True

    def _raise_error(self) -> None:
        if isinstance(self._error, (OSError, av.error.FFmpegError)):
            kept = self.part if self.part.exists() else None
            raise cannot_write(self.path, self._error, kept=kept) from self._error
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        """Run the encode thread."""
        try:
            try:
                self._encode_all()
            finally:
                if self._sound is not None:
                    self._sound.close()
                self._container.close()
        except BaseException as exc:  # raised again by write() or close()
            if not is_playable(self.part):
                self.part.unlink(missing_ok=True)
            self._error = exc

    def _encode_all(self) -> None:
        end_s = 0.0
        for frame in self._queue:
            pts = frame.pts or 0  # `write` has set it
            frame.duration = self._frame_duration
            if self._sound is not None:
                self._sound.mux_until(float(pts * TIME_BASE))
            self._container.mux(self._stream.encode(frame))
            end_s = float((pts + self._frame_duration) * TIME_BASE)
        self._container.mux(self._stream.encode())
        if self._sound is not None:
            self._sound.mux_until(None if self._whole_sound else end_s)
            self._sound.finish()
