"""Recordings: every picture and time, and what is kept when they fail."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
from psutil import Process
from support.clips import frames_that_play, write_movie
from support.pictures import number_of, picture
from support.programs import run_python

from emoapp.errors import SinkError, SourceError
from emoapp.labels import EMOTIONS
from emoapp.sinks import open_log, open_recorder
from emoapp.utils.libav import av


def record(path, times, *, size_wh=(320, 180), **options) -> None:
    with open_recorder(path, fps=30, size_wh=size_wh, **options) as recorder:
        canvas = np.empty((size_wh[1], size_wh[0], 3), np.uint8)
        for number, t in enumerate(times):
            canvas[:] = picture(number, size_wh)  # one canvas: the recorder has to copy
            recorder.write(canvas, t)
        assert not path.exists() or options.get("overwrite"), "no half file under that name"


def read(path) -> tuple[list[float], list[np.ndarray]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        assert container.duration / av.time_base == pytest.approx(
            frames[-1].time + 1 / 30, abs=2e-3
        )
        return [f.time for f in frames], [f.to_ndarray(format="bgr24") for f in frames]


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize(
    "times",
    [
        [number / 30 for number in range(40)],
        [number * 1001 / 24000 for number in range(40)],
        [7.0, 7.04, 7.1, 7.5, 7.502, 9.0],
    ],
    ids=["even", "film", "uneven"],
)
def test_recording_keeps_every_picture_and_time(tmp_path, times, suffix):
    path = tmp_path / f"out{suffix}"
    record(path, times)
    got_times, got = read(path)
    assert got_times == pytest.approx([t - times[0] for t in times], abs=1e-3)
    assert [number_of(image) for image in got] == list(range(len(times)))
    assert got[0][40, 40] == pytest.approx([0, 0, 255], abs=12), "red stays the same red"
    assert os.listdir(tmp_path) == [path.name]


def test_recording_of_an_odd_size(tmp_path):
    record(tmp_path / "odd.mp4", [0, 0.1, 0.2], size_wh=(321, 181))
    _, images = read(tmp_path / "odd.mp4")
    assert images[0].shape == (180, 320, 3)


def test_recording_refuses_to_overwrite(tmp_path):
    path = tmp_path / "out.mp4"
    path.write_text("precious")
    with pytest.raises(SinkError, match="there already"):
        record(path, [0, 1])
    assert path.read_text() == "precious"
    record(path, [0, 1], overwrite=True)
    assert len(read(path)[0]) == 2


def test_a_recording_does_not_replace_what_came_meanwhile(tmp_path):
    path = tmp_path / "out.mp4"
    recorder = open_recorder(path, fps=30, size_wh=(320, 180))
    recorder.write(picture(0), 0.0)
    path.write_text("precious")
    with pytest.raises(SinkError, match=r"out.mp4 is there already.*kept as .*out.part.mp4"):
        recorder.close()
    recorder.close()
    assert path.read_text() == "precious"
    assert len(read(tmp_path / "out.part.mp4")[0]) == 1


_SAME_SECOND = """
import time
from emoapp.utils.files import with_unused_name
from emoapp.sinks import open_recorder
from support.pictures import picture
from support.results import result
time.strftime = lambda form: "emoapp-now"
recorder = with_unused_name("mp4", lambda path: open_recorder(path, fps=30, size_wh=(320, 180)))
print(recorder.path, flush=True)
for number in range(90):
    recorder.write(picture(number % 40), number / 30)
    time.sleep(0.02)
recorder.close()
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="files that are open have no other name there")
def test_programs_that_record_from_the_same_second_on_make_a_file_each(tmp_path):
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _SAME_SECOND], cwd=tmp_path, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    named = sorted(program.communicate(timeout=60)[0].strip() for program in running)
    assert named == ["emoapp-now-2.mp4", "emoapp-now.mp4"] == sorted(os.listdir(tmp_path))
    for name in named:
        times, images = read(tmp_path / name)
        assert times == pytest.approx([n / 30 for n in range(90)], abs=1e-3)
        assert [number_of(image) for image in images] == [n % 40 for n in range(90)]


def test_recording_of_nothing_leaves_nothing(tmp_path):
    recorder = open_recorder(tmp_path / "out.mp4", fps=30, size_wh=(320, 180))
    recorder.close()
    recorder.close()
    assert os.listdir(tmp_path) == []


