"""`emoapp image`: pictures, annotated and listed."""

from __future__ import annotations

import argparse
from contextlib import nullcontext
from pathlib import Path

from emoapp.cli.common import add_recognition_arguments, progress_bar
from emoapp.cli.flags import Flag
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import complain, say

logger = get_logger(__name__)

HELP = "Read the faces in pictures: print them, write annotated copies and tables of numbers."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", metavar="PATH", help="a picture, a folder, or a pattern such as '*.jpg'"
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FOLDER|FILE",
        help="write annotated copies into this folder; for one picture also a file",
    )
    parser.add_argument(
        "--json", type=Path, metavar="OUT.json", help="write the pictures with their faces"
    )
    parser.add_argument("--csv", type=Path, metavar="OUT.csv", help="write a row for each face")
    parser.add_argument(
        "--blur", choices=["faces"], help="make the faces unrecognisable in the copies"
    )
    parser.add_argument("--overwrite", action=Flag, help="replace files that are there")
    add_recognition_arguments(parser)


def run(args: argparse.Namespace) -> int:
    from emoapp.app import images
    from emoapp.errors import SinkError, SourceError, UsageError
    from emoapp.recognizer import EmotionRecognizer
    from emoapp.sinks.files import check_target
    from emoapp.utils.outputs import check_outputs

    if args.blur and args.output is None:
        raise UsageError("--blur changes the annotated copies: say with -o where they go.")
    tables = [path for path in (args.json, args.csv) if path is not None]
    for path in tables:
        check_target(path, overwrite=args.overwrite)
    failed = 0

    def fail(error: SourceError) -> None:
        nonlocal failed
        failed += 1
        logger.error("%s", error, exc_info=error)
        complain(error)

    chosen = images.plan(args.paths, args.output, overwrite=args.overwrite, missing=fail)
    if not chosen:
        return 1
    copies = [picture.copy for picture in chosen]
    check_outputs((*tables, *copies), (args.model, *(picture.path for picture in chosen)))
    quiet = bool(args.output or tables)
    results: list[images.Analysed] = []

    def done(result: images.Analysed | SourceError) -> None:
        if isinstance(result, SourceError):
            fail(result)
        else:
            results.append(result)
            if not quiet:
                _print(result)
        if bar is not None:
            bar.advance(task)

    recognizer = EmotionRecognizer(
        detector=args.detector, device=args.device, model=args.model, contempt=args.contempt
    )

    def finish() -> None:
        if args.json is not None:
            images.write_json(args.json, results, overwrite=args.overwrite)
        if args.csv is not None:
            images.write_csv(args.csv, results, recognizer.labels, overwrite=args.overwrite)
        if quiet:
            faces = sum(len(result.tracks) for result in results)
            say(f"{_count(len(results), 'picture')}, {_count(faces, 'face')}")
            for result in results:
                if result.copy is not None and result.copy_wh != result.size_wh:
                    say(_smaller(result))
            for path in (args.output, *tables):
                if path is not None and (results or path in tables):
                    say(f"wrote {path}")

    try:
        # Lines are progress enough; and the bar would take them to itself, away from a pipe.
        with recognizer, progress_bar() if quiet else nullcontext() as bar:
            task = bar.add_task("pictures", total=len(chosen)) if bar is not None else None
            images.analyse(
                chosen, recognizer, blur=bool(args.blur), overwrite=args.overwrite, done=done
            )
    except (KeyboardInterrupt, SinkError):
        # Stopped, or the disk is full of copies: what was read until then is not lost.
        if results:
            finish()
        raise
    finish()
    return 1 if failed else 0


def _print(result) -> None:
    """A line a face."""
    if not result.tracks:
        say(f"{result.path}: no face")
    for track in result.tracks:
        number = f" {track.id}" if len(result.tracks) > 1 else ""
        if track.rejection:
            said = "not sure" if track.rejection.value == "unsure" else track.rejection.value
        else:
            said = f"{track.label} {track.confidence:.0%}"
        say(f"{result.path}{number}: {said}")


def _smaller(result) -> str:
    """What to know about a copy that is smaller than its picture."""
    (width, height), (full_width, full_height) = result.copy_wh, result.size_wh
    return (
        f"{result.copy} has {width}x{height} pixels, its picture {full_width}x{full_height}: "
        "large pictures are made smaller to save memory"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
