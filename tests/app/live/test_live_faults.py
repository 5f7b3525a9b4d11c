"""A live run that cannot write: the disk is full, a file cannot grow."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time

import pytest
from support.clips import frames_that_play
from support.paths import ROOT
from support.window import alert_shown, needs_import

needs_limits = pytest.mark.skipif(sys.platform == "win32", reason="needs setrlimit")


# The disk is full


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
        "import resource, sys; resource.setrlimit(1, (70_000, 70_000));"
        "from emoapp.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    clip = str(ROOT / "assets" / "demo.mp4")
    words = ["live", "--source", clip, "--frames", "4", "--record", str(tmp_path / "k.mp4")]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=os.environ | {"DISPLAY": screen},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode == 1 and "4 frames analyzed" in ran.stdout
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
