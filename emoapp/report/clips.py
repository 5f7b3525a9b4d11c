"""Short videos of single moments, with their sound."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np

from emoapp.errors import SourceError
from emoapp.sinks.codecs import CODECS, TIME_BASE, add_video, to_yuv
from emoapp.sinks.files import cannot_write
from emoapp.sources import pyav
from emoapp.utils.files import ANNOTATED, write_whole
from emoapp.utils.libav import av

AROUND_S = 2.0
"""A clip has so much of the video before a moment, and so much after."""

_LEAD_S = 0.5  # sound is decoded from so far before: its first block is not clean
_SAME_S = 1e-3
_USUAL_FPS = 25
_SOUND_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


def cut(video: Path, t: float, path: Path) -> None:
    """Write the seconds around `t` as H.264 and AAC, encoded anew so that both ends are exact.

    t: seconds since the first frame. A clip begins and ends where the video does, at the latest.

    Raises SourceError where the video can't be read there, SinkError where `path` can't be written.
    """
    try:
        write_whole(path, lambda half: _cut_or_nothing(video, t, half))
    except av.error.FFmpegError as exc:
        # FFmpeg's errors are OSErrors, and say for which file only some of the time.
        raise SourceError(f"{path} cannot be cut from {video}: {exc.strerror or exc}.") from exc
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def _cut_or_nothing(video: Path, t: float, path: Path) -> None:
    try:
        _cut(video, t, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _cut(video: Path, t: float, path: Path) -> None:
    with pyav.open_input(video) as source, av.open(str(path), "w") as target:
        stream = pyav.video_stream(source)
        if stream is None:
            raise SourceError(f"{video} has no picture, only sound or other data.")
        stream.thread_type = "AUTO"
        target.metadata["comment"] = ANNOTATED  # no folder's videos are to include it
        first = next(pyav.decode(source, stream), None)
        if first is None or first.time is None:
            raise SourceError(f"{video} has no times by which it could be cut.")
        begin = first.time + max(0.0, t - AROUND_S)
        end = first.time + t + AROUND_S
        source.seek(max(0, round((begin - _LEAD_S) * av.time_base)))
        heard = source.streams.audio[0] if source.streams.audio else None
        pictures = _Pictures(stream, target, begin, end)
        sound = _Sound(heard, target, begin, end) if heard else None
        for frame in _decode(source, [stream, *([heard] if heard else [])], end):
            if isinstance(frame, av.AudioFrame):
                sound.add(frame)
            else:
                pictures.add(frame)
        lasts = pictures.finish()
        if not lasts:
            raise SourceError(f"{video} has no picture at {t:.1f} s; is it the video of this log?")
        if sound is not None:
            sound.finish(lasts)


class _Pictures:
    """Encodes those between two times of the source."""

    def __init__(self, stream: av.VideoStream, target, begin: float, end: float) -> None:
        self._begin, self._end, self._target = begin, end, target
        self._size_wh = stream.codec_context.width, stream.codec_context.height
        rate = stream.average_rate or stream.guessed_rate or _USUAL_FPS
        self._step_s = float(1 / rate)
        codec = CODECS["h264"]
        self._stream = add_video(target, codec, round(rate) or 1, crf=codec.crf)
        self._before: av.VideoFrame | None = None
        self._last_pts = -1
        self._durations: dict[int, int] = {}
        self._lasts = 0.0

    def add(self, frame: av.VideoFrame) -> None:
        at = frame.time - self._begin
        if at < -_SAME_S:
            self._before = frame
        elif frame.time < self._end - _SAME_S:
            if at > _SAME_S:
                self._add_before()
            self._encode(frame, max(0.0, at))

    def finish(self) -> float:
        """Write what is left; gives the clip's length in seconds, 0 where there is no picture."""
        if self._before and self._before.time + self._length_s(self._before) > self._begin:
            self._add_before()
        if self._last_pts < 0:
            return 0.0
        self._mux(self._stream.encode())
        return self._lasts

    def _length_s(self, frame: av.VideoFrame) -> float:
        return float(frame.duration * frame.time_base) if frame.duration else self._step_s

    def _add_before(self) -> None:
        """The picture that still stood when the clip began, unless one came just then."""
        if self._before is not None and self._last_pts < 0:
            self._encode(self._before, 0.0)
        self._before = None

    def _encode(self, frame: av.VideoFrame, at: float) -> None:
        encoded = to_yuv(pyav.to_bgr(frame, self._size_wh))
        if self._last_pts < 0:
            self._stream.width, self._stream.height = encoded.width, encoded.height
        self._lasts = min(at + self._length_s(frame), self._end - self._begin)
        encoded.pts = self._last_pts = max(self._last_pts + 1, round(at / TIME_BASE))
        self._durations[encoded.pts] = max(1, round((self._lasts - at) / TIME_BASE))
        self._mux(self._stream.encode(encoded))

    def _mux(self, packets: list[av.Packet]) -> None:
        for packet in packets:
            packet.duration = self._durations.pop(packet.pts, 0)  # the encoder gives all the same
            self._target.mux(packet)


class _Sound:
    """What is heard between two times of the source, and silence where nothing is."""

    def __init__(self, stream: av.AudioStream, target, begin: float, end: float) -> None:
        self._begin, self._target = begin, target
        self._rate = stream.rate if stream.rate in _SOUND_RATES else 48_000
        self._layout = "mono" if stream.channels == 1 else "stereo"
        channels = 1 if self._layout == "mono" else 2
        self._samples = np.zeros((channels, round((end - begin) * self._rate)), np.float32)
        self._resampler = av.AudioResampler("fltp", self._layout, self._rate)
        self._stream = target.add_stream("aac", rate=self._rate, layout=self._layout)
        self._next: int | None = None

    def add(self, frame: av.AudioFrame) -> None:
        """Put decoded sound where it belongs."""
        place = round((frame.time - self._begin) * self._rate)
        # Files round their times; what follows within 20 ms follows at once.
        if self._next is None or abs(place - self._next) > self._rate // 50:
            self._next = place
        for part in self._resampler.resample(frame):
            values = part.to_ndarray()
            start, self._next = self._next, self._next + values.shape[1]
            low, high = max(start, 0), min(self._next, self._samples.shape[1])
            if low < high:
                self._samples[:, low:high] = values[:, low - start : high - start]

    def finish(self, lasts: float) -> None:
        """Encode so many seconds of it."""
        samples = np.ascontiguousarray(self._samples[:, : max(1, round(lasts * self._rate))])
        block = av.AudioFrame.from_ndarray(samples, format="fltp", layout=self._layout)
        block.rate, block.pts, block.time_base = self._rate, 0, Fraction(1, self._rate)
        self._target.mux(self._stream.encode(block))
        self._target.mux(self._stream.encode())


def _decode(source, streams: list, end: float) -> Iterator[av.VideoFrame | av.AudioFrame]:
    """Pictures and sound until all streams are past `end`; damage is left out."""
    running = {stream.index for stream in streams}
    for packet in source.demux(streams):
        if packet.stream.index not in running:
            continue
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            if frame.time is None or getattr(frame, "is_corrupt", False):
                continue
            if frame.time >= end:
                running.discard(packet.stream.index)
            else:
                yield frame
        if not running:
            return
