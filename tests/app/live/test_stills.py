"""Pictures in live use: in a window until a key, or a line each."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from support.faces import portrait
from support.paths import ROOT

from emoapp.app.live.browser import ImageBrowser
from emoapp.app.live.messages import Messages
from emoapp.classifiers import open_classifier
from emoapp.cli import main
from emoapp.config import LiveConfig, OverlayConfig
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.sinks.keys import key_name
from emoapp.sources.images import Stills
from emoapp.utils.stats import Stats

COLORS = {"a.png": (200, 60, 60), "b.jpg": (60, 160, 60), "c.png": (60, 60, 200)}


@pytest.fixture
def folder(tmp_path) -> Path:
    """Three colored pictures of 700x600; in the second there is a face."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name, color in COLORS.items():
        image = np.full((600, 700, 3), color, np.uint8)
        if name == "b.jpg":
            image[80:592, 100:612] = portrait()
        cv2.imwrite(str(folder / name), image)
    return folder


class Viewer:
    """`emoapp live --source` in a window, with hands for its keys."""

    def __init__(self, screen: str, folder: Path, *words: object) -> None:
        self._env = os.environ | {"DISPLAY": screen, "PYTHONPATH": str(ROOT)}
        self._folder = folder
        self.program = subprocess.Popen(
            [
                *(sys.executable, "-m", "emoapp", "live", "--folder", str(folder)),
                *("--source", *map(str, words)),
            ],
            env=self._env,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        find = ["xdotool", "search", "--sync", "--name", "^emoapp$"]
        subprocess.run(find, env=self._env, check=True, timeout=60, capture_output=True)

    def press(self, key: str) -> None:
        # Without a window manager the key goes to the window under the mouse.
        move = ["xdotool", "mousemove", "300", "80", "mousemove", "301", "81"]
        subprocess.run([*move, "key", key], env=self._env, check=True, timeout=30)
        time.sleep(0.3)

    def shown(self) -> np.ndarray:
        """What is in the window, as its own snapshot: uint8 (H, W, 3), BGR."""
        end = time.monotonic() + 60
        while not (found := list(self._folder.glob("emoapp-*.png"))):
            assert self.program.poll() is None and time.monotonic() < end
            self.press("s")
        time.sleep(0.3)
        image = cv2.imread(str(found[0]))
        for path in self._folder.glob("emoapp-*.png"):
            path.unlink()
        return image

    def shows(self, name: str) -> None:
        end = time.monotonic() + 30
        while np.abs(self.shown()[300, 10].astype(int) - COLORS[name]).max() > 30:
            assert time.monotonic() < end, f"{name} is not shown"

    def end(self) -> tuple[int, str]:
        """Press q: the exit status, and what was on standard error."""
        self.press("q")
        said = self.program.communicate(timeout=60)[1]
        return self.program.returncode, said


@pytest.fixture
def view(screen, tmp_path):
    opened: list[Viewer] = []

    def start(*words: object) -> Viewer:
        opened.append(Viewer(screen, tmp_path, *words))
        return opened[-1]

    yield start
    for viewer in opened:
        viewer.program.kill()
        viewer.program.communicate()


@pytest.mark.slow
def test_keys_go_through_a_folder(view, folder, tmp_path):
    log = tmp_path / "log.csv"
    viewer = view(folder, "--log", log)
    viewer.shows("a.png")
    for key, name in [
        ("Right", "b.jpg"),
        ("space", "c.png"),
        ("Right", "c.png"),
        ("Left", "b.jpg"),
        ("Home", "a.png"),
        ("Left", "a.png"),
        ("End", "c.png"),
        ("Left", "b.jpg"),
    ]:
        viewer.press(key)
        viewer.shows(name)
    framed = viewer.shown()
    viewer.press("p")
    hidden = viewer.shown()
    eyes = np.s_[240:280, 360:460]  # in a picture enlarged by 720/600
    assert np.abs(framed[eyes].astype(int) - hidden[eyes]).mean() > 5, "ordinary keys work"
    assert viewer.end() == (0, "")
    rows = [(row["frame"], row["label"]) for row in csv.DictReader(log.open())]
    assert sorted(rows) == [("0", ""), ("1", "happy"), ("2", "")], "each once"
    x0, x1 = next((float(r["x0"]), float(r["x1"])) for r in csv.DictReader(log.open()) if r["x0"])
    assert 200 < x0 < 325 < x1 < 450, "in the picture's own pixels"


@pytest.mark.slow
def test_one_picture_stands_until_a_key(view, folder):
    viewer = view(folder / "b.jpg")
    first = viewer.shown()
    time.sleep(3)
    assert viewer.program.poll() is None
    still = viewer.shown()
    assert first.shape == still.shape and np.abs(first.astype(int) - still).mean() < 5
    assert viewer.end() == (0, "")


@pytest.mark.slow
def test_a_broken_picture_is_named_and_the_others_go_on(view, folder):
    (folder / "a.png").write_bytes(b"no picture")
    viewer = view(folder)
    empty = viewer.shown()
    assert (empty[300, 10] == empty[10, 10]).all() and empty[300, 10].max() < 50
    viewer.press("Right")
    viewer.shows("b.jpg")
    status, said = viewer.end()
    assert status == 1
    first, last = said.splitlines()
    assert "a.png is not a picture" in first and "1 of 3 pictures could not be read" in last


def test_a_still_picture_has_no_timeline(folder):
    shown: list[np.ndarray] = []
    window = SimpleNamespace(
        fit=lambda size_wh: size_wh,
        show=shown.append,
        toggle_full_screen=None,
        moved_at=-1e9,
        pointer=None,
    )
    stills = Stills([folder / name for name in COLORS])
    config = LiveConfig(str(folder), overlay=OverlayConfig(bars=False))
    browser = ImageBrowser(config, stills, window, Stats(), Future(), messages=Messages())
    with Pipeline(open_detector("blazeface"), open_classifier()) as pipeline, browser:
        browser.begin(pipeline)
        frame = browser.accept(stills.read())
        browser.view.write(browser.analyze(pipeline, frame))
    overlay = browser.view.overlay
    assert overlay.arrangement.timeline is None and not overlay.timeline
    assert overlay.status and not overlay.bars, "other switches are those of the command line"


@pytest.mark.logs_errors
def test_without_a_window_a_line_each(folder, capsys):
    (folder / "a.png").write_bytes(b"no picture")
    assert main(["live", "--source", str(folder), "--no-window"]) == 1
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].startswith(f"{folder / 'b.jpg'}: happy ") and lines[0].endswith("%")
    assert lines[1] == f"{folder / 'c.png'}: no face"
    errors = [line for line in said.err.splitlines() if line.startswith("emoapp")]
    assert "a.png is not a picture" in errors[0] and "1 of 3" in errors[1]

    assert main(["live", "--source", str(folder / "c.png"), "--no-window"]) == 0
    capsys.readouterr()
    assert main(["live", "--source", str(folder / "a.png"), "--no-window"]) == 1
    assert "a.png is not a picture" in capsys.readouterr().err
    assert main(["live", "--source", str(folder), "--record", str(folder / "r.mp4")]) == 2
    assert "emoapp image" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (-1, None),
        (0, None),
        (ord("q"), "q"),
        (ord("Q"), "q"),
        (0x100000 | ord("q"), "q"),  # with Num Lock on
        (27, "esc"),
        (0xFF51, "left"),  # X11; 0x51 is Q
        (0xFF53, "right"),
        (0xFF98, "right"),  # on the number pad
        (0xFF50, "home"),
        (0xFFBE, None),  # F1
        (0x250000, "left"),  # Windows
        (0x270000, "right"),
        (0x710000, None),  # F2 there; 0x71 is q
        (0xF702, "left"),  # macOS
        (0xF703, "right"),
    ],
)
def test_keys_without_a_letter_are_no_letters(code, name):
    assert key_name(code) == name
