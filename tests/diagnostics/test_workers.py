"""Diagnostic logs of many processes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.programs import run_python
from support.runs import emoapp, only_log

from emoapp.utils.logs import folder as log_files


def test_workers_log_too_each_into_its_own_file(logs, clip):
    other = logs.parent / "other.mp4"
    other.write_bytes(clip.read_bytes())
    broken_clip = logs.parent / "broken.mp4"
    broken_clip.write_bytes(b"no video")
    words = ["video", clip, other, broken_clip, "--log", logs.parent / "out", "--jobs", "2"]
    run = emoapp(logs, *words, "--log-format", "csv")
    assert run.returncode == 1 and "broken.mp4" in run.stderr and run.stderr.count("\n") == 1
    workers = [path.read_text() for path in logs.iterdir() if log_files.is_worker(path)]
    assert len(workers) == 2 == len(list(logs.iterdir())) - 1
    written = "".join(workers)
    assert str(clip) in written and str(other) in written and "XNNPACK" in written
    assert re.search(r"ERROR \d+ MainThread emoapp.app.video.batch: .*broken.mp4", written)


def test_a_worker_that_crashes_leaves_its_trace(logs, clip):
    code = (
        "from emoapp.app.video import batch; from emoapp.config import VideoConfig;"
        "from worker_crash import run\n"
        "if __name__ == '__main__':\n"
        "    with batch.processes(1) as pool: print(type(pool.submit(run).exception()).__name__)"
    )
    (logs.parent / "worker_crash.py").write_text(
        "import faulthandler\ndef run(): faulthandler._sigsegv()\n"
    )
    path = os.pathsep.join([str(logs.parent), os.environ["PYTHONPATH"]])
    run = run_python(code, PYTHONPATH=path, EMOAPP_LOG_DIR=str(logs))
    assert run.stdout.strip() == "BrokenProcessPool", run.stderr
    assert "Fatal Python error: Segmentation fault" in only_log(logs)


@pytest.mark.slow
def test_a_cluster_worker_logs_and_keeps_its_standard_error(logs, clip):
    pytest.importorskip("distributed")
    code = f"""
import sys
from distributed import Client, LocalCluster
if __name__ == "__main__":
    from emoapp.app.video import batch, executors
    from emoapp.config import VideoConfig
    from pathlib import Path
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=None) as workers:
        configs = [VideoConfig({str(clip)!r}, log=Path({str(logs.parent)!r}, f"{{n}}.csv"))
                   for n in range(2)]
        with executors.cluster(workers.scheduler_address) as executor:
            folder = Path({str(logs.parent)!r})
            print([outcome.error for outcome in batch.run_all(configs, executor, folder)])
        with Client(workers) as client:
            client.run(lambda: print("seen", file=sys.stderr))
"""
    run = run_python(code, EMOAPP_LOG_DIR=str(logs))
    assert "[None, None]" in run.stdout and "seen" in run.stderr, run.stderr
    (path,) = logs.iterdir()
    assert log_files.is_worker(path) and path.read_text().count("run over") == 2


@pytest.mark.slow
def test_many_at_once_have_whole_logs_and_old_ones_go(logs):
    logs.mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    old = [logs / f"emoapp-20200101-{n:06}-{gone.pid}.log" for n in range(40)]
    running = logs / f"emoapp-20190101-000000-{os.getpid()}.log"
    foreign = logs / "emoapp-notes.log"
    for path in (*old, running, foreign):
        path.write_text("exit status 0\n")
    with ThreadPoolExecutor(6) as pool:
        runs = list(pool.map(lambda _: emoapp(logs, "config", "-v"), range(6)))
    assert all(run.returncode == 0 for run in runs)
    new = [path for path in log_files.logs(logs) if "-2019" not in path.name]
    assert len(new) == log_files.MAX_LOGS and running.exists() and foreign.exists()
    line = re.compile(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [A-Z]+ \d+ MainThread emoapp\.\S+: .+"
    )
    for path in new[:6]:
        lines = path.read_text().splitlines()
        assert all(line.fullmatch(one) for one in lines) and "exit status 0" in lines[-1]


def test_a_log_stays_small_whoever_writes_it(logs):
    code = (
        "import time; from emoapp.utils.logs import handlers, session\n"
        "handlers.MAX_FILE_BYTES, handlers.CHECK_INTERVAL_S = 1000, 0.01\n"
        "session.start(['some', 'words'])\n"
        "for n in range(100):\n"
        "    os.write(2, b'%3d native %s\\n' % (n, b'x' * 100))\n"
        "    session.logger.info('%d ours', n)\n"
        "    time.sleep(0.01)\n"
        "print('said', file=sys.stderr)"
    )
    run = run_python("import os, sys\n" + code, EMOAPP_LOG_DIR=str(logs))
    assert run.stderr == "said\n"
    parts = sorted(logs.iterdir(), key=lambda path: len(path.name) * 100 + path.stat().st_mtime)
    assert len(parts) == 3, "the first and the last two"
    assert sum(path.stat().st_size for path in parts) < 3 * 3000
    texts = [path.read_text() for path in sorted(parts, key=lambda path: path.stat().st_mtime)]
    assert "emoapp some words" in texts[0]
    assert " 99 native" in texts[-1] and "99 ours" in texts[-1]
