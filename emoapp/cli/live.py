"""`emoapp live`: the camera in a window, with the expressions of everybody in sight."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import (
    add_analysis_arguments,
    analysis_options,
    summary,
)
from emoapp.cli.companion import add_companion_arguments, companion_config
from emoapp.cli.flags import Flag
from emoapp.cli.numbers import positive, size_wh
from emoapp.config import LiveConfig
from emoapp.errors import EmoappError, UsageError
from emoapp.sources import kind_of
from emoapp.utils.resources import DEMO_CLIP
from emoapp.utils.terminal import say

HELP = "Show the camera in a window, with the expressions of everybody in sight."


class _Source(argparse.Action):
    """A source that is named on the command line comes before a settings file's `demo = true`."""

    def __call__(self, parser, namespace, value, option=None) -> None:
        namespace.source, namespace.demo = value, False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--source",
        action=_Source,
        default="0",
        metavar="CAMERA|FILE|ADDRESS",
        help="a camera's number, a file, a folder of pictures, or the address of a stream (http, "
        "rtsp); default: 0",
    )
    source.add_argument(
        "--camera",
        action=_Source,
        type=camera,
        dest="source",
        default=argparse.SUPPRESS,
        metavar="NAME|N",
        help="a camera by its number or a part of its name (`emoapp cameras` lists them)",
    )
    source.add_argument(
        "--demo", action="store_true", help="play the bundled clip, with no camera needed"
    )
    # Outside of the group: "--no-demo --source 1" is no contradiction.
    parser.add_argument(
        "--no-demo",
        action="store_false",
        dest="demo",
        default=argparse.SUPPRESS,
        help="play no bundled clip",
    )
    parser.add_argument("--size", type=size_wh, metavar="WxH", help="ask the camera for this size")
    parser.add_argument(
        "--fps", type=positive, metavar="N", help="ask the camera for this many frames a second"
    )
    parser.add_argument(
        "--mirror",
        action=Flag,
        default=None,
        help="show the picture like a mirror (default: cameras only)",
    )
    parser.add_argument("--loop", action=Flag, help="begin a file again at its end")
    parser.add_argument(
        "--no-window",
        action=Flag,
        help="open no window; print a line whenever an expression changes",
    )
    parser.add_argument(
        "--record", type=Path, metavar="OUT.mp4", help="record the annotated picture from the start"
    )
    parser.add_argument(
        "--privacy", action=Flag, help="make faces unrecognisable in window and recording"
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="OUT.csv",
        help="a row for each face in each frame (.csv, .jsonl or .parquet); what the companion "
        "says goes beside it, into OUT.companion.jsonl",
    )
    parser.add_argument("--overwrite", action=Flag, help="replace files that are there")
    add_analysis_arguments(parser)
    add_companion_arguments(parser)


def camera(words: str) -> str:
    """The source that a camera's number, path or name stands for."""
    return words if kind_of(words) == "camera" else f"camera:{words}"


def run(args: argparse.Namespace) -> int:
    from emoapp.app.live import run_live

    if args.no_window and (args.record or args.privacy):
        raise UsageError(
            "--record and --privacy need the window; for files there is `emoapp video`"
        )
    numbers = run_live(
        LiveConfig(
            source=str(DEMO_CLIP) if args.demo else args.source,
            size_wh=args.size,
            fps=args.fps,
            mirror=args.mirror,
            loop=args.loop or args.demo,
            window=not args.no_window,
            record=args.record,
            private=args.privacy,
            log=args.log,
            overwrite=args.overwrite,
            companion=companion_config(args),
            **analysis_options(args),
        )
    )
    say(summary(numbers))
    return EmoappError.exit_status if numbers["faults"] else 0
