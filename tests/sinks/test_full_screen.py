"""The window on a desktop with a window manager: full screen, other sizes, and where clicks go."""

from __future__ import annotations

import os
import shutil
import subprocess
import time

import pytest
from support.programs import run_python

SIZE_WH = (1600, 1000)


@pytest.fixture(scope="module")
def desktop():
    """The name of an X display with a window manager."""
    if not (shutil.which("Xvfb") and shutil.which("xdotool") and shutil.which("openbox")):
        pytest.skip("needs Xvfb, xdotool and openbox")
    read, write = os.pipe()
    size = f"{SIZE_WH[0]}x{SIZE_WH[1]}x24"
    options = ["-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(["Xvfb", *options], pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as said:
        display = f":{said.readline().strip()}"
    manager = subprocess.Popen(["openbox"], env=os.environ | {"DISPLAY": display}, stderr=-3)
    time.sleep(1)
    yield display
    for program in (manager, server):
        program.terminate()
        program.wait()


_HANDS = """
import subprocess, time
import cv2
import numpy as np
from emoapp.sinks.window import Window

window, picture = Window("hands"), np.full((360, 640, 3), 90, np.uint8)

def until(true, seconds=15):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        window.show(cv2.resize(picture, window.fit((640, 360))))
        window.poll()
        time.sleep(0.01)

def fitted():
    # Old OpenCV is sent a larger picture now and then, to see what room there is.
    return min(window.fit((640, 360)) for _ in range(2))

def place():
    return cv2.getWindowImageRect("hands")

def click_at(x, y):
    # Where this point of the picture is on the screen.
    left, top, width, height = place()
    wide, high = fitted()
    at = left + (width - wide) / 2 + x * wide / 640, top + (height - high) / 2 + y * high / 360
    subprocess.run(["xdotool", "mousemove", *(str(round(v)) for v in at), "click", "1"], check=True)
    found = []
    until(lambda: found.append(window.clicked()) or found[-1], 5)
    if found[-1] is None:  # the window manager was busy with the window's size
        return click_at(x, y)
    print(*(round(at * 640 / wide) for at in found[-1]), end=" ")

def near(size_wh, other_wh):
    return max(abs(a - b) for a, b in zip(size_wh, other_wh)) <= 2

def settle():
    end = time.monotonic() + 1.2
    until(lambda: time.monotonic() > end)
"""


@pytest.mark.slow
def test_full_screen_fills_the_screen_and_clicks_meet_the_picture(desktop):
    code = _HANDS + (
        "settle(); before = place()[2:]\n"
        "window.toggle_full_screen()\n"
        "until(lambda: place()[2] > 1500); settle()\n"
        "print(*place(), *fitted(), end=' '); click_at(500, 90)\n"
        "window.toggle_full_screen()\n"
        "until(lambda: near(place()[2:], before)); settle(); ok = near(place()[2:], before)\n"
        "print(ok, end=' ')\n"
        "click_at(500, 90); window.close()\n"
    )
    ran = run_python(code, DISPLAY=desktop)
    assert ran.stderr == ""
    left, top, width, height, wide, high, x, y, again, x2, y2 = ran.stdout.split()
    assert (left, top, width, height) == ("0", "0", "1600", "1000")
    assert (wide, high) == ("1600", "900"), "the largest 16:9 picture that there is room for"
    assert again == "True"
    for found, wanted in ((x, 500), (y, 90), (x2, 500), (y2, 90)):
        assert abs(int(found) - wanted) <= 2


@pytest.mark.parametrize("size_wh", [(700, 700), pytest.param((400, 200), marks=pytest.mark.slow)])
def test_clicks_meet_the_picture_in_a_window_of_any_size(desktop, size_wh):
    code = _HANDS + (
        "settle()\n"
        "command = 'xdotool search --name ^hands$ windowsize --sync'.split()\n"
        f"subprocess.run([*command, '{size_wh[0]}', '{size_wh[1]}'], check=True)\n"
        "settle(); click_at(500, 90); click_at(20, 340); window.close()\n"
    )
    ran = run_python(code, DISPLAY=desktop)
    assert ran.stderr == ""
    for found, wanted in zip(ran.stdout.split(), (500, 90, 20, 340), strict=True):
        assert abs(int(found) - wanted) <= 3
