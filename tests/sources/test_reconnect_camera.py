"""A camera that breaks off and comes back."""

from __future__ import annotations

import json

import pytest
from support.watching import went_on

_WATCH = """
import json, threading, time
from emoapp.sources import open_source
from support.watching import watch
began = time.monotonic()
with open_source(0, reconnect=True) as source:
    answers = watch(source, {seconds})
    closing = time.monotonic()
print(json.dumps({{"answers": answers, "began": began, "close_s": time.monotonic() - closing,
    "left": [t.name for t in threading.enumerate()], "size_wh": source.size_wh}}))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "returns_s", "seconds", "reason"),
    [
        ({"UNPLUG_S": 1}, 3, 6, "Camera 0 was unplugged"),
        pytest.param({"STALL_S": 1}, 5.5, 8.5, "Camera 0 gives no picture", marks=pytest.mark.slow),
        # Too short to be given up.
        pytest.param({"STALL_S": 1}, 2.5, 5, "Camera 0 gives no picture", marks=pytest.mark.slow),
        pytest.param(
            {"STALL_S": 0}, 2.5, 5, "Camera 0 gives no picture yet", marks=pytest.mark.slow
        ),
    ],
    ids=["unplugged", "stalled", "hiccup", "stalled at first"],
)
def test_a_camera_goes_on_when_it_is_back(run_with_camera, fault, returns_s, seconds, reason):
    ran = run_with_camera(_WATCH.format(seconds=seconds), REPLUG_S=returns_s, **fault)
    assert (ran.returncode, ran.stderr) == (0, "")
    run = json.loads(ran.stdout)
    went_on(run["answers"], run["began"] + returns_s, rate=30)
    lost = max(run["answers"], key=lambda a: a.get("since_s", 0))
    assert lost["reason"].startswith(reason)
    assert run["size_wh"] == [320, 180]
    assert run["close_s"] < 1 and run["left"] == ["MainThread"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [{"UNPLUG_S": 0.5}, {"STALL_S": 0.5}])
def test_a_camera_that_stays_away_is_closed_at_once(run_with_camera, fault):
    ran = run_with_camera(_WATCH.format(seconds=2), **fault)
    assert (ran.returncode, ran.stderr) == (0, "")
    run = json.loads(ran.stdout)
    assert run["answers"][-1]["reason"] and run["close_s"] < 2
    if "UNPLUG_S" in fault:  # a driver that hangs is left alone
        assert run["left"] == ["MainThread"]


@pytest.mark.parametrize("fault", [{"BUSY": 1}, {"DEVICE": "/dev/video7"}])
def test_a_camera_that_never_opens_raises_at_once(run_with_camera, fault):
    ran = run_with_camera(
        "from emoapp.errors import CameraError\n"
        "from emoapp.sources import open_source\n"
        "try: open_source(0, reconnect=True)\n"
        "except CameraError as error: print(error)",
        **fault,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "cannot be opened" in ran.stdout


@pytest.mark.slow
def test_a_silent_camera_is_closed_while_its_driver_waits(run_with_camera):
    ran = run_with_camera(
        "import threading, time\n"
        "from emoapp.sources import open_source\n"
        "source = open_source(0)\n"
        "source.read()\n"
        "time.sleep(0.3)\n"
        "began = time.monotonic()\n"
        "source.close()\n"
        "print(time.monotonic() - began < 0.8, source.given_back(0), threading.active_count())",
        FPS=0.6,
    )
    assert ran.stdout.split() == ["True", "True", "1"], ran.stderr
