"""Videos that tests write: with sound, in every usual container and codec, evenly timed or not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from emoapp.utils.libav import av
from support.pictures import picture

RATE = 48_000


def write_movie(
    path: Path,
    times: list[float],
    *,
    video: str = "libx264",
    audio: str | None = "aac",
    layout: str = "mono",
    sound_from: float = 0.0,
    sound_to: float | None = None,
    size_wh: tuple[int, int] = (320, 180),
    fps: int = 25,
) -> Path:
    """`picture` 0, 1, ... at these times in seconds, and a tone to `sound_to`, else to the end."""
    clock = Fraction(1, fps) if path.suffix == ".avi" else Fraction(1, 90_000)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(video, rate=fps)
        stream.width, stream.height = size_wh
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = clock
        if "x26" in video:
            stream.options = {"preset": "ultrafast", "bf": "0", "x265-params": "log-level=error"}
        tone = container.add_stream(audio, rate=RATE, layout=layout) if audio else None
        for number, t in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number, size_wh), format="bgr24")
            frame = frame.reformat(format="yuv420p")
            frame.pts, frame.time_base = round(t / clock), clock
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if tone is not None:
            end = sound_to or times[-1] + 0.04
            _write_tone(container, tone, layout, round(sound_from * RATE), round(end * RATE))
    return path


def _write_tone(container, stream, layout: str, start: int, end: int) -> None:
    context = stream.codec_context
    resampler = av.AudioResampler(context.format, layout, RATE, context.frame_size or 1024)
    for begin in range(start, end, 1024):
        wave = np.sin(np.arange(begin, min(begin + 1024, end)) * 440 * 2 * np.pi / RATE) / 4
        frame = av.AudioFrame.from_ndarray(np.float32(wave)[None], format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, begin, Fraction(1, RATE)
        for resampled in resampler.resample(frame):
            container.mux(stream.encode(resampled))
    for resampled in resampler.resample(None):
        container.mux(stream.encode(resampled))
    container.mux(stream.encode())


def picture_times(path: Path) -> list[float]:
    """When the pictures that can be decoded stand, seconds."""
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def frames_that_play(path: Path) -> int:
    """How many pictures a file shows that may break off in the middle of one."""
    shown = 0
    with av.open(str(path)) as container:
        try:
            for _ in container.decode(video=0):
                shown += 1
        except av.error.InvalidDataError:  # the one that was being written
            pass
    return shown


def sound_packets(path: Path) -> list[tuple[float, bytes]]:
    """(seconds, content) of every packet of sound."""
    with av.open(str(path)) as container:
        if not container.streams.audio:
            return []
        return [
            (float(packet.pts * packet.time_base), bytes(packet))
            for packet in container.demux(audio=0)
            if packet.size
        ]


def write_clip(path: Path, times: list[float], size_wh: tuple[int, int] = (320, 180)) -> Path:
    """An H.264 video of `picture` 0, 1, ... at these times in seconds."""
    from emoapp.utils.libav import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=30, options={"g": "10", "bf": "0", "crf": "10"}
        )
        stream.width, stream.height = size_wh
        stream.codec_context.time_base = Fraction(1, 90_000)
        for number, t in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(number, size_wh), format="bgr24")
            # 0x40000: rounded well, or the grays come back too dark to be told apart.
            frame = frame.reformat(format="yuv420p", interpolation=0x40004)
            frame.pts, frame.time_base = round(t * 90_000), Fraction(1, 90_000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path
