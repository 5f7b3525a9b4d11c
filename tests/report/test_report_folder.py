"""A report replaces what a report wrote and nothing else, and is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.clips import write_clip
from support.logs import HAPPY, SAD, row, write_log

from emoapp.cli import main
from emoapp.errors import SinkError
from emoapp.report import clips
from emoapp.report.folder import MANIFEST, report_folder

CLIP = "clips/01_happy_person1_0-01.0.mp4"


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("film") / "film.mp4", [i / 5 for i in range(30)])


@pytest.fixture
def log(tmp_path, film, monkeypatch):
    """A log in a folder of its own, its video beside it; moments at 1 and 5 s."""
    monkeypatch.chdir(tmp_path)
    sure = {5: 0.95, 25: 0.9}
    rows = [row(i, i / 5, 1, HAPPY if i != 15 else SAD, sure.get(i, 0.5)) for i in range(30)]
    (tmp_path / "film.mp4").write_bytes(film.read_bytes())
    return write_log(tmp_path / "log.csv", rows)


def files(folder) -> dict[str, bytes]:
    """All that is below a folder, the folders too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def listed(folder) -> set[str]:
    return set(json.loads((folder / MANIFEST).read_text())["files"])


def report(*words: str) -> int:
    return main(["report", "log.csv", *words])


def test_a_users_own_clips_survive(log, tmp_path, capfd):
    mine = {"clips/07_mine.mp4": b"mine", "clips/02_sad_person2_0-01.0.mp4": b"too", "notes": b"x"}
    (tmp_path / "clips").mkdir()
    for name, content in mine.items():
        (tmp_path / name).write_bytes(content)
    before = files(tmp_path)
    assert report("-o", ".", "--clips", "2") == 1, "not without --overwrite"
    assert files(tmp_path) == before and "add `--overwrite`" in capfd.readouterr().err
    for count in ("2", "1"):
        assert report("-o", ".", "--overwrite", "--clips", count) == 0
        after = files(tmp_path)
        assert before.items() <= after.items()
        assert set(after) - set(before) == listed(tmp_path) | {MANIFEST}
        assert sum(name.startswith("clips/") for name in listed(tmp_path)) == int(count)


def test_a_new_report_takes_the_place_of_the_old_one(log, tmp_path):
    folder = tmp_path / "log_report"
    assert report("--chapters", "--clips", "2") == 0
    first = files(folder)
    assert set(first) == listed(folder) | {MANIFEST, "clips"}
    (tmp_path / "plain").mkdir()
    assert "chapters.vtt" in first and folder.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert report() == 1 and files(folder) == first
    assert report("--overwrite", "--no-pictures") == 0
    assert set(files(folder)) == set(first) - {"clips", "chapters.vtt"} - {
        name for name in first if name.startswith("clips/")
    }
    assert (folder / "report.html").read_bytes() != first["report.html"]


@pytest.mark.parametrize(
    "name", ["report.html", "people.csv", "timeline.png", CLIP, MANIFEST, "clips"]
)
def test_what_no_report_wrote_is_not_replaced(log, tmp_path, capfd, name):
    folder = tmp_path / "out"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(b"precious")
    before = files(tmp_path)
    assert report("-o", "out", "--overwrite", "--clips", "2") == 1
    assert files(tmp_path) == before
    said = capfd.readouterr().err
    assert str(folder.relative_to(tmp_path) / name) in said and "-o" in said


def test_what_was_changed_since_is_kept(log, tmp_path, capfd):
    folder = tmp_path / "log_report"
    assert report("--clips", "1", "--chapters") == 0
    (folder / "chapters.vtt").write_text("corrected by hand")
    before = files(tmp_path)
    assert report("--overwrite", "--chapters") == 1
    assert files(tmp_path) == before and "changed since" in capfd.readouterr().err
    assert report("--overwrite") == 0, "it needs no such file"
    assert (folder / "chapters.vtt").read_text() == "corrected by hand"
    assert "chapters.vtt" not in listed(folder)


@pytest.mark.parametrize("link", [os.link, os.symlink, None])
def test_what_a_report_is_made_of_is_not_replaced(log, tmp_path, film, capfd, link):
    folder = tmp_path / "log_report"
    assert report("--clips", "2") == 0
    cut = next((folder / "clips").glob("01_*"))
    video = cut
    if link is not None:
        video = tmp_path / "other.mp4"
        link(cut, video)
    before = files(tmp_path)
    assert report("--overwrite", "--video", str(video), "--no-pictures") == 1
    assert files(tmp_path) == before
    assert "is what this report is made of" in capfd.readouterr().err


def test_a_list_from_elsewhere_leads_to_no_other_files(log, tmp_path):
    folder = tmp_path / "a" / "log_report"
    assert report("-o", str(folder)) == 0
    content = json.loads((folder / MANIFEST).read_text())
    outside = folder.parent / "letter.txt"
    outside.write_text("precious")
    digest = hashlib.sha256(b"precious").hexdigest()
    for name in ("../letter.txt", str(outside), "clips/../../letter.txt"):
        content["files"][name] = digest
    (folder / MANIFEST).write_text(json.dumps(content))
    assert report("-o", str(folder), "--overwrite") == 0
    assert outside.read_text() == "precious"


# Disturbances


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


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not sent there")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
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


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all")
def test_a_folder_that_may_not_be_written(log, tmp_path, capfd):
    folder = tmp_path / "closed"
    folder.mkdir()
    folder.chmod(0o500)
    assert report("-o", "closed") == 1
    assert "closed cannot be written" in capfd.readouterr().err
