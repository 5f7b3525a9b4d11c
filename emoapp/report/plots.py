"""Draw the plots as PNG files and, for the page, as SVG in the page's own colors."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

from emoapp.overlay.status import clock
from emoapp.overlay.theme import Color, colors_of, word
from emoapp.report.fonts import font_settings
from emoapp.report.measures import BELIEVED, NO_FACE, NOT_RECORDED, Measures
from emoapp.report.reading import Log
from emoapp.utils.language import _

DPI = 150
WIDE_IN, NARROW_IN = 9.2, 3.7
"""Widths in inches: for PNG files and large screens, and for phones."""

PAGE_DPI = 96
"""Pixels per inch of a page."""

_INK = "#22262c"
_PAGE_INK = "#0a0b0c"  # replaced by the page's text color
_DARK_TEXT, _LIGHT_TEXT = "#14161a", "#ffffff"
_REJECTION_COLORS = ("#e69f00", "#c98a00", "#a87300", "#8a5e00", "#6d4a00", "#523800")

_STYLE: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "text.parse_math": False,  # an expression may be called "$"
    "svg.fonttype": "none",
    "svg.hashsalt": "emoapp",
    "path.simplify": False,
}


@dataclass(frozen=True, slots=True)
class Look:
    """Appearance of a plot.

    Attributes:
        width_in: Width in inches.
        ink: Color of text and lines, "#rrggbb".
        legend: Whether the plot has a legend.
    """

    width_in: float = WIDE_IN
    ink: str = _INK
    legend: bool = True


def css(color: Color) -> str:
    """Return a color (blue, green, red) as "#rrggbb"."""
    blue, green, red = color
    return f"#{red:02x}{green:02x}{blue:02x}"


def label_colors(labels: tuple[str, ...]) -> dict[str, str]:
    """Return the colors of the window's overlay: label -> "#rrggbb"."""
    return {label: css(color) for label, color in colors_of(labels).items()}


def coverage_colors(measures: Measures) -> dict[str, str]:
    """Return the colors of the states in `Measures.coverage`: state -> "#rrggbb"."""
    fixed = {BELIEVED: "#55677d", NO_FACE: "#b9bfc8", NOT_RECORDED: "#dfe2e6"}
    rejections = [state for state in measures.coverage["state"] if state not in fixed]
    return fixed | {
        rejection: _REJECTION_COLORS[i % len(_REJECTION_COLORS)]
        for i, rejection in enumerate(rejections)
    }


def png(draw: Callable[[Look], Figure]) -> bytes:
    """Return a plot as a PNG file."""
    file = io.BytesIO()
    with _style(_INK):
        draw(Look()).savefig(file, format="png", dpi=DPI, facecolor="white")
    return file.getvalue()


