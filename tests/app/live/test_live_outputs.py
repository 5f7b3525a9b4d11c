"""Outputs of a live run: only those that are asked for, in the window and without one."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from support.outputs import free_port, tool
from support.programs import emoapp, run_python, succeeded
from support.vcam import shown
from support.window import Program, alert_shown

WATCHED = """
import sys
seen = []
def hook(event, args):
    if event in ("socket.bind", "socket.connect"):
        seen.append(f"{event} {args[1]}")
    elif event in ("socket.__new__", "subprocess.Popen"):
        seen.append(event)
sys.addaudithook(hook)
from emoapp.cli import main
status = main(["live", "--demo", "--no-window", "--frames", "5", *sys.argv[1:]])
import psutil
left = psutil.Process().net_connections(kind="inet") + psutil.Process().children()
print("SEEN", status, left, seen)
"""


def seen(*words: object) -> str:
    (line,) = [
        line for line in run_python(WATCHED, *words).stdout.splitlines() if line.startswith("SEEN")
    ]
    return line


def test_nothing_is_opened_unless_it_is_asked_for(tmp_path):
    assert seen("--log", tmp_path / "log.csv") == "SEEN 0 [] []"


def test_what_is_asked_for_is_opened_and_closed(tmp_path):
    port = free_port()
    line = seen("--osc", port, "--on-change", f"{sys.executable} -c ''")
    assert line.startswith("SEEN 0 [] [")
    assert f"socket.connect ('127.0.0.1', {port})" in line and "bind" not in line
    assert line.count("socket.__new__") == 1 and line.count("subprocess.Popen") == 1


def test_what_the_command_prints_is_on_the_terminal_and_not_in_the_log(tmp_path):
    program = tmp_path / "tool.py"
    program.write_text("import sys; sys.exit('cannot: ' + sys.stdin.read())")
    command = subprocess.list2cmdline([sys.executable, str(program)])
    words = ["live", "--demo", "--no-window", "--frames", "30", "--on-change", command]
    run = emoapp(*words, EMOAPP_LOG_DIR=str(tmp_path))
    assert "cannot: {" in run.stderr and "happy" in run.stderr
    (log,) = tmp_path.glob("*.log")
    assert "happy" not in log.read_text()


def test_streams_of_the_laboratory_are_closed_too():
    assert seen("--lsl", f"test-{os.getpid()}").startswith("SEEN 0 [] ")


def test_they_stand_in_the_settings_file(tmp_path):
    log, settings = tmp_path / "log.csv", tmp_path / "emoapp.toml"
    command = subprocess.list2cmdline(tool(tmp_path, ""))
    settings.write_text(
        f"[live]\non-change = {json.dumps(command)}\nno-window = true\ndemo = true\n"
    )
    words = ("live", "--frames", 5, "--log", log)
    succeeded(emoapp(*words, EMOAPP_CONFIG=str(settings)))
    (event,) = map(json.loads, (tmp_path / "events").read_text().splitlines())
    with open(log, newline="") as file:
        row = next(csv.DictReader(file))
    assert (event["label"], event["frame"]) == (row["label"], int(row["frame"]))
    assert event["confidence"] == float(row["confidence"])
    succeeded(emoapp(*words, "--overwrite", "--no-on-change", EMOAPP_CONFIG=str(settings)))
    assert len((tmp_path / "events").read_text().splitlines()) == 1


def test_pictures_from_the_disk_are_told_one_by_one(demo, tmp_path):
    import cv2

    camera = cv2.VideoCapture(str(demo))
    for name in ("a.png", "b.png"):
        assert cv2.imwrite(str(tmp_path / name), camera.read()[1])
    command = subprocess.list2cmdline(tool(tmp_path, ""))
    succeeded(emoapp("live", "--no-window", "--source", tmp_path, "--on-change", command))
    (event,) = map(json.loads, (tmp_path / "events").read_text().splitlines())
    assert event["label"] == "happy"


SEARCHES = """
import sys
from emoapp.cli import main
from emoapp.pipeline import Pipeline
detect = Pipeline.detect
def watched(self, frame):
    global exhaustive
    exhaustive = self.detector.exhaustive
    return detect(self, frame)
