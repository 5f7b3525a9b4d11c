"""The sound of a file, copied into a recording in step with its pictures."""

from __future__ import annotations

from collections.abc import Iterator

from emoapp.libav import av


class Sound:
    """Copies all sound of a file, packet by packet, untouched where the container takes it.

    path: the file with the sound; read beside the pictures, a second time.
    output: the recording; its streams are added here, before encoding starts.
    encoder: for sound that the container can't hold.
    """

    def __init__(self, path: str, output: av.container.OutputContainer, encoder: str) -> None:
        self.reencoded: str | None = None
        """The codec that the recording can't hold, so that the sound was encoded anew."""
        self._output = output
        self._input = av.open(path, metadata_errors="replace")
        streams = list(self._input.streams.audio)
        self._tracks = {s.index: self._track(s, encoder) for s in streams if s.codec_context}
        self._packets = self._demuxed(streams) if self._tracks else iter(())
        self._start = (self._input.start_time or 0) / av.time_base
        self._next: av.Packet | None = next(self._packets, None)

    def mux_until(self, t: float | None) -> None:
        """Copy what sounds up to `t`, seconds since the file's beginning; None for all of it."""
        while self._next is not None:
            packet = self._next
            if t is not None and float(packet.dts * packet.time_base) - self._start > t:
                return
            self._tracks[packet.stream.index].mux(packet)
            self._next = next(self._packets, None)

    def close(self) -> None:
        """Write what encoders still hold, and close the file; not the recording."""
        for track in self._tracks.values():
            track.finish()
        self._tracks = {}
        self._input.close()

    def _track(self, stream: av.AudioStream, encoder: str) -> _Copied | _Encoded:
        start = round((self._input.start_time or 0) / av.time_base / stream.time_base)
        try:
            return _Copied(stream, self._output, start)
        except ValueError:  # the container knows no such codec
            self.reencoded = stream.codec.canonical_name
            return _Encoded(stream, self._output, start, encoder)

    def _demuxed(self, streams: list[av.AudioStream]) -> Iterator[av.Packet]:
        wanted = [s for s in streams if s.index in self._tracks]
        try:
            for packet in self._input.demux(*wanted):
                if packet.dts is not None and packet.size:
                    yield packet
        except av.error.FFmpegError:
            return  # Damage: what came until there is kept, as with pictures.


class _Copied:
    def __init__(self, stream: av.AudioStream, output: av.container.OutputContainer, start: int):
        self._output = output
        self._stream = output.add_stream_from_template(stream)
        self._start = start
        self._last: int | None = None

    def mux(self, packet: av.Packet) -> None:
        # Damaged files have times that run backwards; a muxer refuses the whole file then.
        if self._last is not None and packet.dts <= self._last:
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
        self._stream = output.add_stream(encoder, rate=rate, layout=stream.layout.name)
        context = self._stream.codec_context
        self._resampler = av.AudioResampler(context.format, stream.layout.name, rate)
        self._start = start

    def mux(self, packet: av.Packet) -> None:
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            return  # a damaged bit of sound
        for frame in frames:
            if frame.pts is not None:
                frame.pts -= self._start
            self._encode(frame)

    def finish(self) -> None:
        self._encode(None)
        self._output.mux(self._stream.encode(None))

    def _encode(self, frame: av.AudioFrame | None) -> None:
        for resampled in self._resampler.resample(frame):
            self._output.mux(self._stream.encode(resampled))
