"""Times of movies, runs of `emoapp video` on them, and what a copy must keep."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.clips import picture_times, sound_packets

EVEN = [number / 25 for number in range(30)]
UNEVEN = [0.0, 0.04, 0.1, 0.5, 0.502, 1.0, 1.9, 2.0]


def program(*args: object, **options) -> subprocess.Popen:
    command = [sys.executable, "-m", "emoapp", *map(str, args)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def wait_for_lines(path: Path, count: int) -> None:
    """Until a log that another process writes has so many lines."""
    deadline = time.monotonic() + 60
    while not path.exists() or path.read_bytes().count(b"\n") < count:
        assert time.monotonic() < deadline, f"{path} does not grow"
        time.sleep(0.01)


def keeps_everything(movie: Path, copy: Path) -> None:
    """Every picture and packet of sound, when it was, and an index that players need."""
    wanted, got = picture_times(movie), picture_times(copy)
    assert got == pytest.approx([t - min(0, *wanted) for t in wanted], abs=1e-3)
    sound, copied = sound_packets(movie), sound_packets(copy)
    assert [content for _, content in copied] == [content for _, content in sound]
    assert [t for t, _ in copied] == pytest.approx([t for t, _ in sound], abs=1e-3)
