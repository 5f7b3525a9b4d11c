"""`emoapp video` on many files that is killed or shares its work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time

import pytest
from support.batches import WRITTEN, killed_at_line, names, wait_until
from support.clips import picture_times

from emoapp.app.video.batch import CRASHED, run_in_processes
from emoapp.app.video.ledger import LEDGER
from emoapp.cli import main
from emoapp.config import VideoConfig
from emoapp.utils.libav import av


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.logs_errors
def test_of_a_killed_batch_only_its_own_files_are_replaced(demo, tmp_path, capsys):
    """What somebody has put in their place since is not, and nothing of a run that failed."""
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    shutil.copy(demo, archive / "a.mp4")
    command = ["video", str(archive), "-o", str(out), "--log", str(out), "--frames", "60"]
    log, copy = out / "a.csv", out / "a.mp4"
    for theirs in (log, copy):
        killed_at_line(20, log, command)
        assert names(out) == ["a.csv", "a.part.mp4", LEDGER]
        rows = log.read_bytes()
        if theirs == log:
            log.unlink()
        theirs.write_text("precious")
        assert main(command) == 1
        assert f"{theirs} is there already" in capsys.readouterr().err
        assert theirs.read_text() == "precious"
        theirs.unlink()
        log.write_bytes(rows)
        assert main(command) == 1 and log.read_bytes() == rows
        for path in out.iterdir():
            path.unlink()


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_killed_batch_with_logs_goes_on(demo, tmp_path, capsys, suffix):
    import pandas as pd

    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    shutil.copy(demo, archive / "a.mp4")
    logs = ["--log", str(out), "--log-format", suffix]
    command = ["video", str(archive), "-o", str(out), *logs, "--frames", "60"]
    growing = out / ("a.csv" if suffix == "csv" else "a.part.csv")
    for number in (0, 20):  # killed twice, once as soon as it can be
        killed_at_line(number, growing, command)
    assert main(command) == 0
    assert "1 done, 0 failed, 0 done before" in capsys.readouterr().out
    assert names(out) == sorted(["a.mp4", f"a.{suffix}", LEDGER])
    table = pd.read_csv(out / "a.csv") if suffix == "csv" else pd.read_parquet(out / "a.parquet")
    assert list(table["frame"]) == list(range(60))
    assert len(picture_times(out / "a.mp4")) == 60


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no processes by their parent there")
def test_processes_end_with_the_program_that_started_them(demo, tmp_path, capsys):
    import psutil

    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        shutil.copy(demo, archive / name)
    command = ["video", str(archive), "--log", str(out), "--frames", "60"]
    program = [sys.executable, "-m", "emoapp", *command, "--jobs", "2"]
    with subprocess.Popen(program) as running:
        wait_until(lambda: (out / "b.csv").exists() and (out / "b.csv").stat().st_size > 5000)
        workers = psutil.Process(running.pid).children(recursive=True)
        running.kill()
    assert len(workers) >= 2
    wait_until(lambda: not any(worker.is_running() for worker in workers))
    assert main(command) == 0
    assert " 0 failed" in capsys.readouterr().out
    assert names(out) == ["a.csv", "b.csv", "c.csv", LEDGER]
    assert {path.read_bytes().count(b"\n") for path in out.glob("*.csv")} == {61}


@pytest.mark.slow
def test_two_batches_at_a_time_share_the_work_or_say_who_has_it(demo, clip, tmp_path, capsys):
    archive, out = tmp_path / "archive", tmp_path / "out"
    archive.mkdir()
    for name in ("a.mp4", "c.mp4"):
        shutil.copy(clip, archive / name)
    shutil.copy(demo, archive / "b.mp4")
    command = ["video", str(archive), "-o", str(out), "--log", str(out), "--frames", "60"]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "emoapp", *command], stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [program.communicate(timeout=120)[1] for program in running]
    for program, errors in zip(running, said, strict=True):
        lines = errors.splitlines()
        assert program.returncode == (1 if lines else 0)
        assert all("written by another program" in line for line in lines), errors
    assert main(command) == 0
    assert "0 done, 0 failed, 3 done before" in capsys.readouterr().out
    assert names(out) == sorted([*(f"{n}.{s}" for n in "abc" for s in ("csv", "mp4")), LEDGER])
    assert len(picture_times(out / "b.mp4")) == 60
    assert (out / "b.csv").read_bytes().count(b"\n") == 61
    for line in (out / LEDGER).read_text().splitlines():
        json.loads(line)


class Crash(str):
    """A name that ends the process that reads it, as a decoder's bug would."""

    def __reduce__(self):
        return os._exit, (1,)


@pytest.mark.slow
def test_a_file_that_brings_its_process_down_costs_no_other_file(clip, tmp_path):
    good = [VideoConfig(str(clip), log=tmp_path / f"{n}.csv") for n in range(3)]
    bad = VideoConfig(Crash(), log=tmp_path / "bad.csv")
    taken = VideoConfig(str(clip), log=tmp_path / "taken.csv")
    for config in (bad, taken):
        config.log.write_text("precious")
    outcomes = list(run_in_processes([good[0], bad, *good[1:], taken], 2, tmp_path))
    assert len(outcomes) == 5
    for outcome in outcomes:
        if outcome.config is bad:
            assert CRASHED in outcome.error
        elif outcome.config.log == taken.log:
            assert "is there already" in outcome.error
        else:
            assert outcome.error is None and outcome.numbers["frames"]["analysed"] == 30
    assert bad.log.read_text() == taken.log.read_text() == "precious"


@pytest.mark.logs_errors
@pytest.mark.slow
def test_a_cluster_does_the_same_work(archive, tmp_path, monkeypatch, capsys):
    """Its workers are in another folder than the user, whose names are relative."""
    distributed = pytest.importorskip("distributed")
    out = archive / "out"
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        host="127.0.0.1",
        local_directory=str(tmp_path / "dask"),
        silence_logs="ERROR",
    ) as cluster:
        monkeypatch.chdir(archive)
        command = ["video", ".", "-o", "out", "--dask", cluster.scheduler_address]
        assert main(command) == 1
        assert "broken.mkv is not a video" in capsys.readouterr().err
        assert names(out) == WRITTEN
        assert main(command) == 1
        assert "0 done, 1 failed, 3 done before" in capsys.readouterr().out
    # The same work without a cluster, by another name of the folder.
    assert main(["video", str(archive), "-o", "../archive/out"]) == 1
    assert "0 done, 1 failed, 3 done before" in capsys.readouterr().out
    for name in WRITTEN[:-1]:
        with av.open(str(out / name)) as container:
            assert container.streams.video[0].frames == 30


@pytest.mark.logs_errors
@pytest.mark.slow
def test_a_cluster_that_does_not_answer_is_said(archive, capsys, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.chdir(archive)
    assert main(["video", "a.mp4", "--dask", "tcp://127.0.0.1:1"]) == 2
    assert "No Dask scheduler answers at tcp://127.0.0.1:1" in capsys.readouterr().err
