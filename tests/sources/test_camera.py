"""A camera that fails says why."""

from __future__ import annotations

import pytest

_WATCH = """
from emoapp.errors import CameraError
from emoapp.sources import open_source
import sys
try:
    with open_source(0) as camera:
        camera.read()
        print("opened")
        for frame in camera: pass
except CameraError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("fault", "opens", "says"),
    [
        ({"BUSY": 1}, False, "another program is using /dev/video0"),
        ({"UNPLUG_S": 1.5}, True, "unplugged?"),
        pytest.param({"STALL_S": 1.5}, True, "no picture for 3 s", marks=pytest.mark.slow),
        pytest.param({"STALL_S": 0}, False, "gave no picture", marks=pytest.mark.slow),
        ({"DEVICE": "/dev/video7"}, False, "--source N"),
    ],
)
def test_a_camera_that_fails_says_why(run_with_camera, fault, opens, says):
    ran = run_with_camera(_WATCH, **fault)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("opened") == opens
    assert says in ran.stdout
    assert opens or "emoapp live --demo" in ran.stdout
