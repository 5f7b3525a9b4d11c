"""Every command that writes: a line each, and the disturbances of `test_faults.py` try it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

FRAMES = 30
"""Of each recording that commands read here."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, run in a folder that `prepare` filled; see `COMMANDS` for the names in it.

    words: the command line; every output's name appears in it as a word of its own, or begins with
        one that does.
    outputs: the files it must leave, relative to the folder.
    source: the input that may break off in the middle; None where that makes no sense.
    needs: a fixture that it needs besides: "screen" or "training".
    growing: an output that is written row by row under its own name, so that what is there when
        the program is killed stays.
    replaces: with `--overwrite` it replaces any file; False where only those of an earlier run.
    frames: how many pictures a recording has in the end; None where that depends on the clock.
    statuses: the exit statuses of a run that nothing disturbs; 1 where it judges what is there.
    slow: takes too long to be killed at many moments.
    quick: disturbed in the fast tests too; the others are left to the slow ones.
    """

    name: str
    words: str
    outputs: tuple[str, ...]
    source: str | None = None
    needs: str | None = None
    growing: tuple[str, ...] = ()
    replaces: bool = True
    frames: int | None = FRAMES
    statuses: tuple[int, ...] = (0,)
    slow: bool = False
    quick: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def targets(self) -> tuple[str, ...]:
        """The words that name outputs."""
        return tuple(
            word
            for word in self.words.split()
            if any(output == word or output.startswith(f"{word}/") for output in self.outputs)
        )


RECIPE = (
    "--epochs 1 --width 8 --blocks 1 1 1 --batch-size 16 --learning-rate 0.005 --float32 --camera 0"
)

COMMANDS = (
    Command(
        "video",
        "video movie.mp4 -o copy.mp4 --log numbers.csv --stats stats.json",
        ("copy.mp4", "numbers.csv", "stats.json"),
        source="movie.mp4",
        growing=("numbers.csv",),
        quick=True,
    ),
    Command(
        "video of many",
        "video movie.mp4 second.mp4 -o copies --log logs --log-format jsonl",
        ("copies/movie.mp4", "copies/second.mp4", "logs/movie.jsonl", "logs/second.jsonl"),
        source="movie.mp4",
        growing=("logs/movie.jsonl", "logs/second.jsonl"),
    ),
    Command(
        "video in two processes",
        "video movie.mp4 second.mp4 -o copies --jobs 2",
        ("copies/movie.mp4", "copies/second.mp4"),
        source="movie.mp4",
    ),
    Command(
        "image",
        "image face.jpg -o marked.png --csv faces.csv --json faces.json",
        ("marked.png", "faces.csv", "faces.json"),
        quick=True,
    ),
    Command(
        "report",
        "report given.csv --video movie.mp4 -o page --clips 1 --chapters",
        ("page/report.html",),
        replaces=False,
    ),
    Command(
        "live without a window",
        "live --source movie.mp4 --no-window --log numbers.csv --stats stats.json",
        ("numbers.csv", "stats.json"),
        source="movie.mp4",
        growing=("numbers.csv",),
        frames=None,
    ),
    Command(
        "live recording",
        "live --source movie.mp4 --loop --frames 40 --record copy.mp4 --log numbers.csv",
        ("copy.mp4", "numbers.csv"),
        source="movie.mp4",
        needs="screen",
        frames=None,
        growing=("numbers.csv",),
    ),
    Command("doctor", "doctor --json found.json", ("found.json",), statuses=(0, 1), slow=True),
    Command(
        "evaluate",
        "evaluate --data crops --model model --json figures.json --report figures",
        ("figures.json", "figures/classes.txt"),
        needs="training",
    ),
    Command(
        "export",
        "export --model model/model.keras --output exported",
        ("exported/emotion.tflite", "exported/model.keras", "exported/emotion.json"),
        needs="training",
    ),
    Command(
        "train",
        f"train --data crops --output run {RECIPE}",
        ("run/emotion.tflite", "run/model.keras", "run/emotion.json", "run/history.csv"),
        needs="training",
    ),
)


def slow(*values: object, **options):
    """Return a row of parameters whose tests are slow ones."""
    return pytest.param(*values, marks=pytest.mark.slow, **options)


def params(commands: Iterable[Command]) -> list:
    """Return commands as parameters of tests, slow ones unless a command is quick."""
    return [
        pytest.param(one, id=one.name) if one.quick else slow(one, id=one.name) for one in commands
    ]


def prepare(folder: Path, inputs: Path) -> None:
    """Copy the inputs of all commands into a folder: see the fixture `inputs`."""
    shutil.copytree(inputs, folder, dirs_exist_ok=True)
