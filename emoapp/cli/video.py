"""`emoapp video`: every frame of recorded video, annotated and logged."""

from __future__ import annotations

import argparse
import glob
import sys
import time
from collections import Counter
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
from emoapp.sinks.codecs import CODECS
from emoapp.utils.addresses import redact_url
from emoapp.utils.terminal import complain, say, sayable

if TYPE_CHECKING:
    from emoapp.app.video.batch import Outcome

HELP = "Analyse every frame of video files; write annotated copies and tables of numbers."

SHOWN = 3
"""So many files that are left out are named."""

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
    group.add_argument("--codec", choices=tuple(CODECS), help="default: h264; of .webm vp9")
    group.add_argument(
        "--quality",
        type=whole(0, 63),
        metavar="N",
        help="0 is the best; to 51 for h264 and hevc, to 63 for vp9 and av1 "
        f"(default: {', '.join(f'{name} {codec.crf}' for name, codec in CODECS.items())})",
    )
    group = parser.add_argument_group("many files")
    group.add_argument(
        "--jobs", type=positive_int, default=1, metavar="N", help="files at a time (default: 1)"
    )
    group.add_argument(
        "--dask", metavar="ADDRESS", help="run on a Dask cluster that sees the same files"
    )
    add_analysis_arguments(parser, seconds="seconds of the video")


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
    from emoapp.app.video.run import run_video

    began = time.time()
    source, output, log = args.inputs[0], args.output, args.log
    name = Path(redact_url(source))
    if log is None and args.no_frames:
        log = Path(f"{name.stem}_emotions.csv")
    elif output is None and log is None:
        output = Path(f"{name.stem}_emotions.mp4")
    config = _config(args, source=source, output=output, log=log)
    try:
        with progress_bar() as bar:
            task = bar.add_task(sayable(name.name), total=None)
            numbers = run_video(config, progress=partial(_update, bar, task))
    except KeyboardInterrupt:
        for path in _left_by(config, began):
            say(f"what was done is in {path}", file=sys.stderr)
        raise
    _report(config, numbers)
    return 0


def _left_by(config: VideoConfig, began: float) -> Iterator[Path]:
    """What a run that began then, seconds since 1970, and was interrupted has left."""
    for path in config.targets:
        parts = sorted(path.parent.glob(f"{glob.escape(path.stem)}.part*"))
        for found in (*parts, path):
            # Coarse, as file systems are: FAT counts in steps of two seconds.
            if found.exists() and found.stat().st_mtime > began - 2:
                yield found


def _many(args: argparse.Namespace) -> int:
    from emoapp.app.video.batch import earlier_numbers
    from emoapp.app.video.ledger import Ledger

    folder, configs = _planned(args)
    stats, configs = args.stats, [replace(config, stats=None) for config in configs]
    numbers = earlier_numbers(stats, configs) if stats and not args.overwrite else {}
    for parent in {path.parent for config in configs for path in config.targets}:
        parent.mkdir(parents=True, exist_ok=True)
    ledger = Ledger(folder)
    todo = [config for config in configs if args.overwrite or not ledger.done(config)]
    counts = Counter(before=len(configs) - len(todo))
    try:
        for outcome in _outcomes(args, todo, folder):
            if outcome.error:
                counts["failed"] += 1
                complain(outcome.error)
            elif outcome.before:
                counts["before"] += 1
            else:
                counts["done"] += 1
                numbers[redact_url(outcome.config.source)] = outcome.numbers
                _report(outcome.config, outcome.numbers)
    except KeyboardInterrupt:
        say("the same command goes on with what is not done yet", file=sys.stderr)
        raise
    say(f"{counts['done']} done, {counts['failed']} failed, {counts['before']} done before")
    if stats is not None:
        from emoapp.utils.stats import write_json

        write_json(stats, numbers)
    return 1 if counts["failed"] else 0


def _planned(args: argparse.Namespace) -> tuple[Path, list[VideoConfig]]:
    """The folder of the ledger and all runs; raises where a result would replace what is read."""
    from emoapp.app.video.videos import list_videos, plan
    from emoapp.utils.outputs import check_outputs

    output, log = args.output, args.log
    if output is None and log is None:
        output, log = (None, FOLDER) if args.no_frames else (FOLDER, None)
    for folder in filter(None, (output, log)):
        if folder.suffix and not folder.is_dir():
            raise UsageError(f"{folder} is one file's name; many files need a folder")
    videos = list_videos(args.inputs)
    configs = plan(
        videos.found,
        _config(args, source=""),
        output=output,
        log=log,
        log_suffix=f".{args.log_format}",
    )
    check_outputs(
        (args.stats, *(path for config in configs for path in config.targets)),
        (args.model, *(config.source for config in configs)),
    )
    if videos.left_out:
        count = len(videos.left_out)
        names = ", ".join(map(str, videos.left_out[:SHOWN])) + ", ..." * (count > SHOWN)
        say(f"left out {count} that emoapp wrote itself: {names}")
    return output or log, configs


def _outcomes(
    args: argparse.Namespace, configs: list[VideoConfig], folder: Path
) -> Iterator[Outcome]:
    """Run them in this process, in several, or on a cluster; each outcome as it comes."""
    from emoapp.app.video.batch import run_all, run_in_processes, run_one
    from emoapp.app.video.executors import cluster

    if args.dask is None and args.jobs == 1:
        for config in configs:
            with progress_bar() as bar:
                name = Path(redact_url(config.source)).name
                task = bar.add_task(sayable(name), total=None)
                outcome = run_one(config, folder, progress=partial(_update, bar, task))
            yield outcome
        return
    with ExitStack() as stack:
        if args.dask is not None:
            executor = stack.enter_context(cluster(args.dask))
            outcomes = run_all(configs, executor, folder, absolute=True)
        else:
            outcomes = run_in_processes(configs, args.jobs, folder)
        bar = stack.enter_context(progress_bar())
        yield from bar.track(outcomes, total=len(configs), description="files")


def _update(bar, task, done: int, total: int | None) -> None:
    bar.update(task, completed=done, total=total)


def _report(config: VideoConfig, numbers: dict) -> None:
    written = ", ".join(map(str, config.targets))
    say(f"{config.source}: {summary(numbers)}; wrote {written}")
    for note in numbers["notes"]:
        say(f"  {note}")
