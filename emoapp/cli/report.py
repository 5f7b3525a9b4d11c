"""`emoapp report`: a log, or a folder of them, as a page to read, with tables and plots."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.command import cli_command
from emoapp.cli.common import need_packages, progress_bar
from emoapp.cli.options import argument, flag, option
from emoapp.cli.values import PATH, POSITIVE_INT
from emoapp.errors import UsageError
from emoapp.utils.terminal import complain, say, sayable

if TYPE_CHECKING:
    from emoapp.report.config import WrittenReport


@cli_command("report")
@argument(
    "log",
    "what `emoapp video --log` wrote: .csv, .jsonl, .parquet; or a folder of such logs, for one "
    "page about all of them",
    type=PATH,
    metavar="LOG",
)
@option(
    "-o",
    "--output",
    type=PATH,
    metavar="FOLDER",
    help="folder for the report (default: <LOG>_report next to the log)",
)
@option(
    "--groups",
    type=PATH,
    metavar="TABLE",
    help="of a folder: CSV with the columns file, participant, condition; compares the conditions",
)
@option(
    "--video", type=PATH, metavar="FILE", help="the video (default: the one that the log names)"
)
@option("--source", metavar="NAME", help="name of the video to report on, if the log holds several")
@flag("--no-pictures", help="show no faces from the video")
@flag("--chapters", help="write the changes of expression as WebVTT chapters")
@option(
    "--clips",
    type=POSITIVE_INT,
    metavar="N",
    help="cut the N strongest moments out of the video, with sound",
)
@flag(
    "--overwrite",
    help="write into a folder that is not empty; of its files only an earlier report's are "
    "replaced",
)
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    need_packages("report", "jinja2", "matplotlib", "pandas")
    written = _study(args) if args.log.is_dir() else _one(args)
    for note in written.notes:
        complain(note)
    say(f"wrote {written.folder / written.files[0]} and beside it {', '.join(written.files[1:])}")
    return 0


def _one(args: SimpleNamespace) -> WrittenReport:
    from emoapp.report import ReportConfig, write_report

    if args.groups is not None:
        raise UsageError(f"--groups compares the logs of a folder, and {args.log} is none")
    return write_report(
        ReportConfig(
            log=args.log,
            output=args.output,
            source=args.source,
            video=args.video,
            pictures=not args.no_pictures,
            chapters=args.chapters,
            clips=args.clips or 0,
            overwrite=args.overwrite,
        )
    )


def _study(args: SimpleNamespace) -> WrittenReport:
    from emoapp.report import StudyConfig, write_study

    for name in ("video", "source", "chapters", "clips"):
        if getattr(args, name):
            raise UsageError(f"--{name} is for one log, and {args.log} is a folder; leave it out")
    config = StudyConfig(args.log, args.output, args.groups, args.overwrite)
    with progress_bar() as bar:
        task = bar.add_task(sayable(args.log.name or "logs"), total=None)
        return write_study(
            config, lambda done, total: bar.update(task, completed=done, total=total)
        )
