"""The diagnostic log: what goes wrong leaves a trace, and the trace never gets in the way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.programs import run_python
from support.runs import broken, emoapp, only_log

from emoapp.diagnostics.doctor import OK, WARNING
from emoapp.diagnostics.doctor.logs import check_log, end_of, log_of_interest


def test_native_output_goes_into_the_log_and_not_to_the_terminal(logs):
    run = emoapp(logs, "live", "--demo", "--no-window", "--frames", "1")
    assert run.returncode == 0 and run.stderr == ""
    log = only_log(logs)
    assert "XNNPACK" in log, "TensorFlow Lite's own line"
    assert "emoapp live --demo" in log and "detector blazeface" in log
    assert log.rstrip().endswith("exit status 0")


def test_a_killed_run_is_one_even_if_a_program_that_it_started_had_ended(logs, monkeypatch):
    monkeypatch.setenv("EMOAPP_LOG_DIR", str(logs))
    logs.mkdir()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    path = logs / f"emoapp-20260101-120000-{gone.pid}.log"
    line = "2026-01-01 12:00:00.000 {} 1 MainThread {}\n"
    said = "emoapp.sinks: lamp.py ended with exit status 1. It goes on being started."
    path.write_text(line.format("WARNING", said))
    assert check_log().level == WARNING
    with path.open("a") as file:
        file.write(line.format("INFO", "emoapp.cli: exit status 0"))
    assert check_log().level == OK
    path.write_bytes(path.read_bytes() + b"\r\n")
    assert check_log().level == OK, "as on Windows"


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
        "import logging; from emoapp.utils.logs.handlers import FileHandler;"
        "(log,) = [h for h in logging.getLogger().handlers if isinstance(h, FileHandler)];"
        "full = os.open('/dev/full', os.O_WRONLY); os.dup2(full, log.descriptor); os.dup2(full, 2);"
        "logging.getLogger('emoapp.x').error('nowhere to go'); print('done')"
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
