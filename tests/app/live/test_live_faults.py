"""What a live run does where something cannot be written, opened or swapped."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import Future

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clips import frames_that_play
from support.pictures import picture
from support.programs import emoapp
from support.window import Program

from emoapp.app.live.detector import next_detector
from emoapp.app.live.messages import Messages
from emoapp.app.live.room import ENOUGH_S, LOOK_S, OVER_S, RoomWatch
from emoapp.app.live.window import WindowRun
from emoapp.app.run import open_pipeline
from emoapp.cli import main
from emoapp.config import LiveConfig
from emoapp.detectors import DETECTORS
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay
from emoapp.sources import open_source

needs_import = pytest.mark.skipif(not shutil.which("import"), reason="needs ImageMagick's import")
needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="needs setrlimit")


@pytest.fixture
def start(screen, tmp_path):
    """start(*words, **options): a `Program` that is killed in the end."""
    programs = []

    def begin(*words: str, **options) -> Program:
        programs.append(Program(screen, tmp_path, *words, **options))
        return programs[-1]

    yield begin
    for program in programs:
        program.kill()


def alert_shown(program: Program) -> bool:
    """Whether the red mark of an alert stands in the lower middle of the window."""
    red = np.abs(program.picture()[430:640, 330:640].astype(int) - (62, 75, 255)).max(axis=2) < 4
    return bool((red.sum(axis=0) > 60).any())


# The disk is full


@needs_import
@needs_limits
def test_a_recording_that_cannot_grow_is_kept_and_the_window_goes_on(start, tmp_path):
    program = start("--loop", "--record", "k.mp4", largest_file=600_000)
    program.until(lambda: alert_shown(program), seconds=60)
    said = program.errors.read_text()
    time.sleep(4)
    assert alert_shown(program), "until it is acknowledged"
    program.press("Return")
    program.until(lambda: not alert_shown(program), what="Enter closes it")
    assert program.changes() > 0.0005
    status, everything = program.quit()
    assert (status, everything) == (1, said) and said.count("\n") == 1
    part = tmp_path / "k.part.mp4"
    assert said.startswith("emoapp: k.mp4 cannot be written: File too large.")
    assert f"is kept: {part}." in said and not (tmp_path / "k.mp4").exists()
    assert frames_that_play(part) > 3 and part.stat().st_size > 550_000
    assert json.loads(program.stats.read_text())["frames"]["shown"] > 10


@needs_import
@needs_limits
def test_a_log_that_cannot_grow_is_kept_and_the_window_goes_on(start, tmp_path):
    program = start("--loop", "--log", "k.csv", largest_file=6_000)
    program.until(lambda: alert_shown(program), seconds=60)
    assert program.changes() > 0.0005
    program.xdotool("mousemove", "640", "560", "click", "1")
    program.until(lambda: not alert_shown(program), what="a click closes it")
    status, said = program.quit()
    assert status == 1 and said.count("\n") == 1
    assert said.startswith("emoapp: k.csv cannot be written: File too large.")
    assert f"is kept: {tmp_path / 'k.csv'}." in said
    lines = (tmp_path / "k.csv").read_text().splitlines(keepends=True)
    assert all(line.endswith("\n") for line in lines) and len(lines) > 3
    assert len({len(row) for row in csv.reader(lines)}) == 1
    assert json.loads(program.stats.read_text())["frames"]["shown"] > len(lines)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(folder)]
    if (
        not sys.platform.startswith("linux")
        or subprocess.run(mount, capture_output=True).returncode
    ):
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@needs_import
def test_a_disk_that_fills_up_is_said_while_there_is_room(start, small_disk):
    program = start("--loop", "--record", str(small_disk / "k.mp4"))
    part = small_disk / "k.part.mp4"
    program.until(lambda: program.errors.read_text(), seconds=60)
    warning = program.errors.read_text().splitlines()[0]
    assert warning.startswith("emoapp: the disk will be full after about ")
    assert warning.endswith(f"seconds of recording ({part})")
    program.until(lambda: "written" in program.errors.read_text(), seconds=90)
    program.until(lambda: alert_shown(program))
    status, said = program.quit()
    assert status == 1 and said.startswith(warning) and said.count("\n") == 2
    assert "No space left on device" in said and f"is kept: {part}." in said
    assert os.listdir(small_disk) == [part.name]
    assert frames_that_play(part) > 10 and part.stat().st_size > 1_400_000


@needs_limits
def test_what_cannot_be_finished_is_said_after_the_window(screen, tmp_path):
    code = (
        "import resource, sys; resource.setrlimit(1, (90_000, 90_000));"
        "from emoapp.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    words = ["live", "--demo", "--frames", "4", "--record", str(tmp_path / "k.mp4")]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=os.environ | {"DISPLAY": screen},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 1 and "4 frames analysed" in ran.stdout
    assert ran.stderr.startswith(f"emoapp: {tmp_path}/k.mp4 cannot be written: File too large.")
    kept = tmp_path / "k.part.mp4"
    assert (f"is kept: {kept}." in ran.stderr) == kept.exists() and not (
        tmp_path / "k.mp4"
    ).exists()


@needs_limits
def test_what_the_companion_says_is_kept_in_whole_lines(tmp_path):
    code = """
