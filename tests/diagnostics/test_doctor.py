"""The doctor finds real faults, says what to do, and is not ended by any of them."""

from __future__ import annotations

import glob
import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from support.paths import ROOT

from emoapp.diagnostics.doctor import OK, PROBLEM, WARNING, Finding, examine, machine, program


def doctor(folder, *words: object, **env: str) -> tuple[int, dict[str, Finding]]:
    """Exit status, and what was found by the name of the check."""
    file = folder / "found.json"
    env = {"EMOAPP_LOG_DIR": str(folder / "logs")} | env
    variables = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    run = subprocess.run(
        [sys.executable, "-m", "emoapp", "doctor", "--json", str(file), *map(str, words)],
        env=variables | env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.stderr == ""
    found = {
        one["check"]: Finding(one["level"], one["found"], one["advice"])
        for one in json.loads(file.read_text(encoding="utf-8"))["checks"]
    }
    for name, one in found.items():
        assert name in run.stdout
        assert one.level == OK or one.advice, f"{name} says what is wrong and not what to do"
    return run.returncode, found


@pytest.mark.slow
def test_where_nothing_is_wrong(screen, tmp_path):
    nowhere = tmp_path / "emoapp.toml"
    status, found = doctor(tmp_path, DISPLAY=screen, EMOAPP_CONFIG=str(nowhere))
    assert status == 0
    usual = {name: one.level for name, one in found.items() if name not in ("cameras", "speed")}
    assert usual == dict.fromkeys(usual, OK)
    assert "opencv-python 4." in found["packages"].found


@pytest.mark.slow
def test_every_fault_is_found_in_one_go(tmp_path):
    model = shutil.copytree(ROOT / "models", tmp_path / "models", ignore=lambda *_: ["report"])
    network = model / "emotion.tflite"
    data = bytearray(network.read_bytes())
    data[len(data) // 2] ^= 1
    network.write_bytes(data)
    settings = tmp_path / "emoapp.toml"
    settings.write_text('[live]\ndetektor = "haar"\n')
    log = tmp_path / "logs" / "emoapp-20250102-030405-99999999.log"
    log.parent.mkdir()
    log.write_text("Fatal Python error: Aborted\nrtsp://me:secret@host/door\n\x1b[2Jlast words\n")
    status, found = doctor(tmp_path, "--model", model, EMOAPP_CONFIG=str(settings))
    assert status == 1
    assert found["settings"].level == PROBLEM and "detektor" in found["settings"].found
    assert str(settings) in found["settings"].advice
    assert found["model"].level == PROBLEM and "damaged" in found["model"].found
    assert found["screen"].level == WARNING and "--no-window" in found["screen"].advice
    if not glob.glob("/dev/video*"):
        assert found["cameras"].level == WARNING and "--demo" in found["cameras"].advice
    assert found["log"].level == WARNING and f"{log}: Fatal Python error" in found["log"].found
    quoted = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))["log"]
    assert quoted == {
        "file": str(log),
        "end": ["Fatal Python error: Aborted", "rtsp://host/door", " [2Jlast words"],
    }
    assert found["crops"].level == found["video files"].level == OK


@pytest.fixture
def device_node():
    """The name under which cameras are looked for; the virtual one needs no more of it."""
    path = Path("/dev/video0")
    if path.exists():
        yield
        return
    try:
        path.touch()
    except OSError:
        pytest.skip("needs /dev/video0, or the right to make it")
    yield
    path.unlink()


def test_a_camera_that_is_there_and_busy(run_with_camera, device_node):
    code = "from emoapp.diagnostics.doctor import *; print(examine(checks()['cameras']))"
    free = run_with_camera(code)
    assert f"level={OK!r}" in free.stdout and "gives 320x180" in free.stdout, free.stderr
    busy = run_with_camera(code, BUSY=1).stdout
    assert f"level={PROBLEM!r}" in busy and "another program" in busy and "Close it" in busy


def test_packages_that_are_missing_or_old(monkeypatch):
    needed = ["numpy>=99", "no-such-package", "tensorflow>99; extra == 'train'", "rich"]
    monkeypatch.setattr(machine, "requires", lambda _: needed)
    found = examine(machine.check_packages)
    assert found.level == PROBLEM
    assert "numpy " in found.found and "no-such-package is missing" in found.found
    assert found.advice == 'pip install "numpy>=99" "no-such-package"'


def test_two_opencvs_in_one_folder(monkeypatch):
    versions = {"opencv-python": "4.14.0.94", "opencv-contrib-python": "4.11.0.86"}

    def version(package: str) -> str:
        if package not in versions:
            raise PackageNotFoundError(package)
        return versions[package]

    monkeypatch.setattr(machine, "requires", lambda _: [])
    monkeypatch.setattr(machine, "version", version)
    found = examine(machine.check_packages)
    assert found.level == PROBLEM and "4.14.0.94" in found.found and "4.11.0.86" in found.advice


def test_a_damaged_network_of_the_detector(tmp_path, monkeypatch):
    assert program.check_detector().level == OK
    detection = shutil.copytree(program.DETECTION, tmp_path / "detection")
    network = detection / "face_detection_short_range.tflite"
    network.write_bytes(network.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(program, "DETECTION", detection)
    found = examine(program.check_detector)
    assert found.level == PROBLEM and network.name in found.found and found.advice


def test_faces_that_are_cut_out_a_pixel_aside(monkeypatch):
    real = program.crop_transform

    def aside(face, *options):
        return real(face, *options) + [[0, 0, 1.0], [0, 0, 0]]

    assert program.check_crops().level == OK
    monkeypatch.setattr("emoapp.alignment.align.crop_transform", aside)
    assert program.check_crops().level == PROBLEM


@pytest.mark.parametrize("error", [ZeroDivisionError("by nothing"), OSError(28, "disk full")])
def test_a_check_that_breaks_is_a_problem_of_its_own(error):
    def broken():
        raise error

    found = examine(broken)
    assert found.level == PROBLEM and error.args[-1] in found.found and found.advice
