"""The sound of a file, copied into a recording in step with its pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from fractions import Fraction

from emoapp.errors import SourceError
from emoapp.sinks.codecs import Container
from emoapp.utils.libav import av


class Sound:
    """Copies all sound of a file, packet by packet, untouched where the container takes it.

    path: the file with the sound; read beside the pictures, a second time.
    output: the recording; its streams are added here, before encoding starts.
    container: what kind of file that is.

    Raises SourceError where the sound cannot be read.
    """

    def __init__(
        self, path: str, output: av.container.OutputContainer, container: Container
    ) -> None:
        self.reencoded: str | None = None
        """The codec that the recording can't hold, so that the sound was encoded anew."""
        self._output, self._container = output, container
        try:
            self._input = av.open(path, metadata_errors="replace")
        except av.error.FFmpegError as exc:
            raise _unreadable(path, exc) from exc
        try:
            streams = list(self._input.streams.audio)
            self._tracks = {s.index: self._track(s) for s in streams if s.codec_context}
            self._packets = self._demuxed(streams) if self._tracks else iter(())
            self._start = (self._input.start_time or 0) / av.time_base
            self._next: av.Packet | None = next(self._packets, None)
        except BaseException as exc:
            self._input.close()
            if isinstance(exc, (av.error.FFmpegError, ValueError)):
                raise _unreadable(path, exc) from exc
            raise

    def mux_until(self, t: float | None) -> None:
        """Copy what sounds up to `t`, seconds since the file's beginning; None for all of it."""
        while self._next is not None:
            packet = self._next
            if t is not None and _time_s(packet) - self._start > t:
                return
            self._tracks[packet.stream.index].mux(packet)
            self._next = next(self._packets, None)

    def finish(self) -> None:
        """Write what encoders still hold."""
        for track in self._tracks.values():
            track.finish()

    def close(self) -> None:
        """Close the file; not the recording. May be called twice."""
        self._packets, self._next = iter(()), None
        self._input.close()

    def _track(self, stream: av.AudioStream) -> _Copied | _Encoded:
        time_base = stream.time_base or Fraction(1, av.time_base)
        start = round((self._input.start_time or 0) / av.time_base / time_base)
        if _takes(self._output.format.name, self._container, self._input.name, stream.index):
            return _Copied(stream, self._output, start)
        self.reencoded = stream.codec.canonical_name
        return _Encoded(stream, self._output, start, self._container.sound)

    def _demuxed(self, streams: list[av.AudioStream]) -> Iterator[av.Packet]:
        wanted = [s for s in streams if s.index in self._tracks]
        try:
            for packet in self._input.demux(*wanted):
                if packet.dts is not None and packet.size:
                    yield packet
        except av.error.FFmpegError:
            return  # Damage: what came until there is kept, as with pictures.


def _time_s(packet: av.Packet) -> float:
    return float((packet.dts or 0) * (packet.time_base or 0))


def _unreadable(path: str, exc: Exception) -> SourceError:
    reason = getattr(exc, "strerror", None) or str(exc)
    return SourceError(
        f"The sound of {path} cannot be read: {reason}. Leave it out first: "
        "`ffmpeg -i FILE -c copy -an silent.mp4`."
    )


def _takes(format_name: str, container: Container, path: str, index: int) -> bool:
    """Whether a kind of file holds a stream's packets as they are.

    Tried out with the first of them: some are refused only when the first one comes, and the file
    with them.
    """
    try:
        with (
            av.open(path, metadata_errors="replace") as source,
            av.open(io.BytesIO(), "w", format=format_name, options=container.options) as trial,
        ):
            stream = source.streams[index]
            copy = _Copied(stream, trial, 0)
            packets = source.demux(stream)
            first = next((p for p in packets if p.dts is not None and p.size), None)
            if first is not None:
                copy.mux(first)
    except (av.error.FFmpegError, ValueError):
        return False
    return True


class _Copied:
    def __init__(self, stream: av.AudioStream, output: av.container.OutputContainer, start: int):
        self._output = output
        self._stream = output.add_stream_from_template(stream)
        self._start = start
        self._last: int | None = None

    def mux(self, packet: av.Packet) -> None:
        # Damaged files have times that run backwards; a muxer refuses the whole file then.
        if packet.dts is None or (self._last is not None and packet.dts <= self._last):
            return
        self._last = packet.dts
        packet.dts -= self._start
        if packet.pts is not None:
            packet.pts -= self._start
        packet.stream = self._stream
        self._output.mux(packet)

    def finish(self) -> None:
        pass


class _Encoded:
    def __init__(
        self,
        stream: av.AudioStream,
        output: av.container.OutputContainer,
        start: int,
        encoder: str,
    ) -> None:
        self._output = output
        rate = 48_000 if encoder == "libopus" else stream.rate
        # Some files say how many channels there are and not which; encoders want to know.
        layout = av.AudioLayout(f"{stream.layout.nb_channels}c")
        layout = layout if "channels" in stream.layout.name else stream.layout
        added = output.add_stream(encoder, rate=rate, layout=layout.name)
        assert isinstance(added, av.AudioStream)
        self._stream = added
        self._resampler = av.AudioResampler(added.codec_context.format, layout.name, rate)
        self._start = start

    def mux(self, packet: av.Packet) -> None:
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            return  # a damaged bit of sound
        for frame in frames:
            if not isinstance(frame, av.AudioFrame):
                continue
            if frame.pts is not None:
                frame.pts -= self._start
            self._encode(frame)

    def finish(self) -> None:
        self._encode(None)
        self._output.mux(self._stream.encode(None))

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for resampled in self._resampler.resample(frame):
            self._output.mux(self._stream.encode(resampled))
