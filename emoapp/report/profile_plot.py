"""Plot what a profile confuses, before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from emoapp.overlay.theme import word
from emoapp.report.fonts import font_settings
from emoapp.utils.files import write_whole
from emoapp.utils.language import N_, _


def write_confusions(
    path: Path, names: tuple[str, ...], figures: dict[str, Any], *, title: str, overwrite: bool
) -> None:
    """Write the confusion matrices before and after as one picture.

    Args:
        path: File to write, of a format that matplotlib knows by its suffix.
        names: The labels.
        figures: `Profile.figures`, with the matrices.
        title: Stands above.
        overwrite: Replace an existing file.

    Raises:
        OutputExistsError: The file exists and must not be replaced.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown_names = [word(name) for name in names]
    with matplotlib.rc_context(matplotlib.RcParams(font_settings())):
        figure = Figure(figsize=(11, 5.5), layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title)
        for number, when in enumerate((N_("before"), N_("after")), 1):
            axes = figure.add_subplot(1, 2, number)
            counts = np.array(figures[when]["confusion"])
            shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
            axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
            for (row, column), count in np.ndenumerate(counts):
                if count:
                    color = "white" if shares[row, column] > 0.5 else "black"
                    axes.text(column, row, str(count), ha="center", va="center", color=color)
            axes.set_xticks(range(len(names)), shown_names, rotation=45, ha="right")
            axes.set_yticks(range(len(names)), shown_names)
            accuracy = figures[when]["balanced_accuracy"]
            title = _("{when}: balanced {accuracy}")
            title = title.format(when=_(when), accuracy=f"{accuracy:.0%}")
            axes.set(title=title, xlabel=_("shown"), ylabel=_("labeled"))
        write_whole(path, lambda half: figure.savefig(half, dpi=120), overwrite=overwrite)
