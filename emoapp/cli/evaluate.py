"""`emoapp evaluate`: how good a model is on labelled crops."""

from __future__ import annotations

import argparse
from pathlib import Path

from emoapp.cli.common import add_data_arguments, need_training, progress_bar
from emoapp.stats import write_json

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
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    parser.add_argument(
        "--report", type=Path, metavar="FOLDER", help="write confusion matrices and plots here"
    )


def run(args: argparse.Namespace) -> int:
    need_training()
    from emoapp.classifiers import open_classifier
    from emoapp.training import data
    from emoapp.training.evaluate import evaluate

    with open_classifier(args.model, device="cpu") as classifier:
        splits = data.load(args.data, ferplus=args.ferplus, skip_bad=args.skip_bad)
        dataset = data.choose_split(splits, args.split)
        for line in dataset.bad:
            print(f"left out: {line}")
        with progress_bar() as bar:
            task = bar.add_task("images", total=len(dataset))
            evaluation = evaluate(
                classifier, dataset, progress=lambda done, _: bar.update(task, completed=done)
            )
    print_evaluation(evaluation)
    if args.json is not None:
        write_json(args.json, evaluation.as_dict())
        print(f"wrote {args.json}")
    if args.report is not None:
        from emoapp.training.report import write_report

        for path in write_report(evaluation, args.report):
            print(f"wrote {path}")
    return 0


def print_evaluation(evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("labels", "images", "accuracy", "balanced", "calibration error")
    for result in (evaluation.main, evaluation.ferplus):
        if result is not None:
            table.add_row(
                result.title,
                f"{len(result.truth)}",
                f"{result.accuracy:.1%}",
                f"{result.balanced_accuracy:.1%}",
                f"{result.ece:.1%}",
            )
    console.print(table)
    print(evaluation.main.class_report())
    print(f"{evaluation.ms_per_face:.2f} ms a face")
