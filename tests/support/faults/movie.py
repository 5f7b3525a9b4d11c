"""A short recording of a face, with sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from emoapp.utils.libav import av
from support.faults.commands import FRAMES

RATE = 48_000
FPS = 25


def write_face_movie(path: Path, demo: Path) -> None:
    """Write `FRAMES` pictures of the clip `demo`, 640x360, with a tone."""
    with av.open(str(demo)) as demo, av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"g": "5", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        tone = container.add_stream("aac", rate=RATE, layout="mono")
        for number, frame in zip(range(FRAMES), demo.decode(video=0), strict=False):
            frame = frame.reformat(640, 360, "yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        for start in range(0, RATE * FRAMES // FPS, 1024):
            wave = np.sin(np.arange(start, start + 1024) * 440 * 2 * np.pi / RATE) / 4
            sound = av.AudioFrame.from_ndarray(np.float32(wave)[None], "fltp", "mono")
            sound.sample_rate, sound.pts, sound.time_base = RATE, start, Fraction(1, RATE)
            container.mux(tone.encode(sound))
        container.mux(tone.encode())