Pipeline.detect = watched
main(["live", "--demo", "--no-window", "--frames", "2", *sys.argv[1:]])
print(exhaustive)
"""


@pytest.mark.parametrize("picture, all_of_it", [("private", "True"), ("plain", "False")])
def test_what_hides_faces_has_the_whole_picture_searched(vcam, tmp_path, picture, all_of_it):
    words = "--virtual-camera", "--virtual-camera-picture", picture
    device = {"LD_PRELOAD": str(vcam), "VCAM_OUT": str(tmp_path / "shown.yuv")}
    assert run_python(SEARCHES, *words, **device).stdout.splitlines()[-1] == all_of_it


@pytest.mark.slow
def test_a_window_shows_what_an_output_cannot_do_and_goes_on(start):
    program = start("--osc", str(free_port()))
    program.until(lambda: alert_shown(program))
    assert program.changes() > 0.0005
    status, said = program.quit()
    assert status == 0 and said.count("nobody listens at 127.0.0.1") == 1


@pytest.mark.slow
def test_what_the_user_hides_in_the_window_is_hidden_in_the_camera(screen, vcam, tmp_path):
    from emoapp.detectors import open_detector
    from emoapp.images import BgrImage

    path = tmp_path / "shown.yuv"
    program = None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(vcam))
        patch.setenv("VCAM_OUT", str(path))
        words = ["--virtual-camera", "--virtual-camera-picture", "plain", "--log", "log.csv"]
        program = Program(screen, tmp_path, *words)
    frame_bytes = 1280 * 720 * 3 // 2

    def newest() -> np.ndarray:
        whole = path.stat().st_size // frame_bytes
        frame = np.fromfile(path, np.uint8, frame_bytes, offset=(whole - 1) * frame_bytes)
        return cv2.cvtColor(frame.reshape(1080, 1280), cv2.COLOR_YUV2BGR_I420)

    with open_detector("blazeface") as detector:

        def has_face(picture: np.ndarray) -> bool:
            detector.reset()
            return bool(detector.detect(BgrImage(picture)))

        try:
            program.until(lambda: has_face(newest()))
            program.press("p")
            program.until(lambda: not has_face(newest()))
            hidden_from = path.stat().st_size // frame_bytes
            time.sleep(2)
            program.end()
        finally:
            program.kill()
        later = shown(path, (1280, 720))[hidden_from:]
        assert later and not any(map(has_face, later[::5]))


@pytest.mark.slow
def test_all_at_once_say_the_same(vcam, tmp_path):
    """Whatever each of them got of a frame is what the log has."""
    import pandas as pd
    from support.lsl import inlet
    from support.osc import receiver

    log, path = tmp_path / "log.csv", tmp_path / "shown.yuv"
    with receiver() as (port, frames), inlet() as streams:
        words = ["--osc", port, "--lsl", streams.name, "--virtual-camera", "--log", log]
        command = subprocess.list2cmdline(tool(tmp_path, ""))
        words += ["--demo", "--no-window", "--seconds", 8, "--on-change", command]
        succeeded(emoapp("live", *words, LD_PRELOAD=str(vcam), VCAM_OUT=str(path)))
        streams.connected()
        streams.end()
    followed = pd.read_csv(log).drop_duplicates("frame").set_index("frame")
    sent = {frame["/emoapp/frame"][0]: frame for frame in frames}
    streamed = {int(values["frame"]): values for _, values in streams.numbers}
    assert len(sent.keys() & streamed.keys()) > 10
    for number in sent.keys() & streamed.keys():
        happy = sent[number]["/emoapp/followed/happy"][0]
        if followed["label"].notna()[number]:
            assert streamed[number]["happy"] == pytest.approx(happy, abs=1e-5)
        if streamed[number]["track"] == followed["track"][number]:
            assert happy == pytest.approx(followed["smoothed_happy"][number], abs=1e-4)
    for event in map(json.loads, (tmp_path / "events").read_text().splitlines()):
        if event["frame"] in sent:
            assert sent[event["frame"]]["/emoapp/followed/label"] == [event["label"] or ""]
    assert len(shown(path, (1280, 720))) > 10
