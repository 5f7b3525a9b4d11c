"""One person in front of the virtual camera, who shows what is asked for."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from support.paths import ROOT
from support.vcam import environment

SIZE_WH = (640, 480)
PASS_FRAMES = 60
"""Frames in which a picture is moved, tilted and relit once."""


def hopper() -> dict[str, list[np.ndarray]]:
    """Grace Hopper (public domain) with four expressions and a wink: label -> pictures, BGR."""
    sys.path.insert(0, str(ROOT / "assets"))
    try:
        from tour_people import hopper as person
    finally:
        sys.path.remove(str(ROOT / "assets"))
    portrait = person().portrait
    labels = ("neutral", "happy", "surprise", "sad")
    found = {label: portrait.show({label: 1.0})[..., ::-1] for label in labels}
    pictures = {label: np.ascontiguousarray(picture) for label, picture in found.items()}
    pictures["wink"] = _winking(pictures["neutral"])
    return {label: [_framed(picture)] for label, picture in pictures.items()}


def photographed(person: Path, most: int) -> dict[str, list[np.ndarray]]:
    """At most so many photographs of a person, `<label>/*.jpg`: label -> pictures, BGR."""
    return {
        folder.name: [
            _framed(cv2.imread(str(path))) for path in sorted(folder.glob("*.jpg"))[:most]
        ]
        for folder in sorted(person.iterdir())
        if folder.is_dir()
    }


def moved(picture: np.ndarray, *, seed: int = 0, frames: int = PASS_FRAMES) -> Iterator[np.ndarray]:
    """The picture as a camera sees it while its person moves, tilts the head, and light changes."""
    rng = np.random.default_rng(seed)
    shift = rng.uniform(0, 2 * np.pi, 5)
    middle = SIZE_WH[0] / 2, SIZE_WH[1] / 2
    for number in range(frames):
        wave = np.sin(2 * np.pi * number / frames + shift)
        matrix = cv2.getRotationMatrix2D(middle, 7 * wave[0], 1 + 0.05 * wave[1])
        matrix[:, 2] += 14 * wave[2], 9 * wave[3]
        image = cv2.warpAffine(picture, matrix, SIZE_WH, borderMode=cv2.BORDER_REPLICATE)
        image = cv2.convertScaleAbs(image, alpha=1 + 0.15 * wave[4], beta=8 * wave[1])
        noise = np.empty(image.shape, np.int16)
        cv2.randn(noise, 0, 2.5)
        yield cv2.add(image, noise, dtype=cv2.CV_8U)


def _winking(picture: np.ndarray) -> np.ndarray:
    """Hopper's picture with the left one of her eyes pressed together."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    eye_x, eye_y = 330.0, 282.0
    share = np.clip(1.3 - np.hypot((x - eye_x) / 51, (y - eye_y) / 30), 0, 1)
    return cv2.remap(picture, x, eye_y + (y - eye_y) * (1 + 4 * share), cv2.INTER_LINEAR)


