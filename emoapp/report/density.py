"""Sum up how long each expression was shown in the columns of a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def label_seconds(faces: pd.DataFrame, labels: Sequence[str], edges: np.ndarray) -> np.ndarray:
    """Return how long each expression was shown between the edges, exactly.

    Args:
        faces: Rows of `Log.faces`, of one track or of several, whose seconds are added.
        labels: The expressions.
        edges: Times in seconds, float64 (N + 1,), rising.

    Returns:
        Seconds, float64 (labels, N).
    """
    said = faces["label"].to_numpy(object)
    return np.array([_summed(faces[said == label], edges) for label in labels]).reshape(
        len(labels), len(edges) - 1
    )


def seen_seconds(faces: pd.DataFrame, edges: np.ndarray) -> np.ndarray:
    """Return how long faces were seen between the edges, whether they were believed or not.

    Args:
        faces: See `label_seconds`.
        edges: See `label_seconds`.

    Returns:
        Seconds, float64 (N,).
    """
    return _summed(faces, edges)


def _summed(faces: pd.DataFrame, edges: np.ndarray) -> np.ndarray:
    total = np.zeros(len(edges) - 1)
    for _, own in faces.groupby("track", sort=False):
        starts, lasts = own["t"].to_numpy(float), own["lasts"].to_numpy(float)
        # The seconds until a time grow while the face is there, and stand still in between.
        times = np.column_stack([starts, starts + lasts]).ravel()
        ends = np.cumsum(lasts)
        seconds = np.column_stack([ends - lasts, ends]).ravel()
        total += np.diff(np.interp(edges, times, seconds))
    return total
