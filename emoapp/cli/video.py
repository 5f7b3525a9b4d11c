"""`emoapp video`: every frame of recorded video, annotated and logged."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.cli.common import (
    add_analysis_arguments,
    analysis_options,
    progress_bar,
    summary,
)
from emoapp.cli.flags import Flag
from emoapp.cli.numbers import positive_int, whole
from emoapp.config import VideoConfig
from emoapp.errors import UsageError

if TYPE_CHECKING:
    from emoapp.batch import Ledger, Outcome

HELP = "Analyse every frame of video files; write annotated copies and tables of numbers."

FOLDER = Path("emotions")
"""Where the results of many files go if nobody says."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("inputs", nargs="+", metavar="IN", help="video files, or folders of them")
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="OUT",
        help="the annotated copy: .mp4, .mov, .mkv or .webm, or a folder for many (default: "
        "<IN>_emotions.mp4 here, or the folder emotions, unless --log is given)",
    )
    parser.add_argument(
        "--log",
        type=Path,
        metavar="OUT",
        help="a row for each face in each frame: .csv, .jsonl or .parquet, or a folder for many",
    )
    parser.add_argument(
        "--log-format",
        choices=("csv", "jsonl", "parquet"),
        default="csv",
        help="of logs in a folder (default: csv)",
    )
    parser.add_argument(
        "--no-frames",
        action=Flag,
        opposite="--with-frames",
        help="write numbers only, no picture (default log: <IN>_emotions.csv)",
    )
    parser.add_argument(
        "--blur",
        choices=("faces", "others"),
        help="make all faces unrecognisable in the copy, or all but the main person's",
    )
    parser.add_argument("--overwrite", action=Flag, help="replace files that are there")
    group = parser.add_argument_group("encoding")
    group.add_argument(
        "--codec", choices=("h264", "hevc", "vp9", "av1"), help="default: h264; of .webm vp9"
    )
    group.add_argument(
        "--quality",
        type=whole(0, 63),
        metavar="N",
        help="0 is the best; to 51 for h264 and hevc, to 63 for vp9 and av1 "
        "(default: 20, 24, 32, 32)",
    )
    group = parser.add_argument_group("many files")
    group.add_argument(
        "--jobs", type=positive_int, default=1, metavar="N", help="files at a time (default: 1)"
    )
    group.add_argument(
        "--dask", metavar="ADDRESS", help="run on a Dask cluster that sees the same files"
    )
    add_analysis_arguments(parser)


def run(args: argparse.Namespace) -> int:
    if args.no_frames and args.output is not None:
        raise UsageError("--no-frames writes no pictures; leave out -o")
    if args.blur and args.no_frames:
        raise UsageError("--blur changes pictures, and --no-frames writes none; leave one out")
    many = len(args.inputs) > 1 or Path(args.inputs[0]).is_dir()
    into_folder = any(path is not None and path.is_dir() for path in (args.output, args.log))
    return _many(args) if many or into_folder or args.dask else _one(args)


def _config(args: argparse.Namespace, **names) -> VideoConfig:
    return VideoConfig(
        overwrite=args.overwrite,
        codec=args.codec,
        crf=args.quality,
        blur=args.blur,
        **names,
        **analysis_options(args),
    )


def _one(args: argparse.Namespace) -> int:
    from emoapp.recorded import run_video

    source, output, log = args.inputs[0], args.output, args.log
    if log is None and args.no_frames:
        log = Path(f"{Path(source).stem}_emotions.csv")
    elif output is None and log is None:
        output = Path(f"{Path(source).stem}_emotions.mp4")
    config = _config(args, source=source, output=output, log=log)
    try:
        with progress_bar() as bar:
            task = bar.add_task(Path(source).name, total=None)
            numbers = run_video(config, progress=partial(_update, bar, task))
    except KeyboardInterrupt:
        for path in _left_by(config):
            print(f"what was done is in {path}", file=sys.stderr)
        raise
    _report(config, numbers)
    return 0


