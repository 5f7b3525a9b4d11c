"""The diagnostic log: what goes wrong leaves a trace, and the trace never gets in the way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import run_python

from emoapp.diagnostics.doctor import OK, WARNING
from emoapp.diagnostics.doctor.logs import check_log, end_of, log_of_interest
from emoapp.utils.logs import folder as log_files

# A command that goes wrong in the way that `{}` says.
BROKEN = """
import sys, threading, faulthandler, os
import emoapp.cli.cameras
from emoapp.cli import main

def run(args):
    {}

emoapp.cli.cameras.run = run
sys.exit(main(["cameras", *sys.argv[1:]]))
"""


@pytest.fixture
def logs(tmp_path) -> Path:
    return tmp_path / "logs"


def emoapp(logs: Path, *words: object, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emoapp", *map(str, words)],
        env=os.environ | {"EMOAPP_LOG_DIR": str(logs)} | env,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=logs.parent,
    )


def broken(logs: Path, how: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BROKEN.format(how), *words],
        env=os.environ | {"EMOAPP_LOG_DIR": str(logs)},
        capture_output=True,
        text=True,
        timeout=60,
    )


def only_log(logs: Path) -> str:
    (path,) = logs.iterdir()
    return path.read_text(encoding="utf-8")


def test_native_output_goes_into_the_log_and_not_to_the_terminal(logs):
    run = emoapp(logs, "live", "--demo", "--no-window", "--frames", "1")
    assert run.returncode == 0 and run.stderr == ""
    log = only_log(logs)
    assert "XNNPACK" in log, "TensorFlow Lite's own line"
    assert "emoapp live --demo" in log and "detector blazeface" in log
    assert log.rstrip().endswith("exit status 0")


def test_an_unexpected_error_is_one_line_that_names_the_file(logs):
    run = broken(logs, "raise ZeroDivisionError('by\\n nothing')")
    (path,) = logs.iterdir()
    assert run.returncode == 1
    assert run.stderr == (
        f"emoapp: unexpected error: ZeroDivisionError: by nothing; details in {path}\n"
    )
    assert "Traceback" in path.read_text() and "in run" in path.read_text()


def test_an_error_in_a_thread_is_one_line_too(logs):
    run = broken(logs, "t = threading.Thread(target=lambda: 1 / 0, name='T'); t.start(); t.join()")
    (path,) = logs.iterdir()
    assert run.stderr == (
        f"emoapp: a thread ended: ZeroDivisionError: division by zero; details in {path}\n"
    )
    assert "the thread T ended" in path.read_text() and "Traceback" in path.read_text()


def test_a_crash_leaves_a_trace_that_the_doctor_finds(logs, monkeypatch):
    crash = broken(logs, "os.write(2, b'last words of a library\\n'); faulthandler._sigsegv()")
    assert crash.returncode < 0 and crash.stderr == ""
    (path,) = logs.iterdir()
    assert "Fatal Python error" in path.read_text()
    assert emoapp(logs, "cameras", "--json").returncode == 2  # a later run that ends well
    monkeypatch.setenv("EMOAPP_LOG_DIR", str(logs))
    assert log_of_interest() == path and "last words of a library" in end_of(path)
    found = check_log()
    assert found.level == WARNING and f"{path}: Fatal Python error" in found.found


def test_a_killed_run_is_told_from_one_that_ended(logs, monkeypatch):
    monkeypatch.setenv("EMOAPP_LOG_DIR", str(logs))
    assert check_log().level == OK, "there is none yet"
    assert emoapp(logs, "config").returncode == 0
    assert check_log().level == OK
    broken(logs, "os.kill(os.getpid(), 9)")
    assert check_log().level == WARNING and "without a word" in check_log().found


def test_a_folder_that_cannot_be_written_stops_nothing(logs, monkeypatch):
    logs.write_text("a file where the folder should be")
    run = emoapp(logs, "live", "--demo", "--no-window", "--frames", "1")
    assert run.returncode == 0 and run.stderr == ""
    run = broken(logs, "1 / 0")
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1 and str(logs) in run.stderr and "--verbose" in run.stderr
    assert "Traceback" in broken(logs, "1 / 0", "--verbose").stderr
    monkeypatch.setenv("EMOAPP_LOG_DIR", str(logs))
    assert check_log().level == WARNING and "EMOAPP_LOG_DIR" in check_log().advice


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_stops_nothing(logs):
    code = (
        "from emoapp.utils.logs import session; s = session._handler;"
        "full = os.open('/dev/full', os.O_WRONLY); os.dup2(full, s.descriptor); os.dup2(full, 2);"
        "import logging; logging.getLogger('emoapp.x').error('nowhere to go'); print('done')"
    )
    run = broken(logs, code)
    assert (run.returncode, run.stdout, run.stderr) == (0, "done\n", "")


def test_verbose_shows_the_log(logs):
    words = ["live", "--demo", "--no-window", "--frames", "1"]
    settings = logs.parent / "emoapp.toml"
    settings.write_text("[live]\nverbose = true\n")
    for run in (
        emoapp(logs, *words, "-v"),
        emoapp(logs, *words, EMOAPP_CONFIG=str(settings)),
    ):
        assert "INFO emoapp.detectors: detector blazeface" in run.stderr
        assert "XNNPACK" not in run.stderr
    assert emoapp(logs, *words, "--no-verbose", EMOAPP_CONFIG=str(settings)).stderr == ""


def test_no_password_stands_in_the_log(logs):
    address = "rtsp://somebody:s3cret@127.0.0.1:9/door?token=t0ken"
    for source in (["--source", address], [f"--source={address}"]):
        run = emoapp(logs, "live", "--no-window", "-v", *source)
        assert run.returncode == 1
        written = "".join(path.read_text() for path in logs.iterdir())
        assert "127.0.0.1:9/door" in written and "Traceback" in written
        log_lines = [line for line in run.stderr.splitlines() if not line.startswith("emoapp: ")]
        for secret in ("somebody", "s3cret", "t0ken"):
            assert secret not in written and secret not in "".join(log_lines)


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


def test_the_library_configures_nothing(logs, demo):
    code = f"""
import logging, os, signal, sys, threading
before = os.fstat(2).st_ino, signal.getsignal(signal.SIGINT), sys.excepthook, threading.excepthook
import emoapp
with emoapp.EmotionRecognizer() as recognizer:
    next(recognizer.stream({str(demo)!r}))
logging.getLogger("emoapp.x").warning("unheard")
after = os.fstat(2).st_ino, signal.getsignal(signal.SIGINT), sys.excepthook, threading.excepthook
ours = logging.getLogger("emoapp")
print(before == after, [type(h).__name__ for h in ours.handlers], ours.level, ours.propagate)
print(logging.getLogger().handlers)
"""
    run = run_python(code, EMOAPP_LOG_DIR=str(logs))
    lines = run.stdout.splitlines()
    assert lines[0] == "True ['NullHandler'] 0 True", run.stderr
    assert "emoapp" not in lines[1]
    assert "unheard" not in run.stderr and not logs.exists()
