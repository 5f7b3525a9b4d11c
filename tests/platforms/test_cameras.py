"""Cameras as Windows and macOS hand them out."""

from __future__ import annotations

import math
import os
import threading
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from support.desks import Capture, Desktop, pretend
from support.pictures import picture

from emoapp.app.live import opening
from emoapp.app.live.opening import ALLOW, OPENING, Nothing, open_served
from emoapp.cli import main
from emoapp.config import LiveConfig, OverlayConfig
from emoapp.errors import CameraError
from emoapp.overlay import Overlay
from emoapp.platforms import clock
from emoapp.platforms.cameras import known_rate, prepare_environment
from emoapp.sinks.window import Window
from emoapp.sources import camera as module
from emoapp.sources import listing
from emoapp.sources.camera import Camera
from emoapp.sources.listing import CameraInfo

PARTS = OverlayConfig()
BACKEND = {"windows": cv2.CAP_MSMF, "macos": cv2.CAP_AVFOUNDATION}


@pytest.fixture
def plugged(monkeypatch):
    """plugged(system, reads, ...): a system with a camera, whose capture is returned."""

    def arrange(system: str, reads, *, opens=None, rate: float = 30) -> Capture:
        pretend(monkeypatch, system)
        capture = Capture(opens or [BACKEND[system]], reads, rate)
        monkeypatch.setattr(cv2, "VideoCapture", capture)
        return capture

    return arrange


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_one_that_opens_and_gives_nothing_is_not_unplugged(plugged, monkeypatch, system):
    plugged(system, [None])
    monkeypatch.setattr(module, "_FIRST_FRAME_TIMEOUT_S", 0.2)
    with pytest.raises(CameraError, match="Another program may be using it"):
        Camera(0)
    camera = Camera(0, await_first=False)
    assert "another program may be using it" in camera.trouble
    with pytest.raises(CameraError, match="gave no picture"):
        camera.read()
    camera.close()


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_one_that_wakes_up_slowly_is_waited_for(plugged, system):
    plugged(system, [None] * 8 + [picture(3)])
    with Camera(0) as camera:
        assert camera.size_wh == (320, 180)


def test_one_that_stops_after_frames_was_unplugged(plugged):
    capture = plugged("macos", [picture(0)])
    with Camera(0) as camera:
        capture._reads, capture._last = iter(()), None
        with pytest.raises(CameraError, match="was it unplugged"):
            for _ in range(10):
                camera.read()


def test_directshow_is_tried_where_media_foundation_does_not_open(plugged):
    capture = plugged("windows", [picture(0)], opens=[cv2.CAP_DSHOW])
    with Camera(0):
        assert cv2.CAP_PROP_FOURCC in capture.asked
    capture = plugged("windows", [picture(0)])
    with Camera(0):
        assert cv2.CAP_PROP_FOURCC not in capture.asked, "each change takes it seconds"


def test_nothing_is_asked_of_media_foundation_that_is_so_already(plugged):
    """Width and height took 3.7 s each in opencv#26495."""
    capture = plugged("windows", [picture(0)])
    capture.has = {cv2.CAP_PROP_FRAME_WIDTH: 1280.0, cv2.CAP_PROP_FRAME_HEIGHT: 720.0}
    with Camera(0):
        assert capture.asked == {}
    with Camera(0, size_wh=(640, 480)):
        assert set(capture.asked) == {cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT}


@pytest.mark.parametrize("rate", [math.nan, math.inf, 0.0, -1.0])
def test_a_rate_that_is_none_is_unknown(plugged, rate):
    capture = plugged("macos", [picture(0)], rate=rate)
    with Camera(0, fps=25) as camera:
        assert camera.fps is None
    assert capture.asked[cv2.CAP_PROP_FPS] == [25]
    assert known_rate(29.97) == 29.97


def test_opencv_opens_cameras_sooner_on_windows_unless_the_user_wants_otherwise(monkeypatch):
    name = "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"
    monkeypatch.delenv(name, raising=False)
    prepare_environment()
    assert name not in os.environ
    pretend(monkeypatch, "windows")
    main(["cameras", "--help"])
    assert os.environ[name] == "0"
    monkeypatch.setenv(name, "1")
    prepare_environment()
    assert os.environ[name] == "1"


@pytest.mark.parametrize("system", ["windows", "macos"])
def test_where_the_setting_is_stands_in_the_message(plugged, system):
    plugged(system, [None], opens=[-1])
    with pytest.raises(CameraError, match="Privacy & [Ss]ecurity, Camera"):
        Camera(0)


# Beside the window


class Late:
    """Opens the camera after some attempts, and notes by which thread."""

    def __init__(self, fails: int = 0, wait: threading.Event | None = None) -> None:
        self.fails, self.wait = fails, wait
        self.threads: list[threading.Thread] = []
        self.source = Nothing()

    def __call__(self) -> Nothing:
        self.threads.append(threading.current_thread())
        if self.wait is not None:
            self.wait.wait(10)
        if len(self.threads) <= self.fails:
            raise CameraError("Camera 0 cannot be opened: not authorized.")
        return self.source


