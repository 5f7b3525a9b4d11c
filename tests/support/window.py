"""The live window, with hands to press its keys."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from emoapp.utils.resources import DEMO_CLIP


class Program:
    """`emoapp live` with one face in a window of its own, with hands to press its keys."""

    def __init__(
        self, screen: str, folder, *words: str, prelude: str = "", largest_file: int | None = None
    ) -> None:
        """prelude: Python that runs first.  largest_file: bytes after which no file can grow."""
        self.env = os.environ | {"DISPLAY": screen}
        self.folder = folder
        self.stats, self.errors = folder / "stats.json", folder / "errors.txt"
        if largest_file is not None:
            prelude += f"import resource; resource.setrlimit(1, ({largest_file}, {largest_file}))\n"
        code = f"{prelude}from emoapp.cli import main; import sys; sys.exit(main(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "live", "--source", str(DEMO_CLIP), "--loop"]
        command += ["--folder", str(folder), "--stats", str(self.stats)]
        with open(self.errors, "w") as errors:
            self._process = subprocess.Popen(
                [*command, *words], env=self.env, cwd=folder, stderr=errors
            )
        self.xdotool("search", "--sync", "--name", "^emoapp$")
        # A picture of the screen taken while Qt waits for its window's first events holds the
        # server, and Qt misses them: the window then stays black.
        time.sleep(1.5)
        # Keys count from the first analyzed frame on.
        self.until(lambda: self.changes() > 0.0005)
        time.sleep(1)

    def xdotool(self, *words: str) -> None:
        subprocess.run(
            ["xdotool", *words], env=self.env, check=True, timeout=30, capture_output=True
        )

    def press(self, key: str) -> None:
        # Without a window manager the key goes to the window under the mouse.
        self.xdotool("mousemove", "300", "80", "mousemove", "301", "81", "key", key)
        time.sleep(0.7)

    def picture(self) -> np.ndarray:
        """What is on the screen where the window stands: uint8 (720, 1280, 3), BGR."""
        raw = subprocess.run(
            ["import", "-window", "root", "-crop", "1280x720+0+0", "+repage", "png:-"],
            env=self.env,
            check=True,
            capture_output=True,
            timeout=30,
        ).stdout
        return cv2.imdecode(np.frombuffer(raw, np.uint8), cv2.IMREAD_COLOR)

    def changes(self) -> float:
        """Share of the pixels that differ between two looks a moment apart."""
        first = self.picture()
        time.sleep(0.3)
        return float((np.abs(first.astype(int) - self.picture()) > 12).any(axis=2).mean())

    def until(
        self, true: Callable[[], bool], seconds: float = 20, what: str = "it did not come"
    ) -> None:
        end = time.monotonic() + seconds
        while not true():
            assert self._process.poll() is None, self.errors.read_text()
            assert time.monotonic() < end, what
            time.sleep(0.2)

    def end(self) -> dict:
        assert self.quit() == (0, "")
        return json.loads(self.stats.read_text())

    def quit(self) -> tuple[int, str]:
        """Press q; returns the exit status and what was said on standard error."""
        self.press("q")
        return self._process.wait(20), self.errors.read_text()

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def difference(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which pixels differ clearly: bool (H, W)."""
    return (np.abs(a.astype(int) - b) > 25).any(axis=2)


def alert_shown(program: Program) -> bool:
    """Whether the red mark of an alert stands in the lower middle of the window."""
    red = np.abs(program.picture()[430:640, 330:640].astype(int) - (62, 75, 255)).max(axis=2) < 4
    return bool((red.sum(axis=0) > 60).any())


needs_import = pytest.mark.skipif(not shutil.which("import"), reason="needs ImageMagick's import")
