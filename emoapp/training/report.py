"""Plot training curves, confusion matrices, calibration and robustness."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

from emoapp.training.calibrate import BINS
from emoapp.training.results import Evaluation, HeadResult
from emoapp.training.robustness import Row
from emoapp.utils.files import write_whole

matplotlib.use("Agg")  # Writes files only and needs no screen.
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.figure import Figure  # noqa: E402
from matplotlib.ticker import PercentFormatter  # noqa: E402
from sklearn.metrics import ConfusionMatrixDisplay  # noqa: E402

DPI = 110
BAR_COLOR = "#0072B2"


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write confusion matrices and calibration plots, and the figures of each class as text.

    Args:
        evaluation: The figures.
        folder: Is created where it does not exist.

    Returns:
        The files that were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    texts = []
    for result in (evaluation.main, evaluation.ferplus):
        if result is None:
            continue
        name = file_name(result)
        written.append(_confusion(result, folder / f"confusion_{name}.png"))
        written.append(_calibration(result, folder / f"calibration_{name}.png"))
        texts.append(
            f"{result.title}: {len(result.truth)} images, accuracy {result.accuracy:.1%}, "
            f"balanced {result.balanced_accuracy:.1%}, calibration error {result.ece:.1%}\n"
            f"{_missed(result)}\n"
            f"{result.class_report()}\n"
            f"Confusion (rows: truth, columns: model; {', '.join(result.labels)})\n"
            f"{result.confusion()}\n"
        )
    text = folder / "classes.txt"
    write_whole(text, lambda half: half.write_text("\n".join(texts), encoding="utf-8"))
    return [*written, text]


def file_name(result: HeadResult) -> str:
    """Return the name of a label set in names of files, such as "ferplus" for "FER+".

    Args:
        result: Predictions on that label set.
    """
    return "".join(c for c in result.title.lower().replace("+", "plus") if c.isalnum())


def _missed(result: HeadResult) -> str:
    missed = len(result.truth) - int(result.found.sum())
    return f"No face found in {missed}, which count as wrong.\n" if missed else ""


def write_curves(history: Path, folder: Path) -> list[Path]:
    """Plot loss and accuracy over the epochs: `loss.png` and `accuracy.png`.

    Args:
        history: The `history.csv` of a training run.
        folder: Existing folder to write into.

    Returns:
        The files that were written.
    """
    with history.open(newline="", encoding="utf-8") as text:
        columns = defaultdict(list)
        for row in csv.DictReader(text):
            for name, value in row.items():
                columns[name].append(float(value))
    epochs = np.array(columns.pop("epoch")) + 1
    written = []
    for kind in ("loss", "accuracy"):
        figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
        for name in sorted(columns):
            if name.endswith(kind):
                style = "-" if name.startswith("val_") else ":"
                label = name.replace("val_", "validation ").replace("_", " ")
                axes.plot(epochs, columns[name], style, label=label)
        axes.set(xlabel="epoch", ylabel=kind)
        axes.grid(alpha=0.3)
        axes.legend()
        written.append(save_figure(figure, folder / f"{kind}.png"))
    return written


def _confusion(result: HeadResult, path: Path) -> Path:
    figure, axes = plt.subplots(figsize=(7, 6), layout="constrained")
    counts = result.confusion()
    totals = np.bincount(result.truth, minlength=len(result.labels))
    shares = counts / np.maximum(totals[:, None], 1)
    display = ConfusionMatrixDisplay(shares, display_labels=result.labels)
    display.plot(ax=axes, cmap="Blues", values_format=".0%", colorbar=False, im_kw={"vmin": 0})
    axes.set(
        title=f"{result.title}: {result.accuracy:.1%} of {len(result.truth)} images",
        xlabel="predicted label",
        ylabel="true label",
    )
    axes.tick_params(axis="x", rotation=45)
    return save_figure(figure, path)


def write_robustness(rows: Sequence[Row], folder: Path) -> Path:
    """Plot the accuracy under each change as `robustness.png`.

    A line marks the accuracy on the clean images.

    Args:
        rows: Accuracies, the clean images first (see `robustness.robustness`).
        folder: Is created where it does not exist.

    Returns:
        The file that was written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = plt.subplots(figsize=(7, 0.32 * len(rows) + 1.2), layout="constrained")
    names = [row.change for row in rows]
    places = np.arange(len(rows))
    bars = axes.barh(places, [row.accuracy for row in rows], color=BAR_COLOR)
    axes.bar_label(bars, fmt="{:.1%}", padding=-34, fontsize=8, color="white")
    axes.axvline(rows[0].accuracy, color="0.5", linestyle="--", linewidth=1)
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set(xlabel="accuracy", xlim=(0, min(1.0, rows[0].accuracy * 1.25)))
    return save_figure(figure, folder / "robustness.png")


def _calibration(result: HeadResult, path: Path) -> Path:
    confidence = result.probabilities.max(axis=1)[result.found]
    right = (result.predicted == result.truth)[result.found]
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    count = np.bincount(bins, minlength=BINS)
    filled = count > 0
    mean_confidence = np.bincount(bins, weights=confidence, minlength=BINS)[filled] / count[filled]
    accuracy = np.bincount(bins, weights=right, minlength=BINS)[filled] / count[filled]
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="perfect calibration")
    axes.scatter(
        mean_confidence, accuracy, s=8 + 300 * count[filled] / count.sum(), color=BAR_COLOR
    )
    axes.plot(mean_confidence, accuracy, color=BAR_COLOR, label=result.title)
    axes.set(
        title=f"{result.title}: calibration error {result.ece:.1%}",
        xlabel="confidence",
        ylabel="accuracy",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return save_figure(figure, path)


def save_figure(figure: Figure, path: Path) -> Path:
    """Write a figure as PNG, atomically, and close it.

    Args:
        figure: The figure.
        path: File to write.

    Returns:
        The file.
    """
    write_whole(path, lambda half: figure.savefig(half, dpi=DPI))
    plt.close(figure)
    return path
