"""`emoapp report`: a log as a page to read, with tables and plots."""

from __future__ import annotations

from types import SimpleNamespace

from emoapp.cli.command import cli_command
from emoapp.cli.common import need_packages
from emoapp.cli.options import argument, flag, option
from emoapp.cli.values import PATH, POSITIVE_INT
from emoapp.utils.terminal import complain, say


@cli_command("report")
@argument(
    "log", "what `emoapp video --log` wrote: .csv, .jsonl, .parquet", type=PATH, metavar="LOG"
)
@option(
    "-o",
    "--output",
    type=PATH,
    metavar="FOLDER",
    help="folder for the report (default: <LOG>_report next to the log)",
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
    from emoapp.report import ReportConfig, write_report

    written = write_report(
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
    for note in written.notes:
        complain(note)
    say(f"wrote {written.folder / written.files[0]} and beside it {', '.join(written.files[1:])}")
    return 0
