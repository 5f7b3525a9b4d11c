"""A report that is interrupted, killed, or may not be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.reports import files, listed, report

from emoapp.errors import SinkError
from emoapp.report import clips
from emoapp.report.folder import MANIFEST, report_folder


@pytest.mark.parametrize("there", [False, True], ids=["new", "over an old one"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_error_at_any_step_leaves_what_was_there(tmp_path, monkeypatch, there, error):
    def write(names: str, content: bytes) -> None:
        with report_folder(tmp_path / "a" / "b", overwrite=True, inputs=[]) as target:
            target.claim(names)
            for name in names:
                (target.stage / name).write_bytes(content)

    if there:
        write("abc", b"old")
        (tmp_path / "a" / "b" / "notes").write_text("mine")
    before = files(tmp_path)
    for step in range(1, 100):
        with monkeypatch.context() as patch:
            steps = fail_at(step, error, patch)
            try:
                write("bcd", b"new")
                break
            except (KeyboardInterrupt, SinkError, OSError):
                assert files(tmp_path) == before, f"step {step}"
    assert step > (10 if there else 4) and len(steps) < step
    kept = {"notes"} if there else set()
    assert set(files(tmp_path / "a" / "b")) == {*"bcd", MANIFEST} | kept


def fail_at(step: int, error, patch) -> list[str]:
    """Let the call of that number fail among those that change the disk; gives the calls."""
    calls: list[str] = []

    def counted(name: str):
        original = getattr(Path, name)

        def call(self, *args, **options):
            calls.append(name)
            if len(calls) == step:
                raise error
            return original(self, *args, **options)

        patch.setattr(Path, name, call)

    for name in ("replace", "rename", "mkdir", "write_text", "write_bytes"):
        counted(name)
    return calls


def test_interrupted_while_cutting_clips(log, tmp_path, monkeypatch, capfd):
    before = files(tmp_path)
    cut = clips.cut

    def cut_and_stop(video, t, path):
        cut(video, t, path)
        raise KeyboardInterrupt

    monkeypatch.setattr(clips, "cut", cut_and_stop)
    assert report("--clips", "2", "--no-pictures") == 130
    assert files(tmp_path) == before


def run_and_stop(stop: signal.Signals, after_s: float, *words: str) -> int:
    process = subprocess.Popen(
        [sys.executable, "-m", "emoapp", "report", "log.csv", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(after_s)
    process.send_signal(stop)
    return process.wait(60)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are not sent there")
@pytest.mark.parametrize(
    "stop",
    [signal.SIGINT, signal.SIGTERM, signal.SIGKILL],
)
def test_stopped_at_any_time_there_is_a_whole_report_or_none(log, tmp_path, stop):
    folder = tmp_path / "log_report"
    began = time.monotonic()
    assert run_and_stop(signal.SIGCONT, 0.5) == 0
    takes_s = time.monotonic() - began
    whole = set(files(folder))
    for share in (0.6, 0.9, 0.97):
        for name, content in files(folder).items():
            assert content
            (folder / name).unlink()
        if folder.exists():
            folder.rmdir()
        run_and_stop(stop, share * takes_s)
        there = set(files(folder)) if folder.exists() else whole
        assert there == whole, share
        left = [path for path in tmp_path.iterdir() if path.name.startswith("half.")]
        assert stop == signal.SIGKILL or not left
    assert report("--overwrite") == 0
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("half.")]


@pytest.mark.slow
def test_a_killed_exchange_belongs_to_a_report_still(log, tmp_path):
    """The state between two files of an exchange: half of them are new, half are aside."""
    folder = tmp_path / "log_report"
    assert report("--chapters") == 0
    code = (
        "import os, pathlib, sys; from emoapp.cli import main; moved = 0\n"
        "replace = pathlib.Path.replace\n"
        "def kill(self, target):\n"
        "    global moved; moved += 1\n"
        "    if moved == 14: os.kill(os.getpid(), 9)\n"
        "    return replace(self, target)\n"
        "pathlib.Path.replace = kill\n"
        "main(['report', 'log.csv', '--overwrite', '--no-pictures'])"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == -9
    assert any(path.name.startswith("half.") for path in folder.iterdir())
    assert report("--overwrite", "--clips", "1") == 0
    assert set(files(folder)) == listed(folder) | {MANIFEST, "clips"}


@pytest.mark.logs_errors
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all")
def test_a_folder_that_may_not_be_written(log, tmp_path, capfd):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    assert report("-o", "closed") == 1
    assert "closed cannot be written" in capfd.readouterr().err
