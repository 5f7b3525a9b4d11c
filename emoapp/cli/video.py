"""`emoapp video`: every frame of recorded video, annotated and logged."""

from __future__ import annotations

import glob
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from emoapp.cli.command import cli_command
from emoapp.cli.common import is_typed, progress_bar
from emoapp.cli.many_videos import run_many
from emoapp.cli.option_groups import analysis_options, overlay_options, overwrite_option
from emoapp.cli.options import argument, flag, option
from emoapp.cli.values import PATH, POSITIVE_INT, OneOf, WholeNumber
from emoapp.cli.video_runs import print_run, run_config, update
from emoapp.config import VideoConfig
from emoapp.errors import UsageError
from emoapp.sinks.codecs import CODECS
from emoapp.utils.language import N_
from emoapp.utils.terminal import say, sayable

_ENCODING = N_("encoding")
_MANY_FILES = N_("many files")


@cli_command("video")
@argument(
    "inputs",
    "video files, folders of them, or patterns such as '*.mp4'",
    nargs=-1,
    required=True,
    metavar="IN...",
)
@option(
    "-o",
    "--output",
    type=PATH,
    metavar="OUT",
    help="the annotated copy: .mp4, .mov, .mkv or .webm, or a folder for many (default: "
    "<IN>_emotions.mp4 here, or the folder emotions, unless --log is given)",
)
@option(
    "--log",
    type=PATH,
    metavar="OUT",
    help="a row for each face in each frame: .csv, .jsonl or .parquet, or a folder for many",
)
@option(
    "--log-format",
    type=OneOf(["csv", "jsonl", "parquet"]),
    default="csv",
    help="of logs in a folder (default: csv)",
)
@flag(
    "--no-frames",
    opposite="--with-frames",
    help="write numbers only, no picture (default log: <IN>_emotions.csv)",
)
@option(
    "--blur",
    type=OneOf(["faces", "others"]),
    help="make all faces unrecognizable in the copy, or all but the main person's",
)
@overwrite_option
@option(
    "--codec",
    type=OneOf(list(CODECS)),
    group=_ENCODING,
    help="default: h264; of .webm vp9",
)
@option(
    "--quality",
    type=WholeNumber(0, 63),
    metavar="N",
    group=_ENCODING,
    help="0 is the best; to 51 for h264 and hevc, to 63 for vp9 and av1 "
    f"(default: {', '.join(f'{name} {codec.crf}' for name, codec in CODECS.items())})",
)
@option(
    "--jobs",
    type=POSITIVE_INT,
    default=1,
    metavar="N",
    group=_MANY_FILES,
    help="files at a time (default: 1)",
)
@option(
    "--dask",
    metavar="ADDRESS",
    group=_MANY_FILES,
    help="run on a Dask cluster that sees the same files",
)
@overlay_options("boxes", "labels", "bars", "timeline")
@analysis_options(seconds="seconds of the video")
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from emoapp.app.video.videos import expand_patterns

    if args.no_frames and args.output is not None:
        raise UsageError("--no-frames writes no pictures; leave out -o")
    if args.no_frames or (args.output is None and args.log is not None):
        for name in ("blur", "codec", "quality"):
            if is_typed(name):
                raise UsageError(
                    f"--{name} is for the annotated copy, and none is written: say with -o where "
                    f"it goes, or leave --{name} out"
                )
    args.inputs = list(expand_patterns(args.inputs))
    many = len(args.inputs) > 1 or Path(args.inputs[0]).is_dir()
    into_folder = any(path is not None and path.is_dir() for path in (args.output, args.log))
    return run_many(args) if many or into_folder or args.dask else _one(args)


def _one(args: SimpleNamespace) -> int:
    from emoapp.app.video.run import run_video
    from emoapp.app.video.videos import result_name

    began = time.time()
    source, output, log = args.inputs[0], args.output, args.log
    name = Path(result_name(source))
    if log is None and args.no_frames:
        log = Path(f"{name.stem}_emotions.csv")
    elif output is None and log is None:
        output = Path(f"{name.stem}_emotions.mp4")
    config = run_config(args, source=source, output=output, log=log)
    try:
        with progress_bar() as bar:
            task = bar.add_task(sayable(name.name), total=None)
            numbers = run_video(config, progress=partial(update, bar, task))
    except KeyboardInterrupt:
        for path in _left_by(config, began):
            say(f"what was done is in {path}", file=sys.stderr)
        raise
    print_run(config, numbers)
    return 0


def _left_by(config: VideoConfig, began: float) -> Iterator[Path]:
    """Return what an interrupted run that began then, seconds since 1970, has left."""
    for path in config.targets:
        parts = sorted(path.parent.glob(f"{glob.escape(path.stem)}.part*"))
        for found in (*parts, path):
            # Coarse, as file systems are: FAT counts in steps of two seconds.
            if found.exists() and found.stat().st_mtime > began - 2:
                yield found
