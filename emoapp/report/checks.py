"""Check the rows of a log and name the first line that is wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from emoapp.errors import DataError

SMOOTHED_PREFIX = "smoothed_"
"""Begins the names of the columns with the smoothed probabilities, before the label."""

_FRAME_COLUMNS = ("frame", "time_s")
_FACE_COLUMNS = ("track", "x0", "y0", "x1", "y1", "detector_score", "confidence")


def check_columns(path: Path, rows: pd.DataFrame) -> tuple[str, ...]:
    """Check that no column is missing.

    Args:
        path: The log, for messages.
        rows: All rows.

    Returns:
        The model's labels, in its order.

    Raises:
        DataError: Columns are missing.
    """
    names = [str(name) for name in rows.columns]
    labels = tuple(n.removeprefix(SMOOTHED_PREFIX) for n in names if n.startswith(SMOOTHED_PREFIX))
    missing = [
        name
        for name in (*_FRAME_COLUMNS, *_FACE_COLUMNS, "label", "rejection")
        if name not in names
    ]
    if not labels:
        missing.append("smoothed_...")
    if missing:
        raise DataError(
            f"{path} is no log of `emoapp video --log`: the columns {', '.join(missing)} are "
            "missing. (A spreadsheet may have saved it in its own way: take the file as it was.)"
        )
    return labels


def check_cells(path: Path, rows: pd.DataFrame, labels: tuple[str, ...]) -> None:
    """Check all cells and convert the numeric columns to float64, in place.

    Args:
        path: The log, for messages.
        rows: All rows, with the column "line".
        labels: The model's labels.

    Raises:
        DataError: A number is none, a needed cell is empty, or a label has no column.
    """
    smoothed = [f"{SMOOTHED_PREFIX}{label}" for label in labels]
    _convert_numbers(path, rows, [*_FRAME_COLUMNS, *_FACE_COLUMNS, *smoothed])
    everywhere = pd.Series(True, index=rows.index)
    _check_filled(path, rows, [*_FRAME_COLUMNS], everywhere)
    _check_filled(path, rows, [*_FACE_COLUMNS, *smoothed], rows["track"].notna())
    wrong = rows["label"].notna() & ~rows["label"].isin(labels)
    if wrong.any():
        bad = rows[wrong].iloc[0]
        raise DataError(
            f"{path}, line {bad['line']}: the label {bad['label']!r} has no column "
            f"{SMOOTHED_PREFIX}{bad['label']}."
        )


def _convert_numbers(path: Path, rows: pd.DataFrame, columns: list[str]) -> None:
    for name in columns:
        numbers = pd.to_numeric(rows[name], errors="coerce")
        wrong = (numbers.isna() & rows[name].notna()) | np.isinf(numbers.astype(float))
        if wrong.any():
            bad = rows[wrong].iloc[0]
            raise DataError(f"{path}, line {bad['line']}: {name} is {bad[name]!r}, no number.")
        rows[name] = numbers.astype(float)


def _check_filled(path: Path, rows: pd.DataFrame, columns: list[str], needed: pd.Series) -> None:
    wrong = rows[columns].isna().any(axis=1) & needed
    if wrong.any():
        bad = rows[wrong].iloc[0]
        name = next(name for name in columns if pd.isna(bad[name]))
        raise DataError(f"{path}, line {bad['line']}: {name} is empty; the row is not whole.")


def check_order(path: Path, frames: pd.DataFrame) -> None:
    """Check that frame numbers rise and times do not fall.

    Args:
        path: The log, for messages.
        frames: A row per frame, with "frame", "time_s" and "line".

    Raises:
        DataError: The time runs backwards.
    """
    wrong = (frames["time_s"].diff() < 0) | (frames["frame"].diff() <= 0)
    if wrong.any():
        bad = frames[wrong].iloc[0]
        raise DataError(
            f"{path}, line {bad['line']:.0f}: the time runs backwards, from "
            f"{frames['time_s'][bad.name - 1]:.3f} to {bad['time_s']:.3f} s. Are these several "
            "logs in one file?"
        )