import resource, sys
from pathlib import Path
from emoapp.app.live.messages import Messages
from emoapp.app.live.records import CompanionRecord
from emoapp.sinks.lines import LineFile
resource.setrlimit(1, (1000, 1000))
messages = Messages()
path = Path(sys.argv[1])
record = CompanionRecord(LineFile(open(path, "wb", buffering=0), path), messages)
for number in range(300):
    print(f"line {number}", file=record, flush=True)
record.close()
print(len(messages.faults))
"""
    path = tmp_path / "k.companion.jsonl"
    ran = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True)
    assert ran.stdout == "1\n" and f"is kept: {path}." in ran.stderr
    lines = path.read_text().splitlines(keepends=True)
    assert lines == [f"line {number}\n" for number in range(len(lines))] and len(lines) > 90


@given(
    rate=st.integers(1_000, 5_000_000),
    left_s=st.floats(1.0, 600.0),
    every_s=st.floats(LOOK_S, 2.0),
    seconds=st.integers(5, 40),
)
def test_room_is_measured_by_how_fast_the_file_grows(
    tmp_path_factory, rate, left_s, every_s, seconds
):
    path = tmp_path_factory.getbasetemp() / "growing.mp4"
    free = left_s * rate
    watch, now = RoomWatch(path, free=lambda folder: free), 50.0
    path.write_bytes(b"")
    said = []
    while now < 50.0 + seconds:
        os.truncate(path, round((now - 50.0) * rate))  # no disk is used for that
        said.append(watch.short_s(now))
        now += every_s
    assert said[0] is None, "nothing is measured yet"
    for short_s in said[1:]:
        if left_s > 1.01 * ENOUGH_S:
            assert short_s is None
        elif left_s < 0.99 * ENOUGH_S:
            assert short_s == pytest.approx(left_s, rel=0.01)


def test_a_pause_does_not_make_the_recording_look_slow(tmp_path):
    path = tmp_path / "growing.mp4"
    watch = RoomWatch(path, free=lambda folder: 30_000)
    for now, size in ((0, 0), (1, 1000), (2, 2000), (60, 2000), (61, 3000)):
        path.write_bytes(bytes(size))
        short_s = watch.short_s(float(now))
        if now != 60:
            assert short_s is None if now == 0 else short_s == pytest.approx(30), now
    assert OVER_S < 58
    path.unlink()
    assert watch.short_s(70.0) is None


# Rate and latency


class SlowWindow:
    """A window on a screen that takes 50 ms to show a picture."""

    wants_picture, closed = True, False

    def write(self, result, picture):
        pass

    def poll(self):
        time.sleep(0.05)

    def clicked(self):
        return None

    def toggle_full_screen(self):
        pass


class Watched(WindowRun):
    def status(self, result):
        self.shown.append(super().status(result))
        return self.shown[-1]


def test_latency_is_from_arrival_to_the_end_of_showing(demo):
    config = LiveConfig(source=str(demo), max_frames=12)
    loading = Future()
    loading.set_result(open_pipeline(config))
    with open_source(demo, live=True) as source, loading.result():
        run = Watched(config, source, SlowWindow(), loading, messages=Messages())
        run.shown = []
        numbers = run.to_the_end()
    assert run.shown[0].latency_ms is None and run.shown[0].fps is None
    assert min(status.latency_ms for status in run.shown[1:]) > 50
    assert max(status.fps for status in run.shown[2:]) < 20
    assert numbers["latency_ms"]["median"] > 50


def test_only_what_comes_from_outside_has_arrived(clip):
    began = time.monotonic()
    with open_source(clip, live=True) as source:
        arrived = [frame.arrived for frame in source]
    assert began < arrived[0] and arrived == sorted(arrived) and arrived[-1] < time.monotonic()
    assert arrived[-1] - arrived[0] > 0.5
    with open_source(clip) as source:
        assert {frame.arrived for frame in source} == {None}


# The next detector


def broken():
    raise RuntimeError("its model is gone")


@needs_import
def test_a_detector_that_does_not_open_is_said_in_the_window(start):
    prelude = (
        "from emoapp.detectors import DETECTORS\n"
        "def broken(): raise RuntimeError('its model is gone')\n"
        "DETECTORS['mediapipe'] = DETECTORS['haar'] = broken\n"
    )
    program = start("--loop", prelude=prelude)
    program.press("d")
    program.until(lambda: alert_shown(program))
    assert program.changes() > 0.0005
    program.press("Return")
    program.until(lambda: not alert_shown(program), what="Enter closes it")
    assert program.end()["faces"]["mean"] > 0.5


def test_the_next_detector_takes_over_only_once_it_is_open(monkeypatch):
    with open_pipeline(LiveConfig(source="0", detector="haar")) as pipeline:
        first = pipeline.detector
        first.exhaustive = True
        for name in ("blazeface", "mediapipe"):
            monkeypatch.setitem(DETECTORS, name, broken)
        next_detector(pipeline, messages := Messages())
        messages.show(overlay := Overlay(EMOTIONS))
        ((title, text),) = overlay.alerts.waiting
        assert title == "Faces are still found by haar"
        assert "the detector blazeface can't be loaded: its model is gone" in text
        assert pipeline.detector is first and not messages.faults
        assert first.detect(picture(0)) == []
        monkeypatch.undo()
        next_detector(pipeline, messages)
        assert pipeline.detector.name == "blazeface" and pipeline.detector.exhaustive
        assert pipeline.detector.detect(picture(0)) == []
        assert first.closed and not messages.faults


def test_a_detector_that_does_not_open_is_passed_over_with_a_word(monkeypatch):
    with open_pipeline(LiveConfig(source="0", detector="blazeface")) as pipeline:
        monkeypatch.setitem(DETECTORS, "mediapipe", broken)
        next_detector(pipeline, messages := Messages())
        assert pipeline.detector.name == "haar"
        messages.show(overlay := Overlay(EMOTIONS))
        ((title, text),) = overlay.alerts.waiting
        assert title == "Faces are now found by haar" and "its model is gone" in text


# Checked before the camera is opened


@pytest.mark.parametrize(
    "words, status, says",
    [
        (["--stats", "nowhere/s.json"], 1, "no folder nowhere"),
        (["--stats", "there.csv"], 1, "there.csv is there already"),
        (["--stats", "/proc/s.json"], 1, "/proc/s.json cannot be written"),
        (["--log", "there.csv"], 1, "there.csv is there already"),
        (["--log", "log.txt"], 2, "must end with .csv, .jsonl, .parquet"),
        (["--log", "/proc/log.csv"], 1, "/proc/log.csv cannot be written"),
        (["--log", "a.csv", "--companion"], 1, "a.companion.jsonl is there already"),
        (["--record", "there.mp4"], 1, "there.mp4 is there already"),
        (["--record", "k.avi"], 2, "must end with .mp4"),
        (["--record", "/proc/k.mp4"], 1, "/proc/k.mp4 cannot be written"),
    ],
)
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc takes no files")
def test_live_looks_at_its_files_before_it_opens_the_camera(
    tmp_path, monkeypatch, capsys, words, status, says
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DISPLAY", raising=False)
    for name in ("there.csv", "there.mp4", "a.companion.jsonl"):
        (tmp_path / name).write_text("precious")
    # There is neither a screen nor a camera 9, and nothing is heard of them.
    assert main(["live", "--source", "9", *words]) == status
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1
    assert len(os.listdir(tmp_path)) == 3
    assert (tmp_path / "there.csv").read_text() == "precious"


@pytest.mark.parametrize("option", ["-o", "--log", "--stats"])
def test_video_looks_at_its_files_before_it_opens_the_source(tmp_path, capsys, option):
    target = {"-o": "out.mp4", "--log": "out.csv", "--stats": "out.json"}[option]
    words = [] if option == "-o" else ["--no-frames"]
    words += ["--log", str(tmp_path / "l.csv")] if option == "--stats" else []
    assert main(["video", "missing.mp4", option, str(tmp_path / "no" / target), *words]) == 1
    said = capsys.readouterr().err
    assert f"there is no folder {tmp_path}/no" in said and "missing.mp4" not in said


def test_statistics_replace_no_file(clip, tmp_path, capsys):
    stats = tmp_path / "s.json"
    stats.write_text("precious")
    words = [
        "video",
        str(clip),
        "--no-frames",
        "--log",
        str(tmp_path / "l.csv"),
        "--stats",
        str(stats),
    ]
    assert main(words) == 1
    assert "--overwrite" in capsys.readouterr().err and stats.read_text() == "precious"
    assert main([*words, "--overwrite"]) == 0
    assert json.loads(stats.read_text())["frames"]["analysed"] == 30


def test_statistics_that_cannot_be_written_hide_no_error(demo, small_disk, capsys):
    copy, stats = small_disk / "k.mp4", small_disk / "s.json"
    assert main(["video", str(demo), "-o", str(copy), "--quality", "0", "--stats", str(stats)]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith(f"emoapp: {stats} cannot be written: No space left on device.")
    assert second.startswith(f"emoapp: {copy} cannot be written: No space left on device.")
    assert os.listdir(small_disk) == ["k.part.mp4"]


def test_statistics_may_go_to_standard_output():
    if not os.path.exists("/dev/stdout"):
        pytest.skip("needs /dev/stdout")
    run = emoapp("live", "--demo", "--no-window", "--frames", 2, "--stats", "/dev/stdout")
    assert run.returncode == 0 and '"analysed": 2' in run.stdout
