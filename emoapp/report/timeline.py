"""Draw the timeline: who showed which expression when."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from emoapp.overlay.theme import word
from emoapp.report.density import label_seconds, seen_seconds
from emoapp.report.measures import Measures
from emoapp.report.plots import NARROW_IN, WIDE_IN, Look, label_colors, legend, moment, on
from emoapp.report.reading import Log
from emoapp.utils.language import _
from emoapp.utils.wide import columns

_MAX_COLUMNS = 1500  # finer than the eye sees in a band of that width
_MAX_VECTOR_SEGMENTS = 3000  # more are drawn as pixels: browsers are slow with many shapes
_MAX_VECTOR_POINTS = 60_000
_SEGMENTS_PER_IN = 16  # more are narrower than 6 pixels of a page
_COLUMNS_PER_IN = 24  # 4 pixels of a page each
_TICK_STEPS_S = (
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
)
_REJECTED_COLOR = "#8a919b"


def timeline(log: Log, measures: Measures, look: Look) -> Figure:
    """Draw a band per person: the expression shown as its color, its probability as the height.

    Where expressions change too fast for the width (see `is_summed`), the band has for each column
    of the picture the share of its time that each expression was shown.
    """
    tracks = measures.shown
    figure = Figure(figsize=(look.width_in, 0.62 * len(tracks) + (1.0 if look.legend else 0.45)))
    figure.set_layout_engine("constrained")
    axes = figure.add_subplot()
    colors = label_colors(log.labels)
    summed = is_summed(measures, look.width_in)
    raster = _is_heavy(measures, look.width_in, len(log.labels))
    for row, track in enumerate(tracks):
        base = len(tracks) - 1 - row
        own = measures.segments[measures.segments["track"] == track]
        faces = log.faces[log.faces["track"] == track]
        person = _("Person {track}").format(track=track)
        for x in np.arange(0, look.width_in, WIDE_IN):  # in sight wherever one scrolls
            t = log.start_s + log.seconds * x / look.width_in
            axes.text(t, base + 0.78, person, color=look.ink, va="center", clip_on=True)
        if summed:
            _draw_shares(axes, log, faces, base, look.width_in, rasterized=raster)
            continue
        _draw_band(axes, own, faces, base, colors, log.seconds, rasterized=raster)
        if not raster:
            _draw_words(axes, own, faces, base, colors, log.seconds / look.width_in)
    for y in range(len(tracks)):
        axes.axhline(y, color=look.ink, alpha=0.15, linewidth=0.6)
    axes.set(xlim=(log.start_s, log.end_s), ylim=(0, len(tracks) - 0.02), yticks=[])
    _set_ticks(axes, log, look)
    if look.legend:
        shown = set(measures.segments["label"].dropna())
        legend(figure, [(word(name), colors[name]) for name in log.labels if name in shown])
    return figure


def is_summed(measures: Measures, width_in: float) -> bool:
    """Return whether a timeline of this width shows sums, as single stretches would be a comb."""
    segments = measures.segments
    counts = segments[segments["track"].isin(measures.shown)].groupby("track").size()
    return bool(counts.max() > _SEGMENTS_PER_IN * width_in) if len(counts) else False


def _is_heavy(measures: Measures, width_in: float, labels: int) -> bool:
    """Return whether browsers would be slow with that many shapes, so that they become pixels."""
    if is_summed(measures, width_in):
        points = 2 * labels * len(measures.shown) * width_in * _COLUMNS_PER_IN
        return points > _MAX_VECTOR_POINTS
    return len(measures.segments) > _MAX_VECTOR_SEGMENTS


def _set_ticks(axes: Axes, log: Log, look: Look) -> None:
    max_ticks = round(look.width_in) if look.width_in > NARROW_IN else 4
    step = next((s for s in _TICK_STEPS_S if log.seconds / s <= max_ticks), log.seconds)
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda t, at: moment(t, tenths=step < 1)))


def _draw_shares(
    axes: Axes, log: Log, faces: pd.DataFrame, base: float, width_in: float, *, rasterized: bool
) -> None:
    """Draw for each column of the picture the shares of its time, one above the other."""
    colors = label_colors(log.labels)
    edges = np.linspace(log.start_s, log.end_s, max(2, round(width_in * _COLUMNS_PER_IN)) + 1)
    width = edges[1] - edges[0]
    middles = (edges[:-1] + edges[1:]) / 2
    tops = np.cumsum(0.64 * label_seconds(faces, log.labels, edges) / width, axis=0) + base
    seen = np.where(seen_seconds(faces, edges) > 0, base + 0.06, base)
    axes.fill_between(
        middles, base, seen, color=_REJECTED_COLOR, linewidth=0, rasterized=rasterized
    )
    bottoms = [np.full(len(middles), base), *tops[:-1]]
    for label, bottom, top in zip(log.labels, bottoms, tops, strict=True):
        if (top > bottom).any():
            axes.fill_between(
                middles, bottom, top, color=colors[label], linewidth=0, rasterized=rasterized
            )


def _draw_band(
    axes: Axes,
    segments: pd.DataFrame,
    faces: pd.DataFrame,
    base: float,
    colors: dict[str, str],
    whole_s: float,
    *,
    rasterized: bool,
) -> None:
    """Draw one person's expressions as filled curves, and rejections as a thin gray line."""
    t, height = faces["t"].to_numpy(), faces["confidence"].to_numpy()
    shapes, fills = [], []
    for part in segments.itertuples():
        if pd.isna(part.label):
            high = np.array([0.06, 0.06])
            x = np.array([part.start_s, part.end_s])
            fills.append(_REJECTED_COLOR)
        else:
            inside = slice(*np.searchsorted(t, (part.start_s - 1e-9, part.end_s - 1e-9)))
            x, high = _maxima(t[inside], 0.64 * height[inside], whole_s / _MAX_COLUMNS)
            x, high = np.append(x, part.end_s), np.append(high, high[-1])
            fills.append(colors[part.label])
        outline = np.column_stack([np.append(x, x[::-1]), np.append(high, np.zeros(len(x)))])
        shapes.append(outline + (0, base))
    bands = PolyCollection(shapes, facecolors=fills, linewidths=0)
    if rasterized:
        bands.set(rasterized=True, antialiased=False)  # slivers side by side would fade
    axes.add_collection(bands)


def _maxima(t: np.ndarray, values: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the largest value of each step, with the times at which the steps begin."""
    if len(t) < 2 or (t[-1] - t[0]) / len(t) >= step:
        return t, values
    column = ((t - t[0]) / step).astype(int)
    starts = np.flatnonzero(np.diff(column, prepend=-1))
    return t[starts], np.maximum.reduceat(values, starts)


def _draw_words(
    axes: Axes,
    segments: pd.DataFrame,
    faces: pd.DataFrame,
    base: float,
    colors: dict[str, str],
    s_per_inch: float,
) -> None:
    """Write the expression into each segment that is long enough for the word."""
    t, confidence = faces["t"].to_numpy(), faces["confidence"].to_numpy()
    for part in segments[segments["label"].notna()].itertuples():
        name = word(part.label)
        if (part.end_s - part.start_s) / s_per_inch < 0.085 * columns(name) + 0.1:
            continue
        low, high = np.searchsorted(t, (part.start_s - 1e-9, part.end_s - 1e-9))
        if confidence[low:high].min() < 0.3:  # the band is lower than the letters
            continue
        middle = (part.start_s + part.end_s) / 2
        ink = on(colors[part.label])
        axes.text(middle, base + 0.1, name, ha="center", va="center", color=ink, fontsize=7)