def test_recording_refuses_another_size(tmp_path):
    with open_recorder(tmp_path / "out.mp4", fps=30, size_wh=(320, 180)) as recorder:
        with pytest.raises(SinkError, match="320x180 pixels; a picture came with 160x90"):
            recorder.write(picture(0, (160, 90)), 0.0)


@pytest.mark.parametrize("name", ["out.mp4", "out.csv"])
def test_where_nothing_can_be_written(tmp_path, name):
    def open_it(path):
        if name.endswith(".csv"):
            return open_log(path, EMOTIONS)
        return open_recorder(path, fps=30, size_wh=(320, 180))

    with pytest.raises(SinkError, match="no folder"):
        open_it(tmp_path / "nowhere" / name)
    (tmp_path / name).mkdir()
    with pytest.raises(SinkError, match="is a folder"):
        open_it(tmp_path / name)
    if sys.platform.startswith("linux"):  # /proc takes no files, not even from root
        with pytest.raises(SinkError, match=rf"/proc/{name} cannot be written"):
            open_it(f"/proc/{name}")


_FULL = """
import resource, sys
import numpy as np
from emoapp.errors import SinkError
from emoapp.sinks import open_recorder
from support.results import result
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
dice = np.random.default_rng(0)
errors = []
recorder = open_recorder(sys.argv[2], fps=30, size_wh=(320, 180))
try:
    for number in range(int(sys.argv[3])):
        noise = dice.integers(0, 255, (180, 320, 3), np.uint8)
        recorder.write(noise, number / 30)
except SinkError as error:
    errors.append(error)
try:
    recorder.close()
except SinkError as error:
    errors.append(error)
if errors:
    print(errors[0], errors[0].kept, len(errors), sep="\\n")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs setrlimit")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
@pytest.mark.parametrize("short_of", [200_000, 100], ids=["while writing", "while closing"])
def test_a_full_disk_keeps_what_was_recorded(tmp_path, suffix, short_of):
    path, part = tmp_path / f"full{suffix}", tmp_path / f"full.part{suffix}"
    run_python(_FULL, 10_000_000, path, 40)
    limit = path.stat().st_size - short_of
    path.unlink()
    ran = run_python(_FULL, limit, path, 40)
    assert (ran.returncode, ran.stderr) == (0, "")
    said, kept, _ = ran.stdout.splitlines()
    assert said.startswith(f"{tmp_path}/full{suffix} cannot be written: File too large.")
    assert f"is kept: {part}." in said and kept == str(part)
    assert os.listdir(tmp_path) == [part.name]
    assert part.stat().st_size > 0.9 * limit
    assert frames_that_play(part) > (35 if short_of == 100 else 25)


@pytest.mark.skipif(sys.platform == "win32", reason="needs setrlimit")
def test_a_disk_without_room_for_a_picture_keeps_nothing(tmp_path):
    ran = run_python(_FULL, 1000, tmp_path / "full.mp4", 100)
    assert ran.stdout.endswith("cannot be written: File too large.\nNone\n2\n"), ran.stderr
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "options, error, says",
    [
        (
            {"sound": "noise.mp4"},
            SourceError,
            "The sound of noise.mp4 cannot be read: Invalid data",
        ),
        ({"sound": "gone.mp4"}, SourceError, "The sound of gone.mp4 cannot be read: No such file"),
        ({"sound": "movie.mp4", "size_wh": (1, 1)}, SinkError, "out.mp4 cannot be written"),
    ],
)
def test_a_recorder_that_cannot_begin_leaves_nothing_open(
    tmp_path, monkeypatch, options, error, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(50_000))
    write_movie(tmp_path / "movie.mp4", [n / 25 for n in range(10)])
    there, threads = os.listdir(tmp_path), threading.active_count()
    # The error is kept, and with its traceback all that the constructor knew.
    with pytest.raises(error, match=says) as caught:
        open_recorder("out.mp4", fps=30, **({"size_wh": (320, 180)} | options))
    assert not [file for file in Process().open_files() if str(tmp_path) in file.path]
    assert os.listdir(tmp_path) == there and threading.active_count() == threads
    assert caught.value.kept is None if error is SinkError else "ffmpeg" in str(caught.value)
