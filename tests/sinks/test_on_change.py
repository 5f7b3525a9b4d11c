"""A program that is run on changes: what it reads, how often, and what it can't do."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timezone
from pathlib import Path

import pytest
from support.outputs import face, nothing_left, result, tool, until

from emoapp.cli.outputs import split_command
from emoapp.errors import UsageError
from emoapp.sinks.on_change import CommandOutput


def events(folder: Path) -> list[dict]:
    path = folder / "events"
    lines = path.read_text().splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def test_each_change_is_a_line_of_json(tmp_path):
    reports = []
    report = lambda *words: reports.append(words)  # noqa: E731
    with CommandOutput(tool(tmp_path, ""), report=report, interval_s=0.0) as output:
        for number, label in enumerate(["happy", "happy", None, "sad"]):
            arrived = time.monotonic() - 1
            came = datetime.now(timezone.utc).timestamp() - 1
            output.write(result(number, face(label, 7), arrived=arrived))
            count = [1, 1, 2, 3][number]
            until(lambda: len(events(tmp_path)) == count)  # noqa: B023
    first, second, third = events(tmp_path)
    assert (first["event"], first["version"], first["track"]) == ("label", 1, 7)
    assert (first["label"], first["before"], first["confidence"]) == ("happy", None, 0.8)
    assert (second["label"], second["before"], second["confidence"]) == (None, "happy", None)
    assert (third["label"], third["before"], third["frame"]) == ("sad", None, 3)
    assert third["t"] == 0.1
    assert abs(datetime.fromisoformat(third["time"]).timestamp() - came) < 0.1
    assert reports == []


@pytest.mark.slow
def test_of_many_changes_it_is_told_the_latest(tmp_path):
    with CommandOutput(tool(tmp_path, ""), interval_s=2.0) as output:
        output.write(result(0, face("happy")))
        until(lambda: events(tmp_path))
        for number in range(1, 31):
            output.write(result(number, face(("sad", "angry", "fear")[number % 3])))
        output.write(result(31, face("neutral")))
        until(lambda: len(events(tmp_path)) == 2)
        for number in range(32, 40):  # and back to what it knows already
            output.write(result(number, face("sad" if number % 2 == 0 else "neutral")))
    labels = [(event["before"], event["label"]) for event in events(tmp_path)]
    assert labels == [(None, "happy"), ("happy", "neutral")]


def test_no_shell_reads_the_command(tmp_path):
    proof = tmp_path / "proof"
    words = split_command(
        f"{sys.executable} -c 'import sys, json; json.load(sys.stdin); "
        f"open(sys.argv[1], \"w\").write(sys.argv[2])' {proof} '$HOME; `id`'"
    )
    with CommandOutput(words) as output:
        output.write(result(0, face("happy")))
    assert proof.read_text() == "$HOME; `id`"


@pytest.mark.skipif(os.name != "posix", reason="kills a group of processes")
def test_what_hangs_is_ended_with_all_that_it_started(tmp_path):
    code = (
        "import subprocess\nsubprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    )
    reports = []
    report = lambda *words: reports.append(words)  # noqa: E731
    with nothing_left():
        with CommandOutput(tool(tmp_path, code), report=report, timeout_s=1.0) as output:
            output.write(result(0, face("happy")))
            until(lambda: output.write(result(1, face("happy"))) or reports)
    assert reports == [("--on-change", f"{sys.executable} took more than 1 s and was ended.")]


@pytest.mark.parametrize(
    "code, said",
    [
        ("sys.exit(3)", "ended with exit status 3"),
        ("os.kill(os.getpid(), 9)", "ended with exit status -9"),
    ],
)
def test_one_that_fails_is_reported_once_and_goes_on_being_started(tmp_path, code, said):
    reports = []
    report = lambda *words: reports.append(words)  # noqa: E731
    with CommandOutput(tool(tmp_path, code), report=report, interval_s=0.0) as output:
        for number, label in enumerate(["happy", "sad", "fear"]):
            output.write(result(number, face(label)))
            until(lambda: len(events(tmp_path)) == number + 1)  # noqa: B023
    assert len(reports) == 1 and said in reports[0][1]


def test_one_that_does_not_read_is_no_error():
    reports = []
    report = lambda *words: reports.append(words)  # noqa: E731
    with CommandOutput((sys.executable, "-c", ""), report=report) as output:
        output.write(result(0, face("happy")))
    assert reports == []


@pytest.mark.logs_errors
@pytest.mark.parametrize("words", ["", "no-such-program --x", "'"])
def test_what_cannot_be_run_is_said_before_the_camera_is_opened(words, capsys):
    from emoapp.cli import main

    assert main(["live", "--source", "9", "--no-window", f"--on-change={words}"]) == 2
    assert "--on-change" in capsys.readouterr().err


def test_backslashes_stay_on_windows(monkeypatch):
    assert split_command(r"a\ b 'c d'") == ("a b", "c d")
    monkeypatch.setattr("sys.platform", "win32")
    assert split_command(r"C:\tools\x.exe 'c d'") == (r"C:\tools\x.exe", "c d")
    with pytest.raises(UsageError, match="quotes in pairs"):
        split_command('"a')
