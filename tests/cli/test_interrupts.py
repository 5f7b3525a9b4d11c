"""Ctrl-C at any time of the start, the run and the end: exit status 130 and no traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.paths import ROOT
from support.programs import run_python

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends signals to whole consoles only"
)

OPTIONS = ["--demo", "--no-window", "--frames", "1"]

# Imported by every Python that finds it. Counts what is imported from the program's first line on
# (what comes before is the interpreter's own start) and sends the signal at one of these points.
AT_A_POINT = """
import atexit, os, signal, sys

point, imports, begun = os.environ["POINT"], 0, False

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

def count(event, args):
    global imports, begun
    if event != "import":
        return
    begun = begun or args[0] == "emoapp.utils.interrupts"
    imports += begun
    if point == str(imports):
        interrupt()
    if point == "begun" and begun and imports == 1:
        os.write(1, b"begun")

sys.addaudithook(count)
if point == "exit":
    atexit.register(interrupt)
if point == "count":
    atexit.register(lambda: print("imports", imports))
"""


def way(name: str, folder: Path) -> list[str]:
    """How the program is started."""
    if name == "script":
        return [sys.executable, str(ROOT / "real_time_video.py")]
    if name == "module":
        return [sys.executable, "-m", "emoapp", "live"]
    # What pip makes of the entry point.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, function = project["scripts"]["emoapp"].split(":")
    script = folder / "emoapp"
    script.write_text(
        f"import sys\nfrom {module} import {function}\n"
        f"if __name__ == '__main__':\n    sys.exit({function}())\n"
    )
    return [sys.executable, str(script), "live"]


@pytest.fixture
def start(tmp_path):
    """start(how, point): the program with the signal at that point."""
    (tmp_path / "sitecustomize.py").write_text(AT_A_POINT)
    path = os.pathsep.join([str(tmp_path), os.environ["PYTHONPATH"]])

    def start(how: str, point: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*way(how, tmp_path), *OPTIONS],
            env=os.environ | {"PYTHONPATH": path, "POINT": str(point)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit status and what was said on standard error."""
    with process:
        _, said = process.communicate(timeout=120)
    return process.returncode, said


@pytest.mark.slow
@pytest.mark.parametrize("how", ["script", "module", "console"])
def test_at_many_points_of_the_start(start, how):
    with start(how, "count") as process:
        imports = int(process.communicate(timeout=120)[0].split("imports")[1])
    assert imports > 500
    # Close together at first, where there is only loading; then through run and end.
    for point in [1, 2, 3, 5, 10, 20, 40, 80, 160, *range(250, imports, imports // 9)]:
        status, said = end_of(start(how, point))
        assert (status, said) in [(130, ""), (130, "emoapp: interrupted\n")], f"import {point}"
    assert end_of(start(how, "exit")) == (130, "")


@pytest.mark.parametrize("ms", [0, 1, 3, 10, 30, 50, 100, 400])
def test_at_many_times_from_outside(start, ms):
    process = start("module", "begun")
    assert process.stdout.read(5) == "begun"
    time.sleep(ms / 1000)
    process.send_signal(signal.SIGINT)
    assert end_of(process) in [(130, ""), (130, "emoapp: interrupted\n")]


SWALLOWED = """
import os, signal, sys, time
import emoapp.cli.cameras
from emoapp.cli import main

class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)

def run(args):
    Dying()
    time.sleep(60)

emoapp.cli.cameras.command.callback = run
sys.exit(main(["cameras"]))
"""


def test_one_that_a_destructor_swallows_comes_again():
    process = subprocess.Popen([sys.executable, "-c", SWALLOWED], stderr=subprocess.PIPE, text=True)
    assert end_of(process) == (130, "emoapp: interrupted\n")


WRITING = """
import sys
import emoapp.cli.cameras
from emoapp.cli import main
from emoapp.errors import SinkError

def run(args):
    try:
        signal.raise_signal(signal.SIGINT)
    finally:
        raise {}

import signal
emoapp.cli.cameras.command.callback = run
sys.exit(main(["cameras"]))
"""


@pytest.mark.parametrize(
    "error, status, said",
    [
        ("ImportError('half a module')", 130, "interrupted"),
        ("SinkError('out.mp4 cannot be written: disk full.')", 1, "out.mp4 cannot be written"),
    ],
)
def test_what_goes_wrong_after_it(error, status, said):
    run = run_python(WRITING.format(error))
    assert run.returncode == status
    assert said in run.stderr and run.stderr.count("\n") == 1


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals that hang up")
def test_a_closed_terminal_ends_it_in_an_orderly_way(tmp_path):
    log, part = tmp_path / "log.parquet", tmp_path / "log.part.csv"
    command = [sys.executable, "-m", "emoapp", "live", "--demo", "--no-window", "--log", str(log)]
    master, terminal = os.openpty()
    heeds = lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL)  # noqa: E731  (nohup ignores it)
    with subprocess.Popen(command, stdout=terminal, stderr=terminal, preexec_fn=heeds) as process:
        os.close(terminal)
        deadline = time.monotonic() + 60
        while not (part.exists() and part.stat().st_size > 2000):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGHUP)
        os.close(master)  # from now on nothing can be printed
        assert process.wait(30) == 130
    assert log.exists() and not part.exists()


def test_a_background_job_that_ignores_it_goes_on():
    process = subprocess.Popen(
        [sys.executable, "-m", "emoapp", "live", *OPTIONS],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    with process:
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        assert "1 frames analyzed" in process.stdout.read()
    assert process.returncode == 0


LEFT_HELD = """
import _imp, threading
from emoapp.utils import interrupts

_imp.acquire_lock()  # as an interrupt in the midst of an import leaves it
_imp.acquire_lock()
loaded = threading.Event()
threading.Thread(target=lambda: (__import__("wave"), loaded.set()), daemon=True).start()
assert not loaded.wait(0.5), "no other thread can import"
interrupts.release_import_lock()
assert loaded.wait(10)
interrupts.release_import_lock()
import colorsys
print("fine")
"""


def test_imports_go_on_after_an_interrupt_in_one():
    run = run_python(LEFT_HELD)
    assert (run.stdout, run.stderr) == ("fine\n", "")


NEVER_LOADED = """
import os, signal, sys, time
from emoapp.app import live
from emoapp.cli import main

live.LOADING_S = 0.5

def open_pipeline(*args, **options):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)

live.open_pipeline = open_pipeline
sys.exit(main(["live", "--demo", "--no-window", "--frames", "1"]))
"""


def test_a_model_that_never_loads_does_not_keep_the_program():
    run = run_python(NEVER_LOADED)
    assert (run.returncode, run.stderr) == (130, "emoapp: interrupted\n")
