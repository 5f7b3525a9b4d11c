"""`emoapp report`: a log as a page to read, with tables and plots."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import need_packages
from emoapp.cli.flags import Flag
from emoapp.cli.numbers import positive_int
from emoapp.utils.terminal import complain, say

HELP = "Make a report of a log: one HTML page, its numbers as CSV and its plots as PNG."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "log",
        type=Path,
        metavar="LOG",
        help="what `emoapp video --log` wrote: .csv, .jsonl, .parquet",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FOLDER",
        help="where the report goes (default: <LOG>_report beside the log)",
    )
    parser.add_argument(
        "--video", type=Path, metavar="FILE", help="the video (default: the one that the log names)"
    )
    parser.add_argument(
        "--source", metavar="NAME", help="which video's rows to take, where the log holds several"
    )
    parser.add_argument("--no-pictures", action=Flag, help="show no faces out of the video")
    parser.add_argument("--chapters", action=Flag, help="write the changes of expression as WebVTT")
    parser.add_argument(
        "--clips",
        type=positive_int,
        default=0,
        metavar="N",
        help="cut the N strongest moments out of the video, with sound",
    )
    parser.add_argument(
        "--overwrite",
        action=Flag,
        help="write into a folder that is not empty; of its files only an earlier report's are "
        "replaced",
    )


def run(args: argparse.Namespace) -> int:
    need_packages("report", "jinja2", "matplotlib", "pandas")
    from emoapp.report import ReportConfig, write_report

    written = write_report(
        ReportConfig(
            log=args.log,
            output=args.output,
            source=args.source,
            video=args.video,
            pictures=not args.no_pictures,
            chapters=args.chapters,
            clips=args.clips,
            overwrite=args.overwrite,
        )
    )
    for note in written.notes:
        complain(note)
    say(f"wrote {written.folder / written.files[0]} and beside it {', '.join(written.files[1:])}")
    return 0
