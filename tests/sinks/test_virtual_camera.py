"""The virtual camera: what programs see in it, and what is said where there is none."""

from __future__ import annotations

import csv
import json
import sys
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest
from support.outputs import face, result, until
from support.pictures import number_of, picture
from support.programs import emoapp, run_python, succeeded
from support.vcam import shown

from emoapp.detectors import open_detector
from emoapp.images import BgrImage
from emoapp.sinks import virtual_camera
from emoapp.sinks.virtual_camera import VirtualCameraOutput, fitted, i420

WIDE = 320, 180
DEMO_WH = 1280, 720


@pytest.fixture
def feed(vcam, tmp_path):
    """feed(*words, **faults): run `emoapp live` on a machine with a virtual camera.

    faults: the variables at the head of support/vcam/vcam.c, without "VCAM_OUT_".
    """

    def run(*words: object, **faults: object):
        env = {f"VCAM_OUT_{name}": str(value) for name, value in faults.items()}
        device = {"LD_PRELOAD": str(vcam), "VCAM_OUT": str(tmp_path / "shown.yuv")}
        return emoapp("live", "--no-window", "--virtual-camera", *words, **device, **env)

    return run


def test_the_plain_picture_arrives_as_it_is(feed, clip, tmp_path):
    log = tmp_path / "log.csv"
    words = ["--virtual-camera-picture", "plain", "--source", clip, "--loop", "--frames", 20]
    succeeded(feed(*words, "--log", log))
    with open(log, newline="") as file:
        analyzed = [int(row["frame"]) % 30 for row in csv.DictReader(file)]
    seen = shown(tmp_path / "shown.yuv", WIDE)
    numbers = [number_of(one) for one in seen]
    # A machine under load may show fewer than it analyzed, in order all the same.
    rest = iter(analyzed)
    assert all(number in rest for number in numbers) and numbers[-1] == analyzed[-1]
    for number, one in zip(numbers, seen, strict=True):
        assert np.abs(one.astype(int) - picture(number)).mean() < 4


READER = """
import cv2
from support.pictures import number_of
camera = cv2.VideoCapture(0, cv2.CAP_V4L2)
assert camera.isOpened()
print([number_of(camera.read()[1]) for _ in range(8)])
"""


def test_opencv_sees_what_was_fed(feed, vcam, clip, tmp_path):
    """A program of the other side: OpenCV opens the camera, and reads its pictures."""
    words = ["--virtual-camera-picture", "plain", "--source", clip, "--loop", "--frames", 20]
    succeeded(feed(*words))
    path = tmp_path / "shown.yuv"
    fed = [number_of(one) for one in shown(path, WIDE)]
    device = {"VCAM_YUV": str(path), "VCAM_SIZE": "320x180", "LD_PRELOAD": str(vcam)}
    run = run_python(READER, **device)
    assert run.returncode == 0, run.stderr
    seen = json.loads(run.stdout)
    assert set(seen) <= set(fed) and len(set(seen)) > 1


def faces_in(image: np.ndarray) -> int:
    with open_detector("blazeface") as detector:
        return len(detector.detect(BgrImage(image)))


@pytest.mark.slow
def test_what_is_private_shows_no_face_and_what_is_annotated_shows_the_overlay(
    feed, demo, tmp_path
):
    ok, first = cv2.VideoCapture(str(demo)).read()
    assert ok and faces_in(first) == 1
    pictures = {}
    for kind in ("plain", "private", "annotated", "annotated --privacy"):
        words = ["--demo", "--frames", 3, "--virtual-camera-picture", *kind.split()]
        succeeded(feed(*words))
        path = tmp_path / "shown.yuv"
        pictures[kind] = shown(path, DEMO_WH)[0]
        path.unlink()
    found = {kind: faces_in(one) for kind, one in pictures.items()}
    assert found == {"plain": 1, "private": 0, "annotated": 1, "annotated --privacy": 0}
    changed = {
        kind: (np.abs(one.astype(int) - pictures["plain"]) > 40).any(axis=2)
        for kind, one in pictures.items()
    }
    bars = slice(240, 480), slice(930, 1250)
    assert not changed["private"][bars].any()
    for kind in ("annotated", "annotated --privacy"):
        assert changed[kind][bars].mean() > 0.3
    assert 0.02 < changed["private"].mean() < 0.5


def test_a_device_that_is_held_to_another_size_gets_the_whole_picture(feed, clip, tmp_path):
    words = ["--virtual-camera-picture", "plain", "--source", clip]
    succeeded(feed(*words, SIZE="200x200"))
    one = shown(tmp_path / "shown.yuv", (200, 200))[0]
    assert one[:40].max() < 25 and one[-40:].max() < 25, "black above and below"
    assert one[60, 20, 2] > 200 and one[120, 180].min() > 20


