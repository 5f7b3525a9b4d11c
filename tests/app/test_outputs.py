"""Outputs are checked before anything is opened."""

from __future__ import annotations

import json
import os
import sys

import pytest
from support.programs import emoapp

from emoapp.cli import main


@pytest.mark.logs_errors
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


@pytest.mark.logs_errors
@pytest.mark.parametrize("option", ["-o", "--log", "--stats"])
def test_video_looks_at_its_files_before_it_opens_the_source(tmp_path, capsys, option):
    target = {"-o": "out.mp4", "--log": "out.csv", "--stats": "out.json"}[option]
    words = [] if option == "-o" else ["--no-frames"]
    words += ["--log", str(tmp_path / "l.csv")] if option == "--stats" else []
    assert main(["video", "missing.mp4", option, str(tmp_path / "no" / target), *words]) == 1
    said = capsys.readouterr().err
    assert f"there is no folder {tmp_path}/no" in said and "missing.mp4" not in said


@pytest.mark.logs_errors
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


@pytest.mark.logs_errors
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
