"""`emoapp video` that is killed, interrupted, or has no room; two at a time."""

from __future__ import annotations

import csv
import json
import os
import signal

import pytest
from support.clips import frames_that_play, picture_times
from support.movies import program, wait_for_lines

from emoapp.cli import main


@pytest.mark.parametrize("options", [[], ["--overwrite"]])
def test_two_programs_do_not_write_one_file(demo, tmp_path, options):
    copy, log = tmp_path / "copy.mp4", tmp_path / "log.csv"
    command = ("video", demo, "-o", copy, "--log", log, "--frames", 60, *options)
    running = [program(*command) for _ in range(2)]
    said = [each.communicate(timeout=120)[1] for each in running]
    assert sorted(each.returncode for each in running) == [0, 1]
    (errors,) = filter(None, said)
    assert "being written by another program" in errors or "is there already" in errors
    assert errors.count("\n") == 1
    assert picture_times(copy) == pytest.approx([n / 30 for n in range(60)], abs=1e-3)
    with log.open(newline="") as file:
        assert [int(row["frame"]) for row in csv.DictReader(file)] == list(range(60))
    assert sorted(os.listdir(tmp_path)) == ["copy.mp4", "log.csv", "log.csv.meta.json"]


@pytest.mark.logs_errors
def test_nothing_is_made_where_one_result_cannot_be(clip, tmp_path, capsys):
    """Not even what could have been, and of what was to be replaced nothing is lost."""
    for name in ("log.csv", "copy.mp4", "stats.json"):
        (tmp_path / name).write_text("precious")
    log, stats, copy = (tmp_path / name for name in ("log.csv", "stats.json", "copy.mp4"))
    for outputs in (
        ["-o", copy, "--log", tmp_path / "new.csv"],
        ["-o", tmp_path / "new.mp4", "--log", log],
        ["-o", tmp_path / "new.mp4", "--stats", stats],
        ["-o", tmp_path / "new.avi", "--log", log, "--overwrite"],
        ["-o", tmp_path / "new.webm", "--codec", "h264", "--log", log, "--overwrite"],
        ["-o", tmp_path / "nowhere" / "new.mp4", "--log", log, "--overwrite"],
        ["-o", clip, "--log", log, "--overwrite"],
        ["--log", log, "--stats", clip, "--overwrite"],
        ["--log", log, "--stats", log, "--overwrite"],
    ):
        content = clip.read_bytes()
        assert main(["video", str(clip), *map(str, outputs)]) in (1, 2)
        assert capsys.readouterr().err.count("\n") == 1
        assert clip.read_bytes() == content
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
            "log.csv": "precious",
            "copy.mp4": "precious",
            "stats.json": "precious",
        }


def test_the_part_that_a_killed_run_left_is_kept(demo, tmp_path):
    copy = tmp_path / "copy.mp4"
    (tmp_path / "copy.part.mp4").write_text("an hour of work")
    os.utime(tmp_path / "copy.part.mp4", (0, 0))
    log = tmp_path / "log.csv"
    with program("video", demo, "-o", copy, "--log", log) as running:
        wait_for_lines(log, 40)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)[1]
    assert f"what was done is in {tmp_path}/copy.part-2.mp4" in said
    assert "copy.part.mp4" not in said
    assert len(picture_times(tmp_path / "copy.part-2.mp4")) >= 30
    assert (tmp_path / "copy.part.mp4").read_text() == "an hour of work"


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_killed_run_leaves_what_plays_and_what_can_be_read(demo, tmp_path, suffix):
    log = tmp_path / f"log.{suffix}"
    growing = tmp_path / "log.part.csv" if suffix == "parquet" else log
    with program("video", demo, "-o", tmp_path / "copy.mp4", "--log", log) as running:
        wait_for_lines(growing, 91)
        running.kill()
    assert not (tmp_path / "copy.mp4").exists()
    # What is in the encoder and in the last second's fragment is lost.
    times = picture_times(tmp_path / "copy.part.mp4")
    assert times == pytest.approx([n / 30 for n in range(len(times))], abs=1e-3) and times
    lines = growing.read_text().splitlines()
    if suffix == "jsonl":
        frames = [json.loads(line)["frame"] for line in lines]
    else:
        frames = [int(row["frame"]) for row in csv.DictReader(lines)]
    assert frames == list(range(len(frames))) and len(frames) >= 90


def test_ctrl_c_keeps_what_was_done_and_says_where(demo, tmp_path):
    log = tmp_path / "log.csv"
    with program("video", demo, "-o", tmp_path / "copy.mp4", "--log", log) as running:
        wait_for_lines(log, 40)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=30)[1]
    assert running.returncode == 130 and "Traceback" not in said
    assert f"what was done is in {tmp_path}/copy.part.mp4" in said and str(log) in said
    assert len(picture_times(tmp_path / "copy.part.mp4")) >= 30
    assert not (tmp_path / "copy.mp4").exists()


@pytest.fixture
def small_disk(disk):
    return disk("200k")


@pytest.mark.logs_errors
@pytest.mark.parametrize("options", [["-o", "copy.mp4"], ["--log", "log.csv"]])
def test_a_full_disk(demo, small_disk, capsys, options):
    if options[0] == "--log":
        (small_disk / "ballast").write_bytes(bytes(180_000))
    target = small_disk / options[1]
    assert main(["video", str(demo), options[0], str(target)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"emoapp: {target} cannot be written: No space left") and "\n" in said
    assert "Make room there, or write to another disk." in said
    if options[0] == "-o":
        part = small_disk / "copy.part.mp4"
        assert os.listdir(small_disk) == [part.name] and f"is kept: {part}." in said
        assert frames_that_play(part) > 10
    else:
        assert f"is kept: {target}." in said
        rows = list(csv.reader(target.read_text().splitlines()))
        assert len({len(row) for row in rows}) == 1, "whole lines only"
