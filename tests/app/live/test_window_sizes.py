"""The live window at the sizes that cameras have, and where there is no camera."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from support.window import Program

from emoapp.utils.libav import av

START_S = 2.5
"""Before a picture is taken: see `support.window.Program`."""


def small_clip(path, size_wh):
    """The size of the commonest cameras: gray, brighter to the right, a second long."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        ramp = np.linspace(60, 200, size_wh[0]).astype(np.uint8)
        image = np.repeat(np.tile(ramp, (size_wh[1], 1))[..., None], 3, axis=2)
        for number in range(30):
            frame = av.VideoFrame.from_ndarray(np.roll(image, number, axis=0), format="bgr24")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def screenshot(env) -> np.ndarray:
    command = ["import", "-window", "root", "-crop", "1280x720+0+0", "+repage", "png:-"]
    raw = subprocess.run(command, env=env, check=True, capture_output=True, timeout=30).stdout
    return cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)


def wait_for(true, seconds=40.0, what=None):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.2)


@pytest.mark.parametrize(
    ("size_wh", "shown_wh"),
    [((640, 480), (960, 720)), pytest.param((640, 360), (1280, 720), marks=pytest.mark.slow)],
)
def test_the_picture_fills_the_window(screen, tmp_path, size_wh, shown_wh):
    clip = small_clip(tmp_path / "small.mp4", size_wh)
    env = os.environ | {"DISPLAY": screen}
    words = ["live", "--source", str(clip), "--loop", "--overlay", "none", "--no-mirror"]
    with subprocess.Popen([sys.executable, "-m", "emoapp", *words], env=env) as program:
        try:
            time.sleep(START_S)
            columns = np.s_[300, [20, shown_wh[0] - 20], 0]
            seen = []

            def fills() -> bool:
                seen.append(screenshot(env)[columns].tolist())
                return max(abs(a - b) for a, b in zip(seen[-1], (60, 195), strict=True)) < 15

            wait_for(fills, what=seen)
            image = screenshot(env)
            if shown_wh[0] < 1280:
                assert image[300, shown_wh[0] + 5 :].max() == 0, "no margin: the screen begins"
        finally:
            program.kill()


@pytest.mark.slow
def test_what_is_recorded_has_neither_status_row_nor_help(screen, tmp_path):
    program = Program(screen, tmp_path, "--no-timeline", "--no-bars")
    try:
        program.press("h")
        program.press("r")
        time.sleep(1.5)
        program.press("r")
        program.press("h")
        program.end()
    finally:
        program.kill()
    (movie,) = tmp_path.glob("emoapp-*.mp4")
    with av.open(str(movie)) as container:
        *_, last = container.decode(video=0)
        image = last.to_ndarray(format="bgr24")
    # Where the status row stands in the window is the clip's bright background.
    assert image[680:700, 20:120].mean() > 90
    assert image[200:260, 560:720].mean() > 60, "nor the dimmed picture of the help"


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("key", "status"), [("Return", 0), pytest.param("q", 2, marks=pytest.mark.slow)]
)
def test_without_a_camera_the_window_offers_the_demo(screen, tmp_path, key, status):
    env = os.environ | {"DISPLAY": screen}
    command = [sys.executable, "-m", "emoapp", "live", "--source", "9", "--frames", "20"]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as program:
        try:
            time.sleep(START_S)
            wait_for(lambda: screenshot(env)[280, 560:720].max() > 200)
            until = time.monotonic() + 30
            while program.poll() is None and time.monotonic() < until:
                move = ["xdotool", "mousemove", "200", "200", "mousemove", "201", "201"]
                subprocess.run([*move, "key", key], env=env, check=True)
                time.sleep(0.3)
            assert program.wait(30) == status
            said = program.stderr.read()
            assert said.count("Camera 9 cannot be opened") == 1
        finally:
            program.kill()