def svg(draw: Callable[[Look], Figure], *, width_in: float = WIDE_IN, name: str) -> str:
    """Return a plot as an <svg> element that inherits the page's color and font.

    Args:
        draw: Draws the plot.
        width_in: Width in inches: `WIDE_IN`, `NARROW_IN`, or more for one to scroll in.
        name: Makes the ids inside differ from those of other plots.
    """
    file = io.StringIO()
    look = Look(width_in, _PAGE_INK, legend=False)
    dpi = 2 * DPI if width_in <= WIDE_IN else PAGE_DPI
    with _style(_PAGE_INK):
        figure = draw(look)
        figure.savefig(file, format="svg", dpi=dpi, transparent=True, metadata={"Date": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"<style.*?</style>", "", text, flags=re.DOTALL)
    text = text.replace(_PAGE_INK, "currentColor")
    text = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", text)
    return re.sub(r'(id="|url\(#|href="#)', rf"\1{name}-", text)


def shares(log: Log, measures: Measures, look: Look) -> Figure:
    """Draw a bar per person: the expressions' shares of the time in which they were believed."""
    tracks = measures.shown
    colors = label_colors(log.labels)
    figure, axes = _bars(len(tracks), look)
    for row, track in enumerate(tracks):
        own = measures.shares[measures.shares["track"] == track]
        parts = zip(own["label"], own["share"].fillna(0), strict=True)
        _stacked(axes, len(tracks) - 1 - row, [(colors[name], share) for name, share in parts])
    axes.set_yticks(
        range(len(tracks)), [_("Person {track}").format(track=track) for track in reversed(tracks)]
    )
    shown = measures.shares.loc[measures.shares["seconds"] > 0, "label"].unique()
    legend(figure, [(word(name), colors[name]) for name in log.labels if name in shown])
    return figure


def coverage(measures: Measures, look: Look) -> Figure:
    """Draw one bar: the shares of time in which a face was believed, or why not."""
    colors = coverage_colors(measures)
    figure, axes = _bars(1, look)
    parts = list(zip(measures.coverage["state"], measures.coverage["share"], strict=True))
    _stacked(axes, 0, [(colors[state], share) for state, share in parts])
    axes.set_yticks([])
    legend(figure, [(word(_(state)), colors[state]) for state, share in parts if share > 0])
    return figure


def transitions(log: Log, measures: Measures, look: Look) -> Figure:
    """Draw a matrix of how often one expression (row) changed to another (column)."""
    table = transition_table(log, measures)
    names = [word(label) for label in table.columns]
    size = 0.55 * len(names) + 1.4
    figure = Figure(figsize=(max(size, 3.2), max(size, 3.0)), layout="constrained")
    axes = figure.add_subplot()
    counts = table.to_numpy(float)
    axes.imshow(counts, cmap="Blues", vmin=0, vmax=max(1.0, 1.6 * counts.max(initial=0)))
    for y, x in np.argwhere(counts > 0):
        axes.text(x, y, f"{counts[y, x]:.0f}", ha="center", va="center", color=_DARK_TEXT)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel=_("after"), ylabel=_("before"))
    axes.tick_params(length=0)
    return figure


def transition_table(log: Log, measures: Measures) -> pd.DataFrame:
    """Return the changes of all people: expression before (rows) and after (columns)."""
    table = measures.transitions.pivot_table(
        index="before", columns="after", values="count", aggfunc="sum"
    )
    involved = {*table.index, *table.columns}
    order = [label for label in log.labels if label in involved]
    return table.reindex(index=order, columns=order).fillna(0).astype(int)


def moment(t: float, *, tenths: bool = True) -> str:
    """Return seconds as m:ss.t or h:mm:ss.t, or without tenths."""
    if not tenths:
        return clock(round(t))
    t = round(t, 1)
    return f"{clock(t)}.{round(t * 10) % 10}"


def on(color: str) -> str:
    """Return black or white, whichever is readable on `color`, "#rrggbb"."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return _DARK_TEXT if 0.299 * red + 0.587 * green + 0.114 * blue > 120 else _LIGHT_TEXT


def _bars(count: int, look: Look) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(look.width_in, 0.42 * count + 0.9), layout="constrained")
    axes = figure.add_subplot()
    axes.set(xlim=(0, 1), ylim=(-0.5, count - 0.5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, at: f"{share:.0%}"))
    axes.tick_params(axis="y", length=0)
    return figure, axes


def _stacked(axes: Axes, y: float, parts: list[tuple[str, float]]) -> None:
    left = 0.0
    for color, share in parts:
        axes.barh(y, share, left=left, height=0.7, color=color)
        if share > 0.05:
            axes.text(
                left + share / 2, y, f"{share:.0%}", ha="center", va="center", color=on(color)
            )
        left += share


def legend(figure: Figure, entries: list[tuple[str, str]]) -> None:
    """Add a legend below a plot.

    Args:
        figure: The plot.
        entries: Pairs (name, color "#rrggbb"); none for no legend.
    """
    if entries:
        handles = [Patch(color=color, label=name) for name, color in entries]
        columns = min(len(handles), 8)
        figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False)


@contextmanager
def _style(ink: str) -> Iterator[None]:
    colors = {f"{name}.color": ink for name in ("text", "xtick", "ytick")}
    colors |= {"axes.labelcolor": ink, "axes.edgecolor": ink}
    with matplotlib.rc_context(matplotlib.RcParams(_STYLE | colors | font_settings())):
        yield
