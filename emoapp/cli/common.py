"""Options and conversions that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.classifiers import DEVICES
from emoapp.detectors import DETECTORS
from emoapp.errors import UsageError


def add_analysis_arguments(parser: argparse.ArgumentParser) -> None:
    """How faces are found and read, and where the numbers of the run go."""
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
    group.add_argument(
        "--smoothing",
        type=not_negative,
        default=0.3,
        metavar="SECONDS",
        help="time constant of the average over time; 0 for none (default: 0.3)",
    )
    group = parser.add_argument_group("run")
    group.add_argument("--stats", type=Path, metavar="FILE", help="write the run's numbers as JSON")
    group.add_argument(
        "--frames", type=positive_int, metavar="N", help="end after N analysed frames"
    )
    group.add_argument("--seconds", type=positive, metavar="S", help="end after S seconds")


def add_data_arguments(parser: argparse.ArgumentParser) -> None:
    """Which labelled pictures to read."""
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="CSV|ZIP|FOLDER",
        help="FER-2013 as Kaggle gives it, or folders of pictures: <label>/*.jpg, "
        "or train|validation|test/<label>/*.jpg",
    )
    parser.add_argument(
        "--ferplus", type=Path, metavar="CSV", help="FER+'s votes (default: beside the data)"
    )
    parser.add_argument(
        "--skip-bad", action="store_true", help="leave broken rows and files out and list them"
    )


def analysis_options(args: argparse.Namespace) -> dict:
    """The fields of `RunConfig` that `add_analysis_arguments` asked for."""
    return {
        "detector": args.detector,
        "device": args.device,
        "model": args.model,
        "smoothing_s": args.smoothing,
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


def positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, got {text}")
    return value


def positive(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"expected more than 0, got {text}")
    return value


def not_negative(text: str) -> float:
    value = float(text)
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"expected 0 or more, got {text}")
    return value


def size_wh(text: str) -> tuple[int, int]:
    """ "1280x720" -> (1280, 720)."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected WIDTHxHEIGHT, got {text!r}") from None
    if width < 1 or height < 1:
        raise argparse.ArgumentTypeError(f"expected two positive numbers, got {text!r}")
    return width, height


def need_training() -> None:
    """Raise UsageError where the packages of the extra "train" are missing."""
    from importlib.util import find_spec

    missing = [name for name in ("tensorflow", "sklearn", "matplotlib") if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"this needs {', '.join(missing)}; install with: pip install 'emoapp[train]' "
            "(in a checkout: pip install -e '.[train]')"
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
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
