"""Print and write the results of an evaluation; training and export print the same."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.training.config import HISTORY_FILE
from emoapp.utils.files import write_whole
from emoapp.utils.terminal import say, sayable

if TYPE_CHECKING:
    from emoapp.training.dataset import Dataset
    from emoapp.training.evaluate import Evaluation, HeadResult
    from emoapp.training.robustness import Row


def write_everything(
    args: SimpleNamespace, evaluation: Evaluation, dataset: Dataset, rows: Sequence[Row] | None
) -> list[Path]:
    """Write the report: what `models/report` shows, and the example faces.

    Args:
        args: The values of the options.
        evaluation: How good the model is.
        dataset: The images it was measured on.
        rows: How good it is on changed images; None where that was not measured.

    Returns:
        The written files.
    """
    from emoapp.training.examples import write_examples
    from emoapp.training.report import write_curves, write_report, write_robustness

    written = write_report(evaluation, args.report)
    written += write_examples(evaluation.main, dataset.images, args.report)
    if evaluation.ferplus is not None:
        from emoapp.training.dataset import ferplus_majority

        assert dataset.votes is not None
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


def print_direct(direct: HeadResult) -> dict[str, float]:
    """Print how good a model is on the crops that photographs were made of.

    Args:
        direct: The figures.

    Returns:
        The figures by their names in the JSON of `emoapp evaluate`.
    """
    say(
        f"the crops without the way through photographs: accuracy {direct.accuracy:.1%}, "
        f"balanced {direct.balanced_accuracy:.1%}"
    )
    return {
        "crops_accuracy": direct.accuracy,
        "crops_balanced_accuracy": direct.balanced_accuracy,
    }


def print_evaluation(evaluation: Evaluation) -> None:
    """Print how good a model is.

    Args:
        evaluation: The figures.
    """
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


def print_robustness(rows: Sequence[Row]) -> None:
    """Print how good a model is on changed images.

    Args:
        rows: The figures of each change.
    """
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