@pytest.mark.slow
def test_a_device_that_is_gone_is_said_once_and_ends_nothing(feed, clip):
    run = feed("--source", clip, "--loop", "--frames", 60, GONE_S=0.5)
    assert run.returncode == 0 and run.stderr.count("takes no picture any more") == 1
    assert run.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_slow_device_misses_frames_and_the_run_none(feed, clip, tmp_path):
    run = succeeded(feed("--source", clip, "--loop", "--frames", 40, SLOW_MS=400))
    assert run.stdout.splitlines()[-1].startswith("40 frames analyzed")
    assert 2 <= len(shown(tmp_path / "shown.yuv", WIDE)) < 40


@pytest.mark.parametrize(
    "words, faults, said",
    [
        (["nine"], {}, "no such virtual camera; there is /dev/video10 (Dummy video device)"),
        ([], {"BUSY": 1}, "Device or resource busy. End the other program that feeds it"),
        ([], {"FED": 1}, "Device or resource busy. End the other program that feeds it"),
        ([], {"DEVICE": "/dev/none"}, "modprobe v4l2loopback"),
    ],
)
def test_what_is_not_there_says_what_to_do(feed, clip, words, faults, said):
    run = feed(*words, "--source", clip, **faults)
    assert run.returncode in (1, 2) and said in run.stderr and run.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["/dev/video10", "10", "dummy video"])
def test_it_is_found_by_path_number_and_name(feed, clip, name):
    succeeded(feed(name, "--source", clip, "--frames", 1))


PYVIRTUALCAM = """
import numpy as np
from emoapp.sinks.virtual_camera import PyvirtualcamCamera, i420
from support.pictures import picture
camera = PyvirtualcamCamera(None, (320, 180), 30.0)
for number in range(5):
    camera.send(i420(picture(number)))
camera.close()
print(camera.name, camera.size_wh)
"""


def test_the_package_of_windows_and_macos_shows_the_same(vcam, tmp_path):
    pytest.importorskip("pyvirtualcam", reason="needs pyvirtualcam, which is under the GPL")
    path = tmp_path / "shown.yuv"
    run = run_python(PYVIRTUALCAM, LD_PRELOAD=str(vcam), VCAM_OUT=str(path))
    assert (run.stdout, run.stderr) == ("/dev/video10 (320, 180)\n", "")
    assert [number_of(one) for one in shown(path, WIDE)] == list(range(5))


def test_where_obs_is_missing_it_is_named(monkeypatch):
    pytest.importorskip("pyvirtualcam", reason="needs pyvirtualcam, which is under the GPL")
    from emoapp.errors import SinkError
    from emoapp.sinks.virtual_camera import PyvirtualcamCamera

    if Path("/dev/video0").exists() or sys.platform == "win32":
        pytest.skip("there may be a virtual camera here")
    with pytest.raises(SinkError, match="Install OBS Studio 28"):
        PyvirtualcamCamera(None, WIDE, 30.0)


def test_a_picture_of_odd_size_or_of_a_new_one_is_fitted(cameras):
    with VirtualCameraOutput() as output:
        output.write(result(0, face("happy")))
    (camera,) = cameras
    assert camera.size_wh == WIDE and camera.frames[0].shape == (270, 320)
    odd = BgrImage(picture(3, (321, 181)))
    assert (fitted(odd, WIDE) == odd.bgr()[:180, :320]).all()
    tall = fitted(BgrImage(picture(3, (90, 180))), WIDE)
    assert tall.shape == (180, 320, 3) and not tall[:, :110].any() and tall[90, 180].any()
    assert number_of(cv2.cvtColor(i420(picture(9)), cv2.COLOR_YUV2BGR_I420)) == 9


def test_a_picture_that_stands_still_is_rendered_anew(monkeypatch):
    """So that faces that are hidden in a pause are hidden here too."""
    seen, hidden = [], threading.Event()

    class Camera:
        name, size_wh = "fake", WIDE

        def send(self, frame):
            seen.append(int(frame.max()))

        def close(self):
            pass

    def render(shown):
        return BgrImage(np.full((180, 320, 3), 0 if hidden.is_set() else 255, np.uint8))

    monkeypatch.setattr(virtual_camera, "open_camera", lambda *_: Camera())
    with VirtualCameraOutput(render=render) as output:
        output.write(result(0, face("happy")))
        until(lambda: 235 in seen)
        hidden.set()
        until(lambda: seen[-1] < 235)
