"""`emoapp image`: pictures, annotated and listed."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.command import cli_command
from emoapp.cli.common import is_typed, progress_bar
from emoapp.cli.option_groups import (
    overlay_config,
    overlay_options,
    overwrite_option,
    recognition_options,
)
from emoapp.cli.options import argument, option
from emoapp.cli.values import PATH, OneOf
from emoapp.errors import SinkError, SourceError, UsageError
from emoapp.utils.language import ngettext
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import complain, say

if TYPE_CHECKING:
    from emoapp.app.images import Analyzed, Picture
    from emoapp.recognizer import EmotionRecognizer

logger = get_logger(__name__)


@cli_command("image")
@argument(
    "paths",
    "a picture, a folder, or a pattern such as '*.jpg'",
    nargs=-1,
    required=True,
    metavar="PATH...",
)
@option(
    "-o",
    "--output",
    type=PATH,
    metavar="FOLDER|FILE",
    help="write annotated copies into this folder; for one picture also a file",
)
@option("--json", type=PATH, metavar="OUT.json", help="write all pictures with their faces as JSON")
@option("--csv", type=PATH, metavar="OUT.csv", help="write a row for each face as CSV")
@option("--blur", type=OneOf(["faces"]), help="make the faces unrecognizable in the copies")
@overwrite_option
@overlay_options("boxes", "labels", "bars")
@recognition_options
def command(args: SimpleNamespace) -> int:
    """Read the pictures, write what was asked for, and print the faces or a summary.

    Args:
        args: The values of the options.

    Returns:
        The exit status: 1 where a picture could not be read.
    """
    from emoapp.app import images
    from emoapp.recognizer import EmotionRecognizer
    from emoapp.sinks.files import check_target
    from emoapp.utils.outputs import check_outputs

    if is_typed("blur") and args.output is None:
        raise UsageError(
            "--blur is for the annotated copies, and none are written: say with -o where they go, "
            "or leave --blur out"
        )
    outcome = _Outcome(args)
    for path in outcome.tables:
        check_target(path, overwrite=args.overwrite)
    chosen = images.plan(args.paths, args.output, overwrite=args.overwrite, missing=outcome.fail)
    if not chosen:
        return 1
    copies = [picture.copy for picture in chosen]
    check_outputs((*outcome.tables, *copies), (args.model, *(picture.path for picture in chosen)))
    recognizer = EmotionRecognizer(
        detector=args.detector,
        device=args.device,
        model=args.model,
        contempt=args.contempt,
        profile=args.profile,
    )
    try:
        with recognizer:
            outcome.analyze(chosen, recognizer)
    except (KeyboardInterrupt, SinkError):
        # Stopped, or the disk is full of copies: what was read until then is not lost.
        if outcome.results:
            outcome.finish(recognizer.labels)
        raise
    outcome.finish(recognizer.labels)
    return 1 if outcome.failed else 0


class _Outcome:
    """The results so far, and where they are written.

    Args:
        args: The values of the options.
    """

    def __init__(self, args: SimpleNamespace) -> None:
        self.args = args
        self.tables: list[Path] = [path for path in (args.json, args.csv) if path is not None]
        self.quiet = bool(args.output or self.tables)
        self.results: list[Analyzed] = []
        self.failed = False

    def fail(self, error: SourceError) -> None:
        """Report a picture that could not be read."""
        self.failed = True
        logger.error("%s", error, exc_info=error)
        complain(error)

    def analyze(self, chosen: list[Picture], recognizer: EmotionRecognizer) -> None:
        """Read the pictures and write their copies."""
        from emoapp.app import images

        # Lines are progress enough; and the bar would take them to itself, away from a pipe.
        with progress_bar() if self.quiet else nullcontext() as bar:
            task = None if bar is None else bar.add_task("pictures", total=len(chosen))

            def done(result: Analyzed | SourceError) -> None:
                if isinstance(result, SourceError):
                    self.fail(result)
                else:
                    self.results.append(result)
                    if not self.quiet:
                        _print(result)
                if bar is not None and task is not None:
                    bar.advance(task)

            args = self.args
            images.analyze(
                chosen,
                recognizer,
                blur=bool(args.blur),
                overlay=overlay_config(args),
                overwrite=args.overwrite,
                done=done,
            )

    def finish(self, labels: tuple[str, ...]) -> None:
        """Write the tables, and say what was read and written."""
        from emoapp.app import images

        args = self.args
        if args.json is not None:
            images.write_json(args.json, self.results, overwrite=args.overwrite)
        if args.csv is not None:
            images.write_csv(args.csv, self.results, labels, overwrite=args.overwrite)
        if not self.quiet:
            return
        faces = sum(len(result.tracks) for result in self.results)
        pictures = len(self.results)
        counted = (
            ngettext("{count} picture", "{count} pictures", pictures).format(count=pictures),
            ngettext("{count} face", "{count} faces", faces).format(count=faces),
        )
        say(", ".join(counted))
        for result in self.results:
            if result.copy_wh is not None and result.copy_wh != result.size_wh:
                say(_smaller(result, result.copy_wh))
        for path in (args.output, *self.tables):
            if path is not None and (self.results or path in self.tables):
                say(f"wrote {path}")


def _print(result: Analyzed) -> None:
    """Print a line for each face."""
    from emoapp.app.wording import describe

    if not result.tracks:
        say(f"{result.path}: no face")
    for track in result.tracks:
        number = f" {track.id}" if len(result.tracks) > 1 else ""
        say(f"{result.path}{number}: {describe(track)}")


def _smaller(result: Analyzed, copy_wh: tuple[int, int]) -> str:
    """Return what to know about a copy that is smaller than its picture."""
    (width, height), (full_width, full_height) = copy_wh, result.size_wh
    return (
        f"{result.copy} has {width}x{height} pixels, its picture {full_width}x{full_height}: "
        "large pictures are made smaller to save memory"
    )
