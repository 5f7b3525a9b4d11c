"""Pictures of what a model gets right and wrong: faces with their label and what the model said.

They show the data's own pictures. FER-2013's must not be passed on, so those of a report on it
stay on the machine that made them.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emoapp.training.evaluate import HeadResult
from emoapp.training.report import file_name, plt, save_figure

EACH = 6
"""Faces a row, one row for each label."""

RIGHT, WRONG = "#009E73", "#D55E00"


def write_examples(result: HeadResult, images: np.ndarray, folder: Path) -> list[Path]:
    """`examples_<labels>_right.png` and `..._wrong.png`.

    images: uint8 (N, S, S), the crops that `result` is about.

    Each row has faces of one label, from the surest to the least sure by even steps, so that it
    shows neither the best nor the worst only.
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
        len(labels), EACH, figsize=(1.35 * EACH, 1.65 * len(labels)), squeeze=False
    )
    figure.suptitle(f"{title} (label \N{RIGHTWARDS ARROW} what the model says)", fontsize=10)
    for axes, label in zip(all_axes, labels, strict=True):
        rows = np.flatnonzero(chosen & (result.truth == label))
        rows = rows[np.argsort(-confidence[rows], kind="stable")]
        rows = rows[np.linspace(0, len(rows) - 1, min(EACH, len(rows))).round().astype(int)]
        for ax in axes:
            ax.axis("off")
        for ax, row in zip(axes, rows, strict=False):
            said = int(result.predicted[row])
            ax.imshow(images[row], cmap="gray", vmin=0, vmax=255)
            ax.set_title(
                f"{result.labels[label]} \N{RIGHTWARDS ARROW}\n"
                f"{result.labels[said]} {confidence[row]:.0%}",
                fontsize=7,
                color=RIGHT if said == label else WRONG,
            )
    figure.tight_layout()
    return save_figure(figure, path)
