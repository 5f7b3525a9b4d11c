"""What every source promises."""

from __future__ import annotations

import numpy as np

from emoapp.types import Frame


def conforms(source, *, size_wh: tuple[int, int], finite: bool) -> None:
    """What every source promises."""
    with source:
        assert source.name
        assert source.size_wh == size_wh
        assert source.fps is None or source.fps > 0
        frames = []
        while (frame := source.read()) is not None and (finite or len(frames) < 10):
            frames.append(frame)
        assert all(isinstance(frame, Frame) and frame.size_wh == size_wh for frame in frames)
        assert (frames[0].index, frames[0].t) == (0, 0.0)
        for before, after in zip(frames, frames[1:], strict=False):
            assert after.index > before.index
            assert after.t > before.t
            assert not np.shares_memory(before.image, after.image), "a kept frame would change"
        assert frames[-1].index + 1 == len(frames) + source.missed or not finite
        if finite:
            assert source.frame_count == frames[-1].index + 1
            assert source.read() is None, "the end stays the end"
    source.close()
    assert source.read() is None, "closed"
