"""Copy the sound of a file into a recording, in step with its frames."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from fractions import Fraction

from emoapp.errors import SourceError
from emoapp.sinks.codecs import Container
from emoapp.utils.libav import av

_OPUS_LAYOUTS = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
"""What Opus can hold, by the number of channels (RFC 7845, section 5.1.1.2)."""


class Sound:
    """Copy all sound of a file packet by packet, unchanged if the container can hold it.

    Args:
        path: The file with the sound, which is read a second time in parallel to its frames.
        output: The recording; its streams are added here, before encoding starts.
        container: The recording's format.

    Attributes:
        reencoded: The codec that the recording cannot hold, so that the sound was reencoded; None
            if it was copied.

    Raises:
        SourceError: The sound cannot be read.
    """

    def __init__(
        self, path: str, output: av.container.OutputContainer, container: Container
    ) -> None:
        self.reencoded: str | None = None
        self._output, self._container = output, container
        try:
            self._input = av.open(path, metadata_errors="replace")
        except av.error.FFmpegError as exc:
            raise _read_error(path, exc) from exc
        try:
            streams = list(self._input.streams.audio)
            self._tracks = {s.index: self._add_track(s) for s in streams if s.codec_context}
            self._packets = self._demux(streams) if self._tracks else iter(())
            self._start = (self._input.start_time or 0) / av.time_base
            self._next: av.Packet | None = next(self._packets, None)
        except BaseException as exc:
            self._input.close()
            if isinstance(exc, (av.error.FFmpegError, ValueError)):
                raise _read_error(path, exc) from exc
            raise

    def mux_until(self, t: float | None) -> None:
        """Copy the sound up to a time.

        Args:
            t: Seconds since the file's beginning; None for all of it.
        """
        while self._next is not None:
            packet = self._next
            if t is not None and _time_s(packet) - self._start > t:
                return
            self._tracks[packet.stream.index].mux(packet)
            self._next = next(self._packets, None)

    def finish(self) -> None:
        """Write what the encoders still hold."""
        for track in self._tracks.values():
            track.finish()

    def close(self) -> None:
        """Close the file but not the recording; may be called twice."""
        self._packets, self._next = iter(()), None
        self._input.close()

    def _add_track(self, stream: av.AudioStream) -> _CopiedTrack | _EncodedTrack:
        time_base = stream.time_base or Fraction(1, av.time_base)
        start = round((self._input.start_time or 0) / av.time_base / time_base)
        if _can_copy(self._output.format.name, self._container, self._input.name, stream.index):
            return _CopiedTrack(stream, self._output, start)
        self.reencoded = stream.codec.canonical_name
        return _EncodedTrack(stream, self._output, start, self._container.sound)

    def _demux(self, streams: list[av.AudioStream]) -> Iterator[av.Packet]:
        wanted = [s for s in streams if s.index in self._tracks]
        try:
            for packet in self._input.demux(*wanted):
                if packet.dts is not None and packet.size:
                    yield packet
        except av.error.FFmpegError:
            return  # Damage: the sound before it is kept, as with frames.


def _time_s(packet: av.Packet) -> float:
    return float((packet.dts or 0) * (packet.time_base or 0))


def _read_error(path: str, exc: Exception) -> SourceError:
    reason = getattr(exc, "strerror", None) or str(exc)
    return SourceError(
        f"The sound of {path} cannot be read: {reason}. Leave it out first: "
        "`ffmpeg -i FILE -c copy -an silent.mp4`."
    )


def _can_copy(format_name: str, container: Container, path: str, index: int) -> bool:
    """Return whether a format can hold a stream's packets unchanged.

    This tries the first packet: some muxers refuse only that, and then the whole file.
    """
    try:
        with (
            av.open(path, metadata_errors="replace") as source,
            av.open(io.BytesIO(), "w", format=format_name, options=container.options) as trial,
        ):
            stream = source.streams[index]
            copy = _CopiedTrack(stream, trial, 0)
            packets = source.demux(stream)
            first = next((p for p in packets if p.dts is not None and p.size), None)
            if first is not None:
                copy.mux(first)
    except (av.error.FFmpegError, ValueError):
        return False
    return True


def _layout(stream: av.AudioStream, encoder: str) -> str:
    """Return the channels to encode: those of the stream, as far as the encoder knows them."""
    count = stream.layout.nb_channels
    if encoder == "libopus":
        return _OPUS_LAYOUTS[min(count, len(_OPUS_LAYOUTS)) - 1]
    # Some files state how many channels there are but not which; encoders need to know.
    unknown = "channels" in stream.layout.name
    return av.AudioLayout(f"{count}c").name if unknown else stream.layout.name


class _CopiedTrack:
    def __init__(self, stream: av.AudioStream, output: av.container.OutputContainer, start: int):
        self._output = output
        self._stream = output.add_stream_from_template(stream)
        self._start = start
        self._last_dts: int | None = None

    def mux(self, packet: av.Packet) -> None:
        # Damaged files have times that run backwards, for which a muxer refuses the whole file.
        if packet.dts is None or (self._last_dts is not None and packet.dts <= self._last_dts):
            return
        self._last_dts = packet.dts
        packet.dts -= self._start
        if packet.pts is not None:
            packet.pts -= self._start
        packet.stream = self._stream
        self._output.mux(packet)

    def finish(self) -> None:
        pass


class _EncodedTrack:
    def __init__(
        self,
        stream: av.AudioStream,
        output: av.container.OutputContainer,
        start: int,
        encoder: str,
    ) -> None:
        self._output = output
        rate = 48_000 if encoder == "libopus" else stream.rate
        layout = _layout(stream, encoder)
        added = output.add_stream(encoder, rate=rate, layout=layout)
        assert isinstance(added, av.AudioStream)
        self._stream = added
        self._resampler = av.AudioResampler(added.codec_context.format, layout, rate)
        self._start = start
        self._last_pts: float = -math.inf
        self._skips = False

    def mux(self, packet: av.Packet) -> None:
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            return  # damaged sound
        for frame in frames:
            if not isinstance(frame, av.AudioFrame):
                continue
            if frame.pts is not None:
                # Encoders refuse times that run backwards, as in files that were joined.
                # Two short frames may have the same, as clocks of some files tick slowly.
                last_pts = self._last_pts
                self._skips = frame.pts < last_pts or (self._skips and frame.pts == last_pts)
                if self._skips:
                    continue
                self._last_pts = frame.pts
                frame.pts -= self._start
            self._encode(frame)

    def finish(self) -> None:
        self._encode(None)
        self._output.mux(self._stream.encode(None))

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for resampled in self._resampler.resample(frame):
            self._output.mux(self._stream.encode(resampled))
