"""Measure the speed on recorded video next to that of decoding and encoding alone."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from emoapp.app.video.run import run_video
from emoapp.config import VideoConfig
from emoapp.sinks import open_recorder
from emoapp.sources import open_source
from emoapp.utils.libav import av
from emoapp.utils.resources import DEMO_CLIP

CLIP_REPEATS = 3
"""The bundled clip is very short; with repeats, the program's start matters as little as usual."""


def measure_video(*, repeats: int = 5) -> dict[str, Any]:
    """Measure the seconds for the bundled clip, played `CLIP_REPEATS` times.

    Args:
        repeats: Number of interleaved runs.

    Returns:
        Medians: "annotated_s", with an annotated copy and a log; "log_s", with a log alone;
        "bare_s", every frame decoded and re-encoded with the same settings and nothing else;
        "ratio", annotated to bare. Also "clip_s", the clip's duration; "size_wh" and "frames".
    """
    seconds: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.mp4"
        repeat_clip(DEMO_CLIP, CLIP_REPEATS, clip)
        with open_source(clip) as source:
            size_wh, fps, frames = source.size_wh, source.fps, source.frame_count
        assert fps is not None and frames is not None, "`repeat_clip` writes both"
        for number in range(repeats):
            into = Path(folder) / f"{number}"
            for name, run in (("annotated", _annotated), ("bare", _bare), ("log", _logged)):
                began = perf_counter()
                run(clip, into)
                seconds.setdefault(name, []).append(perf_counter() - began)
    medians = {f"{name}_s": float(np.median(values)) for name, values in seconds.items()}
    return {
        **medians,
        "ratio": medians["annotated_s"] / medians["bare_s"],
        "clip_s": frames / fps,
        "size_wh": list(size_wh),
        "frames": frames,
    }


def repeat_clip(clip: Path, times: int, target: Path) -> None:
    """Write a video that repeats another, without re-encoding.

    Args:
        clip: The source; its sound is left out.
        times: Number of repetitions.
        target: The new file.
    """
    with av.open(str(target), "w") as output:
        stream, offset = None, 0
        for _ in range(times):
            with av.open(str(clip)) as source:
                video = source.streams.video[0]
                stream = stream or output.add_stream_from_template(video)
                end = offset
                for packet in source.demux(video):
                    if packet.dts is None:
                        continue
                    end = max(end, offset + packet.pts + packet.duration)
                    packet.pts += offset
                    packet.dts += offset
                    packet.stream = stream
                    output.mux(packet)
                offset = end


def _annotated(clip: Path, into: Path) -> None:
    run_video(
        VideoConfig(
            str(clip), output=into.with_suffix(".mp4"), log=into.with_suffix(".csv"), overwrite=True
        )
    )


def _logged(clip: Path, into: Path) -> None:
    run_video(VideoConfig(str(clip), log=into.with_suffix(".log.csv")))


def _bare(clip: Path, into: Path) -> None:
    with ExitStack() as stack:
        source = stack.enter_context(open_source(clip))
        recorder = stack.enter_context(
            open_recorder(
                into.with_suffix(".bare.mp4"),
                fps=source.fps,
                size_wh=source.size_wh,
                colorimetry=source.colorimetry,
                sound=clip,
            )
        )
        for frame in source:
            recorder.write(frame.pixels, frame.t)
