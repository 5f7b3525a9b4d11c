"""Whether the folder for people without Python works: `python .ci/standalone.py dist/emoapp`

Runs the program with an empty environment but for the screen, and with no Python to be found. On
Linux it opens its window on a screen of Xvfb.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from smoke import DEMO, FRAMES, ROOT, screen

KEPT = ("SYSTEMROOT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
"""Variables without which Windows starts no program."""


class Program:
    """The program in the folder, with a folder of its own for what it writes."""

    def __init__(self, folder: Path, work: Path) -> None:
        self.path = folder.resolve() / ("emoapp.exe" if sys.platform == "win32" else "emoapp")
        self.work = work

    def __call__(self, *words: object, **env: str) -> None:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        print("+ emoapp", *words, flush=True)
        command = [str(self.path), *map(str, words)]
        subprocess.run(
            command,
            check=True,
            timeout=300,
            cwd=self.work,
            env={"PATH": "", "EMOAPP_LOG_DIR": str(self.work / "logs")} | kept | env,
        )


def check(emoapp: Program) -> None:
    work = emoapp.work
    emoapp("--version")
    emoapp("doctor")
    emoapp("image", ROOT / "assets" / "two.jpg", "--csv", work / "faces.csv")
    assert len(list(csv.DictReader((work / "faces.csv").open(encoding="utf-8")))) == 2
    log = work / "log.csv"
    emoapp("video", DEMO, "-o", work / "copy.mp4", "--log", log, "--frames", FRAMES)
    rows = list(csv.DictReader(log.open(encoding="utf-8")))
    assert [row["label"] for row in rows] == ["happy"] * FRAMES, rows
    emoapp("report", log, "-o", work / "report")
    assert (work / "report" / "report.html").stat().st_size > 10_000
    # Two processes, each of which is the program again.
    clips = work / "clips"
    clips.mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(DEMO, clips / name)
    emoapp("video", clips, "--log", work / "logs of clips", "--jobs", 2, "--frames", FRAMES)
    assert len(list((work / "logs of clips").glob("*.csv"))) == 2
    emoapp("-m", "emoapp", "--version")  # as it starts parts of itself


def window(emoapp: Program) -> None:
    stats = emoapp.work / "stats.json"
    words = ("live", "--demo", "--seconds", 5, "--stats", stats)
    if sys.platform.startswith("linux"):
        with screen() as display:
            emoapp(*words, DISPLAY=display)
    else:
        emoapp(*words)
    shown = json.loads(stats.read_text(encoding="utf-8"))["frames"]
    print(shown)
    assert shown["shown"] > 5


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        emoapp = Program(folder, Path(name))
        check(emoapp)
        window(emoapp)
    size = sum(file.stat().st_size for file in folder.rglob("*") if not file.is_symlink())
    print(f"{folder}: fine, {size / 1e6:.0f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
