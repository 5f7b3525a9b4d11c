"""What several test files share: clips, a camera and a screen where there are none."""

from __future__ import annotations

import functools
import inspect
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import cv2
import pytest
from support.clips import write_clip
from support.paths import ROOT, SHARED
from support.pictures import picture
from support.programs import run_python
from support.vcam import build as build_vcam
from support.vcam import environment

# Tests start programs too; they find the package as this process does, installed or not.
os.environ["EMOAPP_LANGUAGE"] = "en"
os.environ["EMOAPP_STATE_DIR"] = os.devnull  # nobody is welcomed
os.environ["PYTHONPATH"] = os.pathsep.join(
    filter(None, [str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH")])
)


COVERAGE = os.environ.pop("COVERAGE_PROCESS_CONFIG", None)
"""By this variable coverage measures the programs that a test starts."""

UNMEASURED = ("RLIMIT", "SIGINT", "SIGKILL", "kill()", "faults", "full_disk", "box")
"""Where coverage could not write its own file either, or would write beside what is tested; or
where an interrupt might leave the lock of its tracer held, on which every thread would wait."""

# A shell starts what it runs in the background with Ctrl-C ignored, and children inherit that; the
# tests press it.
signal.signal(signal.SIGINT, signal.default_int_handler)


POSIX_ONLY = ("send_signal(", "killpg(", "os.kill(", "setrlimit(", "preexec_fn=")
"""What a test does that Windows has not; `Popen.send_signal(SIGINT)` raises an error there."""


TENSORFLOW = ("KerasClassifier(", "import keras", "import tensorflow", "from tensorflow")
HAS_TENSORFLOW = find_spec("tensorflow") is not None
"""It has no release for Python 3.14 yet."""

collect_ignore = [] if HAS_TENSORFLOW else ["training"]


def pytest_collection_modifyitems(items):
    """Mark the tests by what they need: no new test can forget it."""
    source_of = functools.cache(inspect.getsource)
    for item in items:
        source = source_of(getattr(item, "function", pytest_collection_modifyitems))
        if sys.platform == "win32" and any(word in source for word in POSIX_ONLY):
            item.add_marker(pytest.mark.skip(reason="Windows has no signals and limits of POSIX"))
        fixtures = set(getattr(item, "fixturenames", ()))
        wants = any(word in source for word in TENSORFLOW) or "[keras" in item.name
        if not HAS_TENSORFLOW and (wants or "own_model" in fixtures):
            item.add_marker(pytest.mark.skip(reason="needs TensorFlow"))
        if "training" in item.path.relative_to(ROOT / "tests").parts or "own_model" in fixtures:
            item.add_marker("training")
        if "teachers" in fixtures:
            item.add_marker("soak")
        if fixtures & {"fer2013", "own_model"} or item.get_closest_marker("soak"):
            item.add_marker("slow")
        if fixtures & {"screen", "small_screen", "desktop"}:
            item.add_marker("desktop")
        if fixtures & {"vcam", "library"}:
            item.add_marker("camera")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Let xdist send what was logged of undecodable names to its main process."""
    report = yield
    report.sections = [
        (name, text.encode(errors="backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture(autouse=True)
def measured_programs(request):
    """Programs with a window or a camera are measured: other tests run all else in themselves."""
    node = request.node
    if COVERAGE and {"desktop", "camera"} & {mark.name for mark in node.iter_markers()}:
        source = f"{node.nodeid} {inspect.getsource(node.function)}"
        if not any(word in source for word in UNMEASURED):
            os.environ["COVERAGE_PROCESS_CONFIG"] = COVERAGE
    yield
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


class _Errors(logging.Handler):
    """Keeps what was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_error_logged(request):
    """A test during which emoapp logs an error fails, unless it says that it expects one."""
    errors, logger = _Errors(), logging.getLogger("emoapp")
    logger.addHandler(errors)
    yield
    logger.removeHandler(errors)
    if request.node.get_closest_marker("logs_errors") is None:
        assert not errors.messages, "not marked with logs_errors"


@pytest.fixture(autouse=True)
def no_thread_left():
    """Every source and sink joins its thread when it is closed."""
    yield
    ours = ("grab", "decode", "detect", "encode", "reopen", "output")
    left = [t.name for t in threading.enumerate() if t.name.startswith(ours)]
    assert not left, f"threads left behind: {left}"


@pytest.fixture(autouse=True, scope="session")
def own_standard_error(tmp_path_factory):
    """Commands leave this process its standard error, and the user the folder of the logs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("emoapp.utils.native_logs.divert", lambda log: False)
        patch.setenv("EMOAPP_LOG_DIR", str(tmp_path_factory.mktemp("logs")))
        yield


@pytest.fixture(scope="session")
def demo() -> Path:
    """The shipped clip: 240 frames, 1280x720, 30 frames a second, one face."""
    return ROOT / "assets" / "demo.mp4"


@pytest.fixture(scope="session")
def clip(tmp_path_factory) -> Path:
    """A second at 30 frames a second, 320x180."""
    return write_clip(
        tmp_path_factory.mktemp("clip") / "clip.mp4", [number / 30 for number in range(30)]
    )


@pytest.fixture(scope="session")
def mjpeg() -> list[bytes]:
    """The JPEG files of `picture` 0 to 29, 320x180."""
    return [cv2.imencode(".jpg", picture(number))[1].tobytes() for number in range(30)]


@pytest.fixture(scope="session")
def vcam(tmp_path_factory) -> Path:
    """The library of the virtual camera."""
    return build_vcam(tmp_path_factory.mktemp("vcam"))


@pytest.fixture(scope="session")
def run_with_camera(vcam, mjpeg):
    """run_with_camera(code, **faults): run Python code in a process that has a camera 0.

    faults: the variables at the head of support/vcam/vcam.c, without "VCAM_".
    """
    camera = environment(vcam, mjpeg)

    def run(code: str, **faults: object) -> subprocess.CompletedProcess[str]:
        env = {f"VCAM_{name}": str(value) for name, value in faults.items()}
        return run_python(code, **camera, **env)

    return run


@pytest.fixture(scope="session")
def screen():
    """The name of an X display with nothing on it, for DISPLAY."""
    with _x_server("1920x1080x24") as name:
        yield name


@pytest.fixture
def small_screen():
    """As `screen`, of 800x600 pixels."""
    with _x_server("800x600x24") as name:
        yield name


@contextmanager
def _x_server(size):
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("needs Xvfb and xdotool")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", size]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp", "-noreset"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        with os.fdopen(read) as said:
            number = said.readline().strip()
        if not number:
            pytest.skip("Xvfb does not start here")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    """A page of a headless Chromium."""
    from support.browser import Browser

    with Browser(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


@pytest.fixture(scope="session")
def fer2013():
    """FER-2013 with FER+'s votes, where it stands beside the project: split -> Dataset."""
    path = SHARED / "fer2013" / "fer2013.zip"
    if not path.exists():
        pytest.skip("needs FER-2013 in ../shared")
    from emoapp.training import data

    return data.load(path)


@pytest.fixture(scope="session")
def own_folder(tmp_path_factory) -> Path:
    """Crops of two labels of one's own: train/, validation/."""
    from support.own_data import write_crops

    return write_crops(tmp_path_factory.mktemp("own"), train=40, validation=20)


@pytest.fixture(scope="session")
def own_model(own_folder, tmp_path_factory) -> Path:
    """What `emoapp train` made of it."""
    from support.own_data import EPOCHS, RECIPE

    from emoapp.cli import main

    output = tmp_path_factory.mktemp("model")
    command = ["train", "--data", str(own_folder), "--output", str(output), *RECIPE]
    assert main([*command, "--epochs", str(EPOCHS)]) == 0
    return output