@pytest.fixture
def desk(monkeypatch):
    """desk(system): a desktop of this system, a window on it, and what its messages say."""
    said: list[tuple[str, str]] = []
    real = Overlay.draw_message

    def draw(self, image, title, text=""):
        said.append((title, text))
        real(self, image, title, text)

    def arrange(system: str) -> tuple[Desktop, Window, list[tuple[str, str]]]:
        pretend(monkeypatch, system)
        monkeypatch.setattr(Overlay, "draw_message", draw)
        return Desktop(monkeypatch), Window("emoapp"), said

    return arrange


@pytest.fixture
def quick(monkeypatch):
    """A clock that goes on by what is slept, without sleeping."""
    passed = [0.0]

    def sleep(seconds: float) -> None:
        passed[0] += seconds

    monkeypatch.setattr(opening, "time", SimpleNamespace(sleep=sleep))
    monkeypatch.setattr(clock, "now", lambda: passed[0])


def test_macos_opens_in_the_main_thread_until_the_camera_is_allowed(desk, quick, capsys):
    desktop, window, said = desk("macos")
    late = Late(fails=3)
    found = open_served(late, window, parts=PARTS, present=lambda: True)
    assert found is late.source and set(late.threads) == {threading.main_thread()}
    assert said[0][0] == ALLOW and desktop.polls > 60, "the window was served"
    assert ALLOW in capsys.readouterr().out


def test_macos_gives_up_after_a_minute_and_at_once_without_a_camera(desk, quick):
    desk("macos")
    late = Late(fails=10_000)
    with pytest.raises(CameraError, match="not authorized"):
        open_served(late, None, parts=PARTS, present=lambda: True)
    assert 30 < len(late.threads) <= 61
    late = Late(fails=10_000)
    with pytest.raises(CameraError):
        open_served(late, None, parts=PARTS, present=lambda: False)
    assert len(late.threads) == 1


def test_windows_serves_the_window_while_the_camera_opens(desk):
    desktop, window, said = desk("windows")
    opened = threading.Event()
    late = Late(wait=opened)
    desktop.keys = [-1, -1, -1, opened.set]
    found = open_served(late, window, parts=PARTS, present=lambda: True)
    assert found is late.source and late.threads != [threading.main_thread()]
    assert said[0][0] == OPENING and len(desktop.shown) >= 4


def test_who_quits_meanwhile_gets_no_camera(desk):
    desktop, window, _ = desk("windows")
    opened = threading.Event()
    late = Late(wait=opened)
    closed = threading.Event()
    late.source.close = closed.set
    desktop.keys = [-1, -1, ord("q")]
    found = open_served(late, window, parts=PARTS, present=lambda: True)
    assert found is not late.source and found.read() is None
    opened.set()
    assert closed.wait(10), "it is closed when it comes"


def test_a_camera_that_is_not_there_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(listing, "list_cameras", lambda: [CameraInfo(0, "FaceTime HD Camera")])
    found = {spec: listing.is_listed(spec) for spec in ("0", "9", "camera:face", "camera:iphone")}
    assert found == {"0": True, "9": False, "camera:face": True, "camera:iphone": False}


# Which one


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("system", "cameras", "expected"),
    [
        ("macos", [(0, "Ada's iPhone Camera"), (1, "FaceTime HD Camera")], "1"),
        ("macos", [(0, "Ada's iPhone Camera")], "0"),
        ("macos", [(0, "iPhone Desk View"), (1, "iPhone Camera"), (2, "C920")], "2"),
        ("macos", [], "0"),
        ("linux", None, "0"),
    ],
)
@pytest.mark.parametrize("words", [[], ["--source", "0"]])
def test_a_phone_is_not_the_camera_that_nobody_chose(monkeypatch, system, cameras, expected, words):
    pretend(monkeypatch, system)
    found = cameras and [CameraInfo(*one) for one in cameras] or []
    monkeypatch.setattr(listing, "list_cameras", lambda: found)
    opened: list[LiveConfig] = []

    def run(config):
        opened.append(config)
        raise CameraError("enough")

    monkeypatch.setattr("emoapp.app.live.run_live", run)
    main(["live", *words])
    assert opened[0].source == ("0" if words else expected)


# The clock


@pytest.mark.logs_errors
def test_a_coarse_clock_of_the_system_does_not_reach_the_frames(monkeypatch, plugged):
    """On Windows before Python 3.13, `time.monotonic` stands still for 15.6 ms."""
    monkeypatch.setattr("time.monotonic", lambda: 7.0)
    plugged("windows", [picture(number) for number in range(30)])
    with Camera(0) as camera:
        frames = [camera.read() for _ in range(5)]
    times = [frame.t for frame in frames]
    assert times == sorted(set(times)) and np.ptp([frame.arrived for frame in frames]) > 0
