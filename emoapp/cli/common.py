"""Options and conversions that several commands share."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from emoapp.classifiers import DEVICES
from emoapp.cli.flags import Flag
from emoapp.cli.limits import SetLimit
from emoapp.cli.numbers import not_negative, positive, positive_int
from emoapp.detectors import DETECTORS
from emoapp.errors import UsageError
from emoapp.limits import LIMITS, Limits
from emoapp.utils.terminal import say, sayable


def add_recognition_arguments(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """How faces are found and read."""
    group = parser.add_argument_group("analysis")
    group.add_argument(
        "--detector",
        choices=["auto", *DETECTORS],
        default="auto",
        help="what finds the faces (default: the best that works here)",
    )
    group.add_argument(
        "--device",
        choices=["auto", *DEVICES],
        default="auto",
        help="what runs the network (default: the CPU; a GPU for long files where there is one)",
    )
    group.add_argument(
        "--model", type=Path, metavar="FILE", help="a model made by `emoapp train`, or its folder"
    )
    group.add_argument("--contempt", action=Flag, help="show an eighth expression: contempt")
    return group


def add_analysis_arguments(parser: argparse.ArgumentParser, *, seconds: str = "seconds") -> None:
    """How faces are found and read, also over time, and where the numbers of the run go.

    seconds: by which clock a run is limited, for the help.
    """
    group = add_recognition_arguments(parser)
    group.add_argument(
        "--smoothing",
        type=not_negative,
        default=0.3,
        metavar="SECONDS",
        help="time constant of the average over time; 0 for none (default: 0.3)",
    )
    group.add_argument(
        "--limit",
        action=SetLimit,
        dest="limits",
        default=Limits(),
        metavar="NAME=NUMBER",
        help="from where on a face gets no label; may be given more than once. Names: "
        f"{', '.join(LIMITS)}; `emoapp config` shows the numbers",
    )
    group = parser.add_argument_group("run")
    group.add_argument("--stats", type=Path, metavar="FILE", help="write the run's numbers as JSON")
    group.add_argument(
        "--frames", type=positive_int, metavar="N", help="end after N analysed frames"
    )
    group.add_argument("--seconds", type=positive, metavar="S", help=f"end after S {seconds}")


DATA_EXPLAINED = (
    "FER-2013 as Kaggle gives it, or folders of pictures: <label>/*.jpg, "
    "or train|validation|test/<label>/*.jpg"
)


def add_data_arguments(
    parser: argparse.ArgumentParser, *, required: bool = True, explained: str = DATA_EXPLAINED
) -> None:
    """Which labelled pictures to read."""
    parser.add_argument(
        "--data", type=Path, required=required, metavar="CSV|ZIP|FOLDER", help=explained
    )
    parser.add_argument(
        "--ferplus", type=Path, metavar="CSV", help="FER+'s votes (default: beside the data)"
    )
    parser.add_argument(
        "--skip-bad", action=Flag, help="leave broken rows and files out and list them"
    )


def add_photo_arguments(parser: argparse.ArgumentParser, explained: str) -> None:
    """Whether the labelled pictures are photographs, and what finds the faces in them."""
    parser.add_argument("--photos", action=Flag, help=explained)
    parser.add_argument(
        "--detector",
        choices=["auto", *DETECTORS],
        default="auto",
        help="what finds the faces in photographs (default: the best that works here)",
    )


def analysis_options(args: argparse.Namespace) -> dict:
    """The fields of `RunConfig` that `add_analysis_arguments` asked for."""
    return {
        "detector": args.detector,
        "device": args.device,
        "model": args.model,
        "contempt": args.contempt,
        "smoothing_s": args.smoothing,
        "limits": args.limits,
        "stats": args.stats,
        "max_frames": args.frames,
        "max_seconds": args.seconds,
    }


def summary(numbers: dict) -> str:
    """One line that says how a run went."""
    frames = numbers["frames"]
    parts = [f"{frames['analysed']} frames analysed"]
    if numbers["fps"]:
        parts[0] += f" at {numbers['fps']:.1f} a second"
    if frames["missed"]:
        parts.append(f"{frames['missed']} missed")
    if numbers["faces"]["mean"] is not None:
        parts.append(f"{numbers['faces']['mean']:.1f} faces a frame")
    return ", ".join(parts)


NOTES_SHOWN = 20


def print_notes(*datasets) -> None:
    """What was left out of the data, and what else the user should know of it."""
    # The splits of one file have the same lines.
    for line in dict.fromkeys(line for dataset in datasets for line in dataset.bad):
        say(f"left out: {line}")
    notes = list(dict.fromkeys(line for dataset in datasets for line in dataset.notes))
    for line in notes[:NOTES_SHOWN]:
        say(line)
    if len(notes) > NOTES_SHOWN:
        say(f"and {len(notes) - NOTES_SHOWN} more")


def need_training() -> None:
    """Raise UsageError where the packages of the extra "train" are missing."""
    need_packages("train", "tensorflow", "sklearn", "matplotlib")


def need_packages(extra: str, *modules: str) -> None:
    """Raise UsageError where a module is missing, saying how the extra with it is installed."""
    from importlib.util import find_spec

    missing = [name for name in modules if find_spec(name) is None]
    if "tensorflow" in missing and sys.version_info >= (3, 14):
        raise UsageError(
            "this needs TensorFlow, which has no release for Python 3.14 yet; "
            "use Python 3.10 to 3.13 for it"
        )
    if missing:
        raise UsageError(
            f"this needs {', '.join(missing)}; install with: pip install 'emoapp[{extra}]' "
            f"(in a checkout: pip install -e '.[{extra}]')"
        )


def progress_bar():
    """A bar with counts and the time left, on standard error; nothing where that is no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    return Progress(
        # Without rich's own words in brackets: a file may be called "[bold]".
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def progress_of(bar, description: str):
    """A function (done, in all) that moves a new line of a `progress_bar`."""
    task = bar.add_task(sayable(description), total=None)
    return lambda done, total: bar.update(task, completed=done, total=total)