def _left_by(config: VideoConfig) -> Iterator[Path]:
    """What an interrupted run has left."""
    from emoapp.batch import targets_of

    for path in targets_of(config):
        parts = [path.with_suffix(f".part{suffix}") for suffix in (path.suffix, ".csv")]
        yield from (found for found in (*parts, path) if found.exists())


def _many(args: argparse.Namespace) -> int:
    from emoapp.batch import Ledger, list_videos, plan

    output, log = args.output, args.log
    if output is None and log is None:
        output, log = (None, FOLDER) if args.no_frames else (FOLDER, None)
    for folder in filter(None, (output, log)):
        if folder.suffix and not folder.is_dir():
            raise UsageError(f"{folder} is one file's name; many files need a folder")
    configs = plan(
        list_videos(args.inputs),
        _config(args, source=""),
        output=output,
        log=log,
        log_suffix=f".{args.log_format}",
    )
    stats, configs = args.stats, [replace(config, stats=None) for config in configs]
    for config in configs:
        for folder in {path.parent for path in (config.output, config.log) if path is not None}:
            folder.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(output or log)
    todo = [config for config in configs if args.overwrite or not ledger.done(config)]
    # What a killed run of the same batch has left is replaced, other people's files never.
    todo = [replace(c, overwrite=args.overwrite or ledger.mine(c)) for c in todo]
    numbers, failed = {}, 0
    try:
        for outcome in _outcomes(args, todo, ledger):
            ledger.note(outcome.config, "failed" if outcome.error else "done")
            if outcome.error:
                failed += 1
                print(f"emoapp: {outcome.error}", file=sys.stderr)
            else:
                numbers[outcome.config.source] = outcome.numbers
                _report(outcome.config, outcome.numbers)
    except KeyboardInterrupt:
        print("the same command goes on with what is not done yet", file=sys.stderr)
        raise
    before = len(configs) - len(todo)
    print(f"{len(numbers)} done, {failed} failed, {before} done before")
    if stats is not None:
        from emoapp.stats import write_json

        write_json(stats, numbers)
    return 1 if failed else 0


def _outcomes(
    args: argparse.Namespace, configs: list[VideoConfig], ledger: Ledger
) -> Iterator[Outcome]:
    """Run them in this process, in several, or on a cluster; each outcome as it comes."""
    from emoapp.batch import cluster, run_all, run_in_processes, run_one

    if args.dask is not None:
        configs = [_absolute(config) for config in configs]
    if args.dask is None and args.jobs == 1:
        for config in configs:
            ledger.note(config, "started")
            with progress_bar() as bar:
                task = bar.add_task(Path(config.source).name, total=None)
                outcome = run_one(config, progress=partial(_update, bar, task))
            yield outcome
        return
    for config in configs:
        ledger.note(config, "started")
    with ExitStack() as stack:
        if args.dask is not None:
            outcomes = run_all(configs, stack.enter_context(cluster(args.dask)))
        else:
            outcomes = run_in_processes(configs, args.jobs)
        bar = stack.enter_context(progress_bar())
        yield from bar.track(outcomes, total=len(configs), description="files")


def _update(bar, task, done: int, total: int | None) -> None:
    bar.update(task, completed=done, total=total)


def _absolute(config: VideoConfig) -> VideoConfig:
    """The same run for a process that works in another folder."""
    whole = {
        name: path.absolute()
        for name in ("output", "log", "model")
        if (path := getattr(config, name)) is not None
    }
    return replace(config, source=str(Path(config.source).absolute()), **whole)


def _report(config: VideoConfig, numbers: dict) -> None:
    from emoapp.batch import targets_of

    written = ", ".join(str(path) for path in targets_of(config))
    print(f"{config.source}: {summary(numbers)}; wrote {written}", flush=True)
    for note in numbers["notes"]:
        print(f"  {note}")
