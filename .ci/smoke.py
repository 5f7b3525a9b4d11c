"""A new machine's first minutes: window, video, pictures, evaluation. `PYTHON .ci/smoke.py`

Needs nothing but what emoapp installs, so that it also runs where the tests' packages have no
release yet. Leaves the window out where there is no Xvfb.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "assets" / "demo.mp4"
FRAMES = 30


def emoapp(*words: object, **env: str) -> None:
    command = [sys.executable, "-m", "emoapp", *map(str, words)]
    print("+ emoapp", *words, flush=True)
    subprocess.run(
        command, check=True, timeout=300, env=os.environ | env, cwd=tempfile.gettempdir()
    )


@contextmanager
def screen() -> Iterator[str]:
    """The name of an X display with nothing on it."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as said:
            yield f":{said.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def window(folder: Path) -> None:
    stats = folder / "stats.json"
    with screen() as display:
        emoapp("live", "--demo", "--frames", FRAMES, "--stats", stats, DISPLAY=display)
    assert json.loads(stats.read_text())["frames"]["shown"] >= FRAMES / 2


def video(folder: Path) -> None:
    copy, log = folder / "copy.mp4", folder / "log.csv"
    emoapp("video", DEMO, "-o", copy, "--log", log, "--frames", FRAMES)
    rows = list(csv.DictReader(log.open(encoding="utf-8")))
    assert [row["label"] for row in rows] == ["happy"] * FRAMES, rows
    assert copy.stat().st_size > 10_000
    emoapp("report", log, "-o", folder / "report")
    assert (folder / "report" / "report.html").stat().st_size > 10_000


def image(folder: Path) -> None:
    table = folder / "faces.csv"
    emoapp("image", ROOT / "assets" / "two.jpg", "--csv", table)
    assert len(list(csv.DictReader(table.open(encoding="utf-8")))) == 2


def evaluate(folder: Path) -> None:
    import cv2

    clip = cv2.VideoCapture(str(DEMO))
    for number in range(4):
        album = folder / "album" / ("happy" if number else "sad")
        album.mkdir(parents=True, exist_ok=True)
        _, picture = clip.read()
        assert cv2.imwrite(str(album / f"{number}.png"), picture)
    found = folder / "found.json"
    emoapp("evaluate", "--photos", "--data", folder / "album", "--json", found)
    figures = json.loads(found.read_text())
    assert (figures["accuracy"], figures["missed"]) == (0.75, 0), figures


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if shutil.which("Xvfb"):
            window(folder)
        video(folder)
        image(folder)
        evaluate(folder)
    print(f"Python {sys.version.split()[0]}: fine")


if __name__ == "__main__":
    main()
