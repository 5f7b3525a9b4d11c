"""Define options that several commands share."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from emoapp.classifiers import DEVICES
from emoapp.cli.limits import limits_from_words
from emoapp.cli.options import Decorator, compose, flag, option
from emoapp.cli.values import NOT_NEGATIVE, PATH, POSITIVE, POSITIVE_INT, OneOf, WholeNumber
from emoapp.config import (
    MAX_TEXT_SIZE,
    MIN_TEXT_SIZE,
    OVERLAY_PARTS,
    OVERLAYS,
    OverlayConfig,
)
from emoapp.detectors import DETECTORS
from emoapp.limits import LIMITS
from emoapp.utils.language import N_

ANALYSIS = N_("analysis")
RUN = N_("run")
OVERLAY = N_("overlay")

DATA_HELP = (
    "FER-2013 as Kaggle gives it, or folders of pictures: <label>/*.jpg, "
    "or train|validation|test/<label>/*.jpg"
)

overwrite_option = flag("--overwrite", help="replace existing files")

recognition_options = compose(
    option(
        "--detector",
        type=OneOf(["auto", *DETECTORS]),
        default="auto",
        group=ANALYSIS,
        help="what finds the faces (default: the best that works here)",
    ),
    option(
        "--device",
        type=OneOf(["auto", *DEVICES]),
        default="auto",
        group=ANALYSIS,
        help="what runs the network (default: the CPU; a GPU for long files where there is one)",
    ),
    option(
        "--model",
        type=PATH,
        metavar="FILE",
        group=ANALYSIS,
        help="a model made by `emoapp train`, or its folder",
    ),
    flag("--contempt", group=ANALYSIS, help="show an eighth expression: contempt"),
    option(
        "--profile",
        metavar="NAME[=TRACK]",
        # The settings panel writes profile = "" where the file had one and none is wanted now.
        callback=lambda ctx, param, value: value or None,
        group=ANALYSIS,
        help="correct the probabilities with a profile from `emoapp profile learn`, for the "
        "followed face or for that of a track",
    ),
)
"""How faces are found and classified."""


def overlay_options(*parts: str) -> Decorator:
    """Return the options that choose which parts of the overlay are drawn.

    Args:
        parts: The fields of `OverlayConfig` that have a switch of their own.

    Returns:
        A decorator that adds them to a command.
    """
    return compose(
        option(
            "--overlay",
            type=OneOf(list(OVERLAYS)),
            default="full",
            group=OVERLAY,
            help="what is drawn on the picture: everything, the tags of the faces, their corners, "
            "or nothing (default: full)",
        ),
        *(
            flag(f"--no-{part}", default=None, group=OVERLAY, help=f"do not draw the {part}")
            for part in parts
        ),
        option(
            "--text-size",
            type=WholeNumber(MIN_TEXT_SIZE, MAX_TEXT_SIZE),
            default=100,
            metavar="PERCENT",
            group=OVERLAY,
            help=f"size of all text on the picture, {MIN_TEXT_SIZE} to {MAX_TEXT_SIZE} "
            "(default: 100)",
        ),
        option(
            "--contrast",
            type=OneOf(["normal", "high"]),
            default="normal",
            group=OVERLAY,
            help="high: opaque grounds, white text, thicker strokes (default: normal)",
        ),
    )


def overlay_config(args: SimpleNamespace) -> OverlayConfig:
    """Return the configuration from `overlay_options`.

    Args:
        args: The values of a command with these options.

    Returns:
        The parts to draw.
    """
    switches = {part: getattr(args, f"no_{part}", None) for part in OVERLAY_PARTS}
    return replace(
        OVERLAYS[args.overlay],
        text_size=args.text_size,
        high_contrast=args.contrast == "high",
        **{part: not left_out for part, left_out in switches.items() if left_out is not None},
    )


def analysis_options(*, seconds: str = "seconds") -> Decorator:
    """Return the options of a run.

    How faces are found, classified and smoothed over time, when the run ends and where its numbers
    go.

    Args:
        seconds: By which clock a run is limited, for the help.

    Returns:
        A decorator that adds them to a command.
    """
    return compose(
        recognition_options,
        option(
            "--smoothing",
            type=NOT_NEGATIVE,
            default=0.3,
            metavar="SECONDS",
            group=ANALYSIS,
            help="time constant of the average over time; 0 for none (default: 0.3)",
        ),
        option(
            "--limit",
            "limits",
            multiple=True,
            callback=limits_from_words,
            metavar="NAME=NUMBER",
            group=ANALYSIS,
            help="a threshold that a face must meet to get a label; may be repeated. Names: "
            f"{', '.join(LIMITS)}; `emoapp config` shows the numbers",
        ),
        _run_options(seconds),
    )


def _run_options(seconds: str) -> Decorator:
    return compose(
        option(
            "--stats",
            type=PATH,
            metavar="FILE",
            group=RUN,
            help="write statistics of the run as JSON",
        ),
        option(
            "--frames",
            type=POSITIVE_INT,
            metavar="N",
            group=RUN,
            help="end after N analyzed frames",
        ),
        option("--seconds", type=POSITIVE, metavar="S", group=RUN, help=f"end after S {seconds}"),
    )


def data_options(*, required: bool = True, explanation: str = DATA_HELP) -> Decorator:
    """Return the options that choose which labeled pictures to read.

    Args:
        required: Whether `--data` must be given.
        explanation: The help of `--data`.

    Returns:
        A decorator that adds them to a command.
    """
    return compose(
        option("--data", type=PATH, required=required, metavar="CSV|ZIP|FOLDER", help=explanation),
        option(
            "--ferplus", type=PATH, metavar="CSV", help="FER+'s votes (default: beside the data)"
        ),
        flag("--skip-bad", help="skip broken rows and files, and list them"),
    )


def photo_options(explanation: str) -> Decorator:
    """Return the options for photographs: whether the pictures are some, and how faces are found.

    Args:
        explanation: The help of `--photos`.

    Returns:
        A decorator that adds them to a command.
    """
    return compose(
        flag("--photos", help=explanation),
        option(
            "--detector",
            type=OneOf(["auto", *DETECTORS]),
            default="auto",
            help="what finds the faces in photographs (default: the best that works here)",
        ),
    )


def run_fields(args: SimpleNamespace) -> dict[str, Any]:
    """Return the fields of `RunConfig` from `analysis_options`.

    Args:
        args: The values of a command with these options.

    Returns:
        Field -> value.
    """
    return {
        "detector": args.detector,
        "device": args.device,
        "model": args.model,
        "contempt": args.contempt,
        "profile": args.profile,
        "smoothing_s": args.smoothing,
        "limits": args.limits,
        "stats": args.stats,
        "max_frames": args.frames,
        "max_seconds": args.seconds,
        "overlay": overlay_config(args),
    }
