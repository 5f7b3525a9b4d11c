"""`emoapp video` on many files: folders, failures, starting again, processes, a cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import av
import pytest
from clips import picture_times

from emoapp.batch import CRASHED, run_in_processes
from emoapp.cli import main
from emoapp.config import VideoConfig
from emoapp.ledger import LEDGER
from emoapp.videos import plan


@pytest.fixture
def archive(clip, tmp_path) -> Path:
    """A folder with videos at two levels, a broken one among them, and other things."""
    folder = tmp_path / "archive"
    (folder / "deeper").mkdir(parents=True)
    for name in ("a.mp4", "b.MP4", "deeper/a.mp4"):
        shutil.copy(clip, folder / name)
    (folder / "broken.mkv").write_bytes(b"no video")
    (folder / "notes.txt").write_text("not a video")
    (folder / ".hidden.mp4").write_bytes(b"")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


WRITTEN = ["a.mp4", "b.mp4", "deeper/a.mp4", LEDGER]
LOGGED = ["a.csv", "b.csv", "deeper/a.csv", LEDGER]


@pytest.mark.parametrize("options", [[], ["--jobs", "2"]])
def test_a_folder_goes_on_past_a_broken_file_and_is_not_done_twice(
    archive, tmp_path, capsys, options
):
    out, stats = tmp_path / "out", tmp_path / "stats.json"
    command = ["video", str(archive), "-o", str(out), "--log", str(tmp_path / "log"), *options]
    assert main([*command, "--stats", str(stats)]) == 1
    said = capsys.readouterr()
    assert "broken.mkv is not a video" in said.err and said.err.count("emoapp:") == 1
    assert "3 done, 1 failed, 0 done before" in said.out
    assert names(out) == WRITTEN and names(tmp_path / "log") == LOGGED[:-1]
    assert set(json.loads(stats.read_text())) == {
        str(archive / name) for name in ("a.mp4", "b.MP4", "deeper/a.mp4")
    }

    (out / "b.mp4").unlink()  # somebody lost one
    written = (out / "a.mp4").stat().st_mtime_ns
    (archive / "broken.mkv").unlink()
    assert main(command) == 0
    assert "1 done, 0 failed, 2 done before" in capsys.readouterr().out
    assert names(out) == WRITTEN and (out / "a.mp4").stat().st_mtime_ns == written
    # With other settings it is another piece of work.
    assert main([*command, "--smoothing", "0"]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, "--smoothing", "0", "--overwrite"]) == 0


def test_a_killed_batch_goes_on_where_it_was(demo, clip, tmp_path, capsys):
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    shutil.copy(clip, archive / "1.mp4")
    shutil.copy(demo, archive / "2.mp4")
    command = ["video", str(archive), "-o", str(out)]
    with subprocess.Popen([sys.executable, "-m", "emoapp", *command]) as running:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (out / "2.part.mp4").exists():
            time.sleep(0.01)
        running.kill()
    assert (out / "1.mp4").exists() and not (out / "2.mp4").exists()
    assert main([*command]) == 0
    assert "1 done, 0 failed, 1 done before" in capsys.readouterr().out
    assert names(out) == ["1.mp4", "2.mp4", LEDGER]
    assert len(picture_times(out / "2.mp4")) == 240


def test_what_others_have_written_is_not_replaced(archive, tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.mp4").write_text("precious")
    assert main(["video", str(archive), "-o", str(out)]) == 1
    assert "a.mp4 is there already" in capsys.readouterr().err
    assert (out / "a.mp4").read_text() == "precious"
    assert names(out) == WRITTEN, "the others were done"


def test_files_beside_each_other_keep_their_names_apart(tmp_path):
    videos = [("x/a.mp4", Path("a.mp4")), ("x/a.mov", Path("a.mov")), ("b.mp4", Path("b.mp4"))]
    configs = plan(videos, VideoConfig(""), output=Path("o"), log=Path("l"), log_suffix=".jsonl")
    assert [str(config.output) for config in configs] == ["o/a_mp4.mp4", "o/a_mov.mp4", "o/b.mp4"]
    assert [str(config.log) for config in configs] == [
        "l/a_mp4.jsonl",
        "l/a_mov.jsonl",
        "l/b.jsonl",
    ]


@pytest.mark.parametrize(
    "inputs, options, status, says",
    [
        (["a.mp4", "b.MP4"], ["-o", "one.mp4"], 2, "many files need a folder"),
        (["nothing"], [], 1, "holds no videos"),
        (["missing.mp4", "a.mp4"], [], 1, "There is no file missing.mp4"),
    ],
)
def test_what_cannot_be_done_is_said(archive, monkeypatch, capsys, inputs, options, status, says):
    monkeypatch.chdir(archive)
    (archive / "nothing").mkdir()
    assert main(["video", *inputs, *options]) == status
    assert says in capsys.readouterr().err


class Crash:
    """A name that ends the process that reads it, as a decoder's bug would."""

    def __reduce__(self):
        return os._exit, (1,)


def test_a_file_that_brings_its_process_down_costs_no_other_file(clip, tmp_path):
    good = [VideoConfig(str(clip), log=tmp_path / f"{n}.csv") for n in range(3)]
    bad = VideoConfig(Crash(), log=tmp_path / "bad.csv")
    outcomes = list(run_in_processes([good[0], bad, *good[1:]], 2, tmp_path))
    assert len(outcomes) == 4
    for outcome in outcomes:
        if outcome.config is bad:
            assert CRASHED in outcome.error
        else:
            assert outcome.error is None and outcome.numbers["frames"]["analysed"] == 30


def test_a_cluster_does_the_same_work(archive, tmp_path, capsys):
    distributed = pytest.importorskip("distributed")
    out = tmp_path / "out"
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=str(tmp_path / "dask"),
        silence_logs="ERROR",
    ) as cluster:
        command = ["video", str(archive), "-o", str(out), "--dask", cluster.scheduler_address]
        assert main(command) == 1
        assert "broken.mkv is not a video" in capsys.readouterr().err
        assert names(out) == WRITTEN
        assert main(command) == 1
        assert "0 done, 1 failed, 3 done before" in capsys.readouterr().out
    for name in WRITTEN[:-1]:
        with av.open(str(out / name)) as container:
            assert container.streams.video[0].frames == 30


def test_a_cluster_that_does_not_answer_is_said(archive, capsys, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.chdir(archive)
    assert main(["video", "a.mp4", "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err
