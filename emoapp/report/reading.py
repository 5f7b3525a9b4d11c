"""Read a log into tables with one row per frame and one row per face."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emoapp import provenance
from emoapp.errors import DataError, UsageError
from emoapp.provenance import Provenance
from emoapp.report.checks import check_cells, check_columns, check_order
from emoapp.report.formats import read_rows
from emoapp.utils.addresses import redact_url

MAX_FRAME_S = 1.0
"""A frame lasts until the next one, but no longer than this or three usual frames. A longer gap,
such as an unplugged camera, was not recorded."""

SINGLE_FRAME_S = 0.04
"""Duration of the only frame of a log."""


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """The content of a log that `emoapp video --log` wrote.

    Attributes:
        path: The log's file.
        source: The video as the user named it; None in a log that does not say.
        labels: The expressions, in the order of the model.
        frames: A row per frame: frame (its number), t (seconds since the start), lasts (seconds
            until the next one, see `MAX_FRAME_S`).
        faces: A row per face and frame: position (row of `frames`), t, lasts, track, x0, y0, x1,
            y1 (pixels), detector_score, label (None if rejected), confidence, rejection (None if
            accepted), and smoothed_LABEL, ...
        unrecorded_s: Seconds between frames that were not recorded.
        left_out: Number of lines at the end that were cut off.
        about: How the log was made; None where nothing says.
    """

    path: Path
    source: str | None
    labels: tuple[str, ...]
    frames: pd.DataFrame
    faces: pd.DataFrame
    unrecorded_s: float
    left_out: int = 0
    about: Provenance | None = None

    @property
    def seconds(self) -> float:
        """Duration from the first frame to the end of the last."""
        return float(self.frames["lasts"].sum()) + self.unrecorded_s

    @property
    def start_s(self) -> float:
        """Time of the first frame on the log's own clock."""
        return float(self.frames["t"].iloc[0])

    @property
    def end_s(self) -> float:
        """End of the last frame on the log's own clock."""
        return self.start_s + self.seconds


def read_log(path: Path, *, source: str | None = None) -> Log:
    """Read a log.

    Args:
        path: File that ends with .csv, .jsonl or .parquet.
        source: Which video, in a log of several; None for the only one.

    Raises:
        DataError: The log is damaged; the message says what is wrong and where.
        UsageError: The suffix is unknown, `source` is missing or wrong, or pyarrow is missing for
            Parquet.
    """
    rows, labels, left_out = _read_checked(path)
    rows, source = _select_source(path, rows, source)
    return _log_of(path, rows, source, labels, left_out)


def read_logs(path: Path) -> list[Log]:
    """Read a log of one or several videos, in the order in which they come.

    Args:
        path: File that ends with .csv, .jsonl or .parquet.

    Raises:
        DataError, UsageError: See `read_log`.
    """
    rows, labels, left_out = _read_checked(path)
    names = list(rows["source"].dropna().unique()) if "source" in rows.columns else []
    if len(names) < 2:
        rows, source = _select_source(path, rows, None)
        return [_log_of(path, rows, source, labels, left_out)]
    selected = (_select_source(path, rows.copy(), str(name)) for name in names)
    return [_log_of(path, own, source, labels, left_out) for own, source in selected]


def _read_checked(path: Path) -> tuple[pd.DataFrame, tuple[str, ...], int]:
    """Return the rows, the labels, and how many lines at the end were cut off."""
    rows, left_out = read_rows(path)
    if "rejection" not in rows.columns:  # a log of version 0.1
        rows = rows.rename(columns={"doubt": "rejection"})
    rows = rows.drop(columns="doubt", errors="ignore")
    labels = check_columns(path, rows)
    check_cells(path, rows, labels)
    return rows, labels, left_out


def _log_of(
    path: Path, rows: pd.DataFrame, source: str | None, labels: tuple[str, ...], left_out: int
) -> Log:
    if rows.empty:
        raise DataError(f"{path} holds no frame yet; there is nothing to report.")
    is_first = rows["frame"].ne(rows["frame"].shift())
    frames = rows.loc[is_first, ["frame", "time_s", "line"]].reset_index(drop=True)
    check_order(path, frames)
    frames, unrecorded_s = _with_durations(frames)
    faces = _faces(rows.assign(position=is_first.cumsum() - 1), frames)
    about = provenance.read(path)
    if about is not None and (about.labels != labels or about.source != (source or "")):
        about = None  # it is of another log that had this name
    return Log(path, source, labels, frames, faces, unrecorded_s, left_out, about)


def _faces(rows: pd.DataFrame, frames: pd.DataFrame) -> pd.DataFrame:
    faces = rows.dropna(subset="track")
    faces = faces.drop(columns=["source", "frame", "time_s", "line"], errors="ignore")
    faces = faces.merge(frames[["t", "lasts"]], left_on="position", right_index=True)
    faces["track"] = faces["track"].astype(int)
    for name in ("label", "rejection"):
        faces[name] = faces[name].astype(object).where(faces[name].notna(), None)
    return faces.reset_index(drop=True)


def _select_source(
    path: Path, rows: pd.DataFrame, wanted: str | None
) -> tuple[pd.DataFrame, str | None]:
    """Return the rows of one video, and its name."""
    # Logs of earlier versions have addresses as they were typed.
    wanted = None if wanted is None else redact_url(wanted)
    if "source" not in rows.columns:
        if wanted is not None:
            raise UsageError(f"{path} does not say which video its rows are from.")
        return rows, None
    rows["source"] = rows["source"].map(lambda name: redact_url(str(name)), na_action="ignore")
    names = list(dict.fromkeys(rows["source"].dropna()))
    if wanted is None and len(names) > 1:
        raise UsageError(f"{path} holds {', '.join(names)}: choose one with --source.")
    if wanted is not None and wanted not in names:
        raise UsageError(f"{path} holds no {wanted}, only {', '.join(names)}.")
    if wanted is None:
        return rows, names[0] if names else None
    return rows[rows["source"] == wanted].reset_index(drop=True), wanted


def _with_durations(frames: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the frames with their durations, and the seconds that were not recorded."""
    t = frames["time_s"].to_numpy()
    gaps = np.diff(t)
    usual = float(np.median(gaps)) if len(gaps) else SINGLE_FRAME_S
    lasts = np.append(np.minimum(gaps, max(MAX_FRAME_S, 3 * usual)), usual)
    table = pd.DataFrame({"frame": frames["frame"].astype(int), "t": t, "lasts": lasts})
    return table, round(float(gaps.sum() - lasts[:-1].sum()), 6)
