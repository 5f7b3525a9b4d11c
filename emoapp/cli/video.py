"""`emoapp video`: every frame of a file, annotated and logged."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import add_analysis_arguments, analysis_options, progress_bar, summary
from emoapp.config import VideoConfig

HELP = "Analyse every frame of a video file; write an annotated copy and a table of numbers."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("input", metavar="IN", help="the video file")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT.mp4",
        help="the annotated copy (default: <IN>_emotions.mp4 here, unless --log is given)",
    )
    parser.add_argument(
        "--log", type=Path, metavar="OUT.csv", help="a row for each face in each frame"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace files that are there")
    add_analysis_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from emoapp.recorded import run_video

    output = args.output
    if output is None and args.log is None:
        output = Path(f"{Path(args.input).stem}_emotions.mp4")
    config = VideoConfig(
        source=args.input,
        output=output,
        log=args.log,
        overwrite=args.overwrite,
        **analysis_options(args),
    )
    with progress_bar() as bar:
        task = bar.add_task(Path(args.input).name, total=None)
        numbers = run_video(
            config, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    print(f"{args.input}: {summary(numbers)}")
    for path in (output, args.log):
        if path is not None:
            print(f"wrote {path}")
    return 0
