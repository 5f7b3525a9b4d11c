"""Every key of the live window, pressed in a real window, seen in what it does."""

from __future__ import annotations

import time

import cv2
import numpy as np
import pytest
from support.window import Program, difference

from emoapp.utils.libav import av


@pytest.fixture
def program(screen, tmp_path):
    from shutil import which

    if not which("import"):
        pytest.skip("needs ImageMagick's import")
    opened = Program(screen, tmp_path)
    yield opened
    opened.kill()


@pytest.mark.slow
def test_space_stands_still_and_overlays_come_and_go(program):
    program.press("space")
    assert program.changes() < 0.002
    still = program.picture()
    for key, where in (
        ("b", np.s_[150:560]),  # the panel of bars
        ("t", np.s_[640:, 200:1100]),  # the timeline
        ("h", np.s_[100:620, 300:980]),  # the help
        ("p", np.s_[:, 300:1000]),  # the face
    ):
        # Each comes within a moment, which is longer on a busy machine.
        program.press(key)
        program.until(
            lambda at=where: difference(still, program.picture())[at].mean() > 0.005,
            what=f"{key} shows",
        )
        program.press(key)
        program.until(
            lambda: difference(still, program.picture()).mean() < 0.005,
            what=f"{key} again undoes it",
        )
    program.press("s")
    (snapshot,) = program.folder.glob("emoapp-*.png")
    assert difference(still, cv2.imread(str(snapshot))).mean() < 0.01, "what stands there is saved"
    program.press("space")
    program.until(lambda: program.changes() > 0.002)
    program.end()


@pytest.mark.slow
def test_r_records_and_s_takes_a_snapshot(program):
    program.press("r")
    time.sleep(2)
    program.press("s")
    program.press("r")
    program.until(lambda: any(program.folder.glob("emoapp-*.mp4")))
    program.end()
    (snapshot,) = program.folder.glob("emoapp-*.png")
    assert cv2.imread(str(snapshot)).shape == (720, 1280, 3)
    (recording,) = program.folder.glob("emoapp-*.mp4")
    with av.open(str(recording)) as container:
        times = [float(frame.pts * frame.time_base) for frame in container.decode(video=0)]
    assert times[0] == 0 and times == sorted(set(times))
    # By the clock on the wall: r was on for about 3.5 seconds, however many frames that gave.
    assert 2.0 < times[-1] < 9.0


@pytest.mark.slow
def test_d_takes_the_next_detector_m_mirrors_and_the_rest_goes_on(program):
    before = program.picture()
    program.press("d")
    program.press("m")
    assert difference(before, program.picture()).mean() > 0.2
    program.press("d")
    numbers = program.end()
    assert numbers["frames"]["shown"] > 10


@pytest.mark.slow
def test_quitting_while_recording_keeps_the_recording(screen, tmp_path):
    opened = Program(screen, tmp_path, "--record", "kept.mp4")
    try:
        opened.end()
    finally:
        opened.kill()
    with av.open(str(tmp_path / "kept.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) > 10
