"""`emoapp evaluate`: how good a model is on labelled crops, on photographs, on bad pictures."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from emoapp.cli.common import (
    add_data_arguments,
    add_photo_arguments,
    need_packages,
    print_notes,
    progress_bar,
    progress_of,
)
from emoapp.cli.flags import Flag
from emoapp.training.config import HISTORY_FILE
from emoapp.utils.files import write_whole
from emoapp.utils.stats import write_json
from emoapp.utils.terminal import say, sayable

HELP = "Measure a model on labelled pictures, through the code of live use."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_data_arguments(parser)
    parser.add_argument(
        "--split",
        metavar="NAME",
        help="PublicTest, PrivateTest, Training, or validation, test, train "
        "(default: PublicTest, or the only one there is)",
    )
    parser.add_argument(
        "--model", type=Path, metavar="FILE", help="a .tflite file or its folder (default: shipped)"
    )
    add_photo_arguments(
        parser,
        "the pictures are photographs: find and align the face first, as live use does; of "
        "FER-2013's crops photographs are made (larger, tilted, off the middle, in other light)",
    )
    parser.add_argument(
        "--robustness",
        action=Flag,
        help="also measure under blur, noise, darkness, rotation, shift, small faces, compression",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FOLDER",
        help="write confusion matrices, plots and example faces here",
    )
    parser.add_argument(
        "--overwrite", action=Flag, help="replace figures and reports that are there"
    )
    parser.add_argument(
        "--history",
        type=Path,
        metavar="CSV",
        help=f"the training's {HISTORY_FILE}, for the report's curves (default: beside the model)",
    )


def run(args: argparse.Namespace) -> int:
    need_packages("evaluate", "matplotlib", "scipy", "sklearn")
    from emoapp.classifiers import open_classifier
    from emoapp.labels import CONTEMPT
    from emoapp.sinks.files import check_empty
    from emoapp.sinks.targets import check_targets
    from emoapp.training.evaluate import evaluate
    from emoapp.training.robustness import robustness

    check_targets(
        others=(args.json,), inputs=(args.data, args.ferplus, args.model), overwrite=args.overwrite
    )
    if args.report is not None and not args.overwrite:
        check_empty(args.report)
    dataset, crops = read(args)
    print_notes(dataset)
    contempt = CONTEMPT in dataset.names and dataset.missed is not None
    rows = direct = None
    with open_classifier(args.model, device="cpu", contempt=contempt) as classifier:
        with progress_bar() as bar:
            evaluation = evaluate(classifier, dataset, progress=progress_of(bar, "images"))
            if crops is not None:
                direct = evaluate(classifier, crops, shown=True, timed=False).main
            if args.robustness:
                rows = robustness(classifier, dataset, progress=progress_of(bar, "changes"))
    print_evaluation(evaluation)
    figures = evaluation.as_dict()
    if direct is not None:
        figures["crops_accuracy"] = direct.accuracy
        figures["crops_balanced_accuracy"] = direct.balanced_accuracy
        say(
            f"the crops without the way through photographs: accuracy {direct.accuracy:.1%}, "
            f"balanced {direct.balanced_accuracy:.1%}"
        )
    if rows is not None:
        print_robustness(rows)
        figures["robustness"] = {row.change: row.as_dict() for row in rows}
    if args.json is not None:
        write_json(args.json, figures)
        say(f"wrote {args.json}")
    if args.report is not None:
        for path in write_everything(args, evaluation, dataset, rows):
            say(f"wrote {path}")
    return 0


def read(args: argparse.Namespace):
    """The images to measure on, of photographs the faces; and of crops that were made into
    photographs the crops themselves, else None."""
    from emoapp.classifiers.description import find_model
    from emoapp.detectors import open_detector
    from emoapp.training import data, photos

    options = {"ferplus": args.ferplus, "skip_bad": args.skip_bad}
    if not args.photos:
        return data.load_split(args.data, args.split, **options), None
    _, description = find_model(args.model, suffix=".tflite")
    with open_detector(args.detector) as detector, progress_bar() as bar:
        cut = photos.cutter(detector, description.crop_template)
        if not data.is_table(args.data):
            report = progress_of(bar, "faces")
            return data.load_split(args.data, args.split, cut=cut, **options, progress=report), None
        crops = data.load_split(args.data, args.split, **options)
        return photos.cut_again(crops, cut, progress=progress_of(bar, "faces")), crops


def write_everything(args: argparse.Namespace, evaluation, dataset, rows) -> list[Path]:
    """The report: what `models/report` shows, and the example faces."""
    from emoapp.training.examples import write_examples
    from emoapp.training.report import write_curves, write_report, write_robustness

    written = write_report(evaluation, args.report)
    written += write_examples(evaluation.main, dataset.images, args.report)
    if evaluation.ferplus is not None:
        from emoapp.training.dataset import ferplus_majority

        counted = ferplus_majority(dataset.votes) >= 0
        written += write_examples(evaluation.ferplus, dataset.images[counted], args.report)
    if rows is not None:
        written.append(write_robustness(rows, args.report))
    history = args.history or _beside(args.model)
    if history is not None:
        copy = args.report / HISTORY_FILE
        if not (copy.exists() and copy.samefile(history)):
            write_whole(copy, lambda half: shutil.copyfile(history, half))
        written += write_curves(copy, args.report)
    return written


def _beside(model: Path | None) -> Path | None:
    if model is None:
        return None
    history = (model if model.is_dir() else model.parent) / HISTORY_FILE
    return history if history.exists() else None


def print_evaluation(evaluation) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("labels", "images", "accuracy", "balanced", "calibration error")
    for result in (evaluation.main, evaluation.ferplus, evaluation.both):
        if result is not None:
            table.add_row(
                Text(sayable(result.title)),
                f"{len(result.truth)}",
                f"{result.accuracy:.1%}",
                f"{result.balanced_accuracy:.1%}",
                f"{result.ece:.1%}",
            )
    Console().print(table)
    for line in evaluation.main.class_report().splitlines():
        say(line)
    if evaluation.missed is not None:
        count = len(evaluation.main.truth)
        say(
            f"no face found in {evaluation.missed} of {count} photographs "
            f"({evaluation.missed / count:.1%}), which count as wrong"
        )
    if evaluation.ms_per_face is not None:
        say(f"{evaluation.ms_per_face:.2f} ms a face")


def print_robustness(rows) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("pictures", "accuracy", "balanced", "FER+")
    for row in rows:
        table.add_row(
            row.change,
            f"{row.accuracy:.1%}",
            f"{row.balanced_accuracy:.1%}",
            "" if row.ferplus_accuracy is None else f"{row.ferplus_accuracy:.1%}",
        )
    Console().print(table)