def _framed(picture: np.ndarray) -> np.ndarray:
    """The picture in the middle of one of `SIZE_WH`, whose border is its own, blurred."""
    scale = min(SIZE_WH[0] / picture.shape[1], SIZE_WH[1] / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    behind = cv2.resize(cv2.resize(picture, (8, 6), interpolation=cv2.INTER_AREA), SIZE_WH)
    x, y = (SIZE_WH[0] - small.shape[1]) // 2, (SIZE_WH[1] - small.shape[0]) // 2
    behind[y : y + small.shape[0], x : x + small.shape[1]] = small
    return behind


class Sitter:
    """`emoapp profile learn NAME` in a window, and the person before its camera.

    Args:
        screen: Name of the X display.
        library: Of the virtual camera; its clip is written beside it.
        folder: For the profile and the logs.
        shows: Label -> pictures; at each asking the next of them is shown.
        words: Behind `emoapp`.
    """

    def __init__(
        self,
        screen: str,
        library: Path,
        folder: Path,
        shows: Mapping[str, Sequence[np.ndarray]],
        *words: str,
    ) -> None:
        clip: list[bytes] = []
        self._scenes: dict[str, list[str]] = {}
        for label, pictures in shows.items():
            for seed, picture in enumerate(pictures):
                first = len(clip)
                clip += [
                    cv2.imencode(".jpg", image)[1].tobytes() for image in moved(picture, seed=seed)
                ]
                self._scenes.setdefault(label, []).append(f"{first} {PASS_FRAMES}")
        self._scene = folder / "scene.txt"
        self.asked: list[str] = []
        self.show(next(iter(self._scenes)))
        self.env = os.environ | environment(library, clip)
        self.env |= {"DISPLAY": screen, "VCAM_SCENE": str(self._scene)}
        self.env |= {"EMOAPP_PROFILE_DIR": str(folder / "profiles")}
        self.env |= {"EMOAPP_LOG_DIR": str(folder / "logs")}
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-m", "emoapp", *words],
            env=self.env,
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._read = 0
        self.said = ""
        self._xdotool("search", "--sync", "--name", "^emoapp$")
        self.log_until("notice: h: keys")  # the first frame was analyzed
        time.sleep(1.5)  # before, a look at the screen could leave the window black

    def show(self, label: str) -> None:
        """Let the person show an expression, with the next of its pictures."""
        scenes = self._scenes.get(label)
        if scenes:
            scenes.append(scenes.pop(0))
            half = self._scene.with_suffix(".half")
            half.write_text(scenes[-1])
            half.replace(self._scene)

    def _xdotool(self, *words: str) -> None:
        xdotool_env = {k: v for k, v in self.env.items() if k != "LD_PRELOAD"}
        subprocess.run(
            ["xdotool", *words], env=xdotool_env, check=True, timeout=30, capture_output=True
        )

    def press(self, key: str) -> None:
        """Press a key in the window."""
        self._xdotool("mousemove", "300", "80", "mousemove", "301", "81", "key", key)

    def picture(self) -> np.ndarray:
        """What is on the screen where the window stands, uint8 (H, W, 3), BGR."""
        env = {k: v for k, v in self.env.items() if k != "LD_PRELOAD"}
        raw = subprocess.run(
            ["import", "-window", "root", "-crop", "1280x960+0+0", "+repage", "png:-"],
            env=env,
            check=True,
            capture_output=True,
            timeout=30,
        ).stdout
        return cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)

    def log(self) -> str:
        """What the program has logged."""
        return "".join(
            p.read_text() for p in sorted((self.folder / "logs").glob("*")) if p.is_file()
        )

    def news(self) -> list[tuple[str, str]]:
        """(phase, label) of each change of the guided minute since the last call."""
        found = re.findall(r"guided minute: (\w+) ?(.*)", self.log())
        new, self._read = found[self._read :], len(found)
        return new

    def log_until(self, words: str, times: int = 1, seconds: float = 60) -> None:
        """Wait until the program has logged some words, so many times."""
        end = time.monotonic() + seconds
        while self.log().count(words) < times:
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < end, f"{words} was not logged"
            time.sleep(0.1)

    def look_until(self, true: Callable[[np.ndarray], bool], seconds: float = 20) -> None:
        """Look at the screen until it shows something."""
        end = time.monotonic() + seconds
        while not true(self.picture()):
            assert time.monotonic() < end, "it did not come"
            time.sleep(0.3)

    def until(
        self,
        phase: str,
        on_change: Callable[[str, str], object] | None = None,
        seconds: float = 120,
    ) -> None:
        """Show what is asked for until a phase begins; what nobody can show is skipped."""
        end = time.monotonic() + seconds
        while True:
            assert self.process.poll() is None, self.process.stdout.read()
            assert time.monotonic() < end, f"{phase} did not come"
            for now, label in self.news():
                if now == "ready":
                    self.asked.append(label)
                    if label in self._scenes:
                        self.show(label)
                    else:
                        self.press("s")
                if on_change is not None:
                    on_change(now, label)
                if now == phase:
                    return
            time.sleep(0.03)

    def end(self) -> str:
        """Wait for the program's end; returns what it said."""
        self.said = self.process.communicate(timeout=30)[0]
        return self.said

    def kill(self) -> None:
        """Kill the program."""
        self.process.kill()
        self.process.wait()
