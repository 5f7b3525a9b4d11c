"""Plot faces that a model classifies right and wrong, with label and prediction.

The plots show images of the data. FER-2013's must not be passed on, so plots of them stay on the
machine that made them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emoapp.training.report import file_name, plt, save_figure
from emoapp.training.results import HeadResult

FACES_PER_LABEL = 6
"""Faces in a row; each label has a row."""

RIGHT_COLOR, WRONG_COLOR = "#009E73", "#D55E00"


def write_examples(result: HeadResult, images: np.ndarray, folder: Path) -> list[Path]:
    """Write `examples_<labels>_right.png` and `examples_<labels>_wrong.png`.

    Each row has faces of one label, in even steps from the highest to the lowest confidence, so
    that it shows neither the best nor the worst ones only.

    Args:
        result: Predictions.
        images: uint8 (N, S, S), the crops that `result` is about.
        folder: Is created where it does not exist.

    Returns:
        The files that were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    right = result.predicted == result.truth
    written = []
    for name, rows in (("right", right), ("wrong", ~right & result.found)):
        if rows.any():
            path = folder / f"examples_{file_name(result)}_{name}.png"
            written.append(_grid(result, images, rows, f"{result.title}: {name}", path))
    return written


def _grid(
    result: HeadResult, images: np.ndarray, chosen: np.ndarray, title: str, path: Path
) -> Path:
    confidence = result.probabilities.max(axis=1)
    labels = [k for k in range(len(result.labels)) if (chosen & (result.truth == k)).any()]
    figure, all_axes = plt.subplots(
        len(labels),
        FACES_PER_LABEL,
        figsize=(1.35 * FACES_PER_LABEL, 1.65 * len(labels)),
        squeeze=False,
    )
    figure.suptitle(f"{title} (label \N{RIGHTWARDS ARROW} prediction)", fontsize=10)
    for axes, label in zip(all_axes, labels, strict=True):
        rows = np.flatnonzero(chosen & (result.truth == label))
        rows = rows[np.argsort(-confidence[rows], kind="stable")]
        count = min(FACES_PER_LABEL, len(rows))
        rows = rows[np.linspace(0, len(rows) - 1, count).round().astype(int)]
        for ax in axes:
            ax.axis("off")
        for ax, row in zip(axes, rows, strict=False):
            predicted = int(result.predicted[row])
            ax.imshow(images[row], cmap="gray", vmin=0, vmax=255)
            ax.set_title(
                f"{result.labels[label]} \N{RIGHTWARDS ARROW}\n"
                f"{result.labels[predicted]} {confidence[row]:.0%}",
                fontsize=7,
                color=RIGHT_COLOR if predicted == label else WRONG_COLOR,
            )
    figure.tight_layout()
    return save_figure(figure, path)
