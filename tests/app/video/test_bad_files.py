"""Videos that cannot be read, and folders that may not be."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from support.clips import picture_times, write_movie
from support.movies import EVEN
from support.programs import run_python

from emoapp.cli import main
from emoapp.sources import open_source
from emoapp.utils.libav import av


def bad_file(name: str, folder: Path) -> Path:
    path = folder / name
    if name == "empty.mp4":
        path.touch()
    elif name == "noise.mp4":
        path.write_bytes(np.random.default_rng(0).bytes(50_000))
    elif name == "sound.mp4":
        with av.open(str(path), "w") as container:
            tone = container.add_stream("aac", rate=48_000, layout="mono")
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            silence.sample_rate = 48_000
            container.mux(tone.encode(silence))
            container.mux(tone.encode())
    elif name == "codec.mp4":
        movie = write_movie(folder / "movie.mp4", EVEN, audio=None)
        path.write_bytes(movie.read_bytes().replace(b"avc1", b"zzzz"))
        movie.unlink()
    elif name == "cut.mp4":
        movie = write_movie(folder / "movie.mp4", EVEN)
        path.write_bytes(movie.read_bytes()[:5000])
        movie.unlink()
    return path


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "name, says",
    [
        ("empty.mp4", "is empty (0 bytes)"),
        ("noise.mp4", "is not a video that can be read"),
        ("sound.mp4", "has no picture, only sound"),
        ("codec.mp4", "cannot be decoded here"),
        ("cut.mp4", "its end is missing"),
        ("missing.mp4", "There is no file"),
    ],
)
def test_bad_files_are_named_and_leave_nothing(tmp_path, capsys, name, says):
    path = bad_file(name, tmp_path)
    there = os.listdir(tmp_path)
    assert main(["video", str(path), "-o", str(tmp_path / "a.mp4")]) == 1
    said = capsys.readouterr().err
    assert says in said and name in said and said.count("\n") == 1
    assert os.listdir(tmp_path) == there


def test_a_file_that_ends_early_says_so(tmp_path, capsys):
    movie = write_movie(tmp_path / "a.mp4", [n / 25 for n in range(38)], audio=None)
    with (
        av.open(str(movie)) as source,
        av.open(str(tmp_path / "fast.mp4"), "w", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    whole = (tmp_path / "fast.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[: len(whole) * 2 // 3])
    assert main(["video", str(tmp_path / "cut.mp4"), "-o", str(tmp_path / "copy.mp4")]) == 0
    assert "it ends early:" in capsys.readouterr().out
    assert 5 < len(picture_times(tmp_path / "copy.mp4")) < 38


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.webm", "a.avi"])
def test_a_file_whose_sound_is_longer_does_not_end_early(tmp_path, capsys, name):
    codecs = {"video": "libvpx-vp9", "audio": "libopus"} if name == "a.webm" else {}
    codecs = {"video": "mpeg4", "audio": "libmp3lame"} if name == "a.avi" else codecs
    movie = write_movie(tmp_path / name, [n / 25 for n in range(25)], sound_to=3.0, **codecs)
    log = tmp_path / "log.csv"
    assert main(["video", str(movie), "--no-frames", "--log", str(log)]) == 0
    assert "ends early" not in capsys.readouterr().out


def test_a_part_of_a_film_that_begins_late_does_not_end_early(tmp_path, capsys):
    movie = write_movie(tmp_path / "a.mkv", [10 + n / 25 for n in range(25)], sound_from=10.0)
    assert main(["video", str(movie), "--no-frames", "--log", str(tmp_path / "log.csv")]) == 0
    assert "ends early" not in capsys.readouterr().out
    with open_source(movie) as source:
        assert source.frame_count == pytest.approx(25, abs=1)


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="needs to be root")
def test_folders_without_rights(clip, tmp_path):
    """Root may do anything, so the program becomes nobody once all it needs is loaded."""
    inputs, outputs = tmp_path / "in", tmp_path / "out"
    for folder in (inputs, outputs):
        folder.mkdir()
    (inputs / "clip.mp4").write_bytes(clip.read_bytes())
    for folder in tmp_path.parents:
        if folder.owner() == "root" and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o011)
    tmp_path.chmod(0o755)
    code = f"""
import os
import emoapp.app.video.batch, emoapp.app.video.videos
from emoapp.cli import main
movie = "{inputs}/clip.mp4"
assert main(["video", movie, "-o", "{outputs}/first.mp4"]) == 0
os.chmod("{inputs}", 0o755)
os.setgid(65534)
os.setuid(65534)
assert main(["video", movie, "-o", "{outputs}/second.mp4"]) == 1
"""
    closed = f"""
assert main(["video", "{outputs}/closed"]) == 1
"""
    (outputs / "closed").mkdir(mode=0o700)
    ran = run_python(code + closed, EMOAPP_CONFIG="/nowhere/emoapp.toml")
    assert ran.returncode == 0, ran.stderr
    said = [line for line in ran.stderr.splitlines() if line.startswith("emoapp:")]
    assert len(said) == 2 and "Traceback" not in ran.stderr
    assert "second.mp4 cannot be written: Permission denied" in said[0]
    assert "closed cannot be read: Permission denied" in said[1]
