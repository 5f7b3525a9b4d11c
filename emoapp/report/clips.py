"""Cut short videos of single moments, with their sound."""

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
"""Seconds of a clip before its moment, and after it."""

_PREROLL_S = 0.5  # sound is decoded from this much earlier: its first block is not clean
_TIME_TOLERANCE_S = 1e-3
_DEFAULT_FPS = 25
_AAC_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)


def cut(video: Path, t: float, path: Path) -> None:
    """Write the seconds around a moment as H.264 and AAC, re-encoded so that both ends are exact.

    A clip does not extend beyond the video.

    Args:
        video: The source.
        t: Time of the moment in seconds since the first frame.
        path: The clip's file.

    Raises:
        SourceError: The video cannot be read there.
        SinkError: `path` cannot be written.
    """
    try:
        write_whole(path, lambda half: _cut_or_remove(video, t, half))
    except av.error.FFmpegError as exc:
        # FFmpeg's errors are OSErrors too, but only some of them name the file.
        raise SourceError(f"{path} cannot be cut from {video}: {exc.strerror or exc}.") from exc
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def _cut_or_remove(video: Path, t: float, path: Path) -> None:
    try:
        _cut(video, t, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _cut(video: Path, t: float, path: Path) -> None:
    """Write a clip; on errors, `path` may be left incomplete."""
    with pyav.open_input(video) as source, av.open(str(path), "w") as target:
        stream = pyav.video_stream(source)
        if stream is None:
            raise SourceError(f"{video} has no picture, only sound or other data.")
        stream.thread_type = "AUTO"
        target.metadata["comment"] = ANNOTATED  # keeps it out when a folder of videos is read
        first = next(pyav.decode(source, stream), None)
        if first is None or first.time is None:
            raise SourceError(f"{video} has no times by which it could be cut.")
        begin = first.time + max(0.0, t - AROUND_S)
        end = first.time + t + AROUND_S
        source.seek(max(0, round((begin - _PREROLL_S) * av.time_base)))
        streams: list[av.VideoStream | av.AudioStream] = [stream, *source.streams.audio[:1]]
        images = _ImageTrack(stream, target, begin, end)
        sound = None
        if source.streams.audio:
            sound = _SoundTrack(source.streams.audio[0], target, begin, end)
        for time_s, frame in _decode(source, streams, end):
            if isinstance(frame, av.VideoFrame):
                images.add(frame, time_s)
            elif sound is not None:
                sound.add(frame, time_s)
        seconds = images.finish()
        if not seconds:
            raise SourceError(f"{video} has no picture at {t:.1f} s; is it the video of this log?")
        if sound is not None:
            sound.finish(seconds)


class _ImageTrack:
    """Encode the images between two times of the source.

    Args:
        stream: The source's video.
        target: The clip.
        begin: First time in seconds, on the source's clock.
        end: Last time in seconds, likewise.
    """

    def __init__(
        self,
        stream: av.VideoStream,
        target: av.container.OutputContainer,
        begin: float,
        end: float,
    ) -> None:
        self._begin, self._end, self._target = begin, end, target
        context = stream.codec_context
        self._size_wh = pyav.square_size(stream, (context.width, context.height))
        rate = stream.average_rate or stream.guessed_rate or _DEFAULT_FPS
        self._step_s = float(1 / rate)
        codec = CODECS["h264"]
        self._stream = add_video(target, codec, round(rate) or 1, crf=codec.crf)
        self._before: tuple[av.VideoFrame, float] | None = None
        self._last_pts = -1
        self._durations: dict[int, int] = {}
        self._seconds = 0.0

    def add(self, frame: av.VideoFrame, time_s: float) -> None:
        """Take in a decoded frame at a time of the source."""
        at = time_s - self._begin
        if at < -_TIME_TOLERANCE_S:
            self._before = frame, time_s
        elif time_s < self._end - _TIME_TOLERANCE_S:
            if at > _TIME_TOLERANCE_S:
                self._add_before()
            self._encode(frame, max(0.0, at))

    def finish(self) -> float:
        """Write the rest and return the clip's duration in seconds, 0 without any image."""
        if self._before is not None:
            frame, time_s = self._before
            if time_s + self._duration_s(frame) > self._begin:
                self._add_before()
        if self._last_pts < 0:
            return 0.0
        self._mux(self._stream.encode())
        return self._seconds

    def _duration_s(self, frame: av.VideoFrame) -> float:
        if not frame.duration or frame.time_base is None:
            return self._step_s
        return float(frame.duration * frame.time_base)

    def _add_before(self) -> None:
        """Add the image that was still shown when the clip began, unless it has one already."""
        if self._before is not None and self._last_pts < 0:
            self._encode(self._before[0], 0.0)
        self._before = None

    def _encode(self, frame: av.VideoFrame, at: float) -> None:
        encoded = to_yuv(pyav.to_bgr(frame, self._size_wh))
        if self._last_pts < 0:
            self._stream.width, self._stream.height = encoded.width, encoded.height
        self._seconds = min(at + self._duration_s(frame), self._end - self._begin)
        encoded.pts = self._last_pts = max(self._last_pts + 1, round(at / TIME_BASE))
        self._durations[encoded.pts] = max(1, round((self._seconds - at) / TIME_BASE))
        self._mux(self._stream.encode(encoded))

    def _mux(self, packets: list[av.Packet]) -> None:
        for packet in packets:
            # The encoder gives all packets the same duration.
            packet.duration = 0 if packet.pts is None else self._durations.pop(packet.pts, 0)
            self._target.mux(packet)


class _SoundTrack:
    """Collect the sound between two times of the source, with silence in its gaps.

    Args:
        stream: The source's sound.
        target: The clip.
        begin: First time in seconds, on the source's clock.
        end: Last time in seconds, likewise.
    """

    def __init__(
        self,
        stream: av.AudioStream,
        target: av.container.OutputContainer,
        begin: float,
        end: float,
    ) -> None:
        self._begin, self._target = begin, target
        self._rate = stream.rate if stream.rate in _AAC_RATES else 48_000
        self._layout = "mono" if stream.channels == 1 else "stereo"
        channels = 1 if self._layout == "mono" else 2
        self._samples = np.zeros((channels, round((end - begin) * self._rate)), np.float32)
        self._resampler = av.AudioResampler("fltp", self._layout, self._rate)
        self._stream = target.add_stream("aac", rate=self._rate, layout=self._layout)
        self._next: int | None = None

    def add(self, frame: av.AudioFrame, time_s: float) -> None:
        """Take in decoded sound at a time of the source."""
        position = round((time_s - self._begin) * self._rate)
        # Files round their times: gaps of up to 20 ms are none.
        if self._next is None or abs(position - self._next) > self._rate // 50:
            self._next = position
        for part in self._resampler.resample(frame):
            values = part.to_ndarray()
            start, self._next = self._next, self._next + values.shape[1]
            low, high = max(start, 0), min(self._next, self._samples.shape[1])
            if low < high:
                self._samples[:, low:high] = values[:, low - start : high - start]

    def finish(self, seconds: float) -> None:
        """Encode the first `seconds`."""
        samples = np.ascontiguousarray(self._samples[:, : max(1, round(seconds * self._rate))])
        block = av.AudioFrame.from_ndarray(samples, format="fltp", layout=self._layout)
        block.rate, block.pts, block.time_base = self._rate, 0, Fraction(1, self._rate)
        self._target.mux(self._stream.encode(block))
        self._target.mux(self._stream.encode())


def _decode(
    source: av.container.InputContainer,
    streams: list[av.VideoStream | av.AudioStream],
    end: float,
) -> Iterator[tuple[float, av.VideoFrame | av.AudioFrame]]:
    """Yield times and frames until all streams are past `end`; damaged ones are left out."""
    running = {stream.index for stream in streams}
    for packet in source.demux(streams):
        if packet.stream.index not in running:
            continue
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            if not isinstance(frame, (av.VideoFrame, av.AudioFrame)) or frame.time is None:
                continue
            if frame.is_corrupt:
                continue
            if frame.time >= end:
                running.discard(packet.stream.index)
            else:
                yield frame.time, frame
        if not running:
            return
