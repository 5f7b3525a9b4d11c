"""What people would rather look at than read: curves, confusion matrices, calibration."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

from emoapp.training.calibrate import BINS
from emoapp.training.evaluate import Evaluation, HeadResult
from emoapp.training.robustness import Row
from emoapp.utils.files import write_whole

matplotlib.use("Agg")  # Files only: never asks for a screen.
import matplotlib.pyplot as plt  # noqa: E402
from matplotlib.ticker import PercentFormatter  # noqa: E402
from sklearn.metrics import ConfusionMatrixDisplay  # noqa: E402

DPI = 110


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Confusion matrices and calibration as PNG, the classes' figures as text; what was written."""
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
    """ "FER-2013" -> "fer2013", "FER+" -> "ferplus": how files about it are called."""
    return "".join(c for c in result.title.lower().replace("+", "plus") if c.isalnum())


def _missed(result: HeadResult) -> str:
    missed = len(result.truth) - int(result.found.sum())
    return f"No face found in {missed}, which count as wrong.\n" if missed else ""


def write_curves(history: Path, folder: Path) -> list[Path]:
    """`loss.png` and `accuracy.png` from the `history.csv` of a training run."""
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
    there = np.bincount(result.truth, minlength=len(result.labels))
    shares = counts / np.maximum(there[:, None], 1)
    display = ConfusionMatrixDisplay(shares, display_labels=result.labels)
    display.plot(ax=axes, cmap="Blues", values_format=".0%", colorbar=False, im_kw={"vmin": 0})
    axes.set(
        title=f"{result.title}: {result.accuracy:.1%} of {len(result.truth)} images",
        xlabel="the model says",
        ylabel="labelled as",
    )
    axes.tick_params(axis="x", rotation=45)
    return save_figure(figure, path)


def write_robustness(rows: Sequence[Row], folder: Path) -> Path:
    """`robustness.png`: a bar for each change; the line is the accuracy on the clean pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = plt.subplots(figsize=(7, 0.32 * len(rows) + 1.2), layout="constrained")
    names = [row.change for row in rows]
    places = np.arange(len(rows))
    bars = axes.barh(places, [row.accuracy for row in rows], color="#0072B2")
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
    some = count > 0
    mean_confidence = np.bincount(bins, weights=confidence, minlength=BINS)[some] / count[some]
    accuracy = np.bincount(bins, weights=right, minlength=BINS)[some] / count[some]
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="to be believed")
    axes.scatter(mean_confidence, accuracy, s=8 + 300 * count[some] / count.sum(), color="#0072B2")
    axes.plot(mean_confidence, accuracy, color="#0072B2", label=result.title)
    axes.set(
        title=f"{result.title}: calibration error {result.ece:.1%}",
        xlabel="how sure the model says it is",
        ylabel="how often it is right",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return save_figure(figure, path)


def save_figure(figure, path: Path) -> Path:
    write_whole(path, lambda half: figure.savefig(half, dpi=DPI))
    plt.close(figure)
    return path
