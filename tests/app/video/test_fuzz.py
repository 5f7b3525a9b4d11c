"""Videos that were changed at random."""

from __future__ import annotations

import subprocess
import sys

import pytest
from support.clips import write_movie

_FUZZ = """
import sys
from pathlib import Path
import numpy as np
from emoapp.errors import EmoappError
from emoapp.sources import open_source

dice = np.random.default_rng(int(sys.argv[1]))
seeds = [Path(name).read_bytes() for name in sys.argv[3:]]
target = Path(sys.argv[2])
frames = 0
for number in range(100):
    content = bytearray(seeds[number % len(seeds)])
    for _ in range(dice.integers(1, 30)):
        at, kind = int(dice.integers(len(content))), dice.integers(4)
        if kind == 0:
            content[at] = int(dice.integers(256))
        elif kind == 1:
            del content[at : at + int(dice.integers(1, 400))]
        elif kind == 2:
            content[at:at] = dice.bytes(int(dice.integers(1, 400)))
        else:
            content[at : at + 64] = bytes(64)
    if number % 10 == 9:
        del content[int(dice.integers(len(content))) :]
    target.write_bytes(content)
    try:
        with open_source(target) as source:
            for frame in source:
                frames += 1
    except EmoappError as error:
        assert str(target) in str(error), error
print(frames)
"""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_files_neither_crash_nor_hang(tmp_path, seed):
    """A hundred changed copies of real files: pictures or an error that names the file."""
    times = [n / 25 for n in range(12)]
    movies = [
        write_movie(tmp_path / "a.mp4", times),
        write_movie(tmp_path / "a.mkv", times, video="libx265", audio="flac"),
        write_movie(tmp_path / "a.avi", times, video="mpeg4", audio="libmp3lame"),
        write_movie(tmp_path / "a.webm", times, video="libvpx-vp9", audio="libopus"),
    ]
    command = [sys.executable, "-c", _FUZZ, str(seed), str(tmp_path / "mutant.mp4")]
    ran = subprocess.run([*command, *map(str, movies)], capture_output=True, text=True, timeout=300)
    assert ran.returncode == 0, ran.stderr[-2000:]
    assert "Traceback" not in ran.stderr and int(ran.stdout) > 100
