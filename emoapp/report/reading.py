"""A log as tables: one row a frame, one row a face."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from packaging.version import Version

from emoapp.errors import DataError, UsageError
from emoapp.report.lines import is_json, whole_lines
from emoapp.utils.addresses import redact_url
from emoapp.utils.escape import csv_text

LONGEST_S = 1.0
"""A frame stands until the next one, but no longer than this, or three usual frames: what lies
between, such as a camera that was unplugged, was not recorded."""
ONE_FRAME_S = 0.04
"""How long the only frame of a log stands."""

# A custom label may end like the name of a date: smoothed_look_at. From pandas 3.1 on, dtype=False
# leaves dates alone, and convert_dates is deprecated.
_NO_DATES = {"convert_dates": False} if Version(pd.__version__) < Version("3.1") else {}

_SMOOTHED = "smoothed_"
_TEXTS = ("source", "label", "rejection", "doubt")
_FRAME = ("frame", "time_s")
_FACE = ("track", "x0", "y0", "x1", "y1", "detector_score", "confidence")


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """What `emoapp video --log` wrote.

    source: the video as it was named; None in a log that does not say.
    labels: the expressions, in the order of the model.
    frames: a row for each frame: frame (its number), t (seconds since the start), lasts (seconds
        until the next one, see `LONGEST_S`).
    faces: a row for each face in each frame: position (row of `frames`), t, lasts, track, x0, y0,
        x1, y1 (pixels), detector_score, label (None where it is not believed), confidence,
        rejection (None where it is believed), and smoothed_LABEL, ...
    unrecorded_s: seconds between frames that no frame stands for.
    left_out: lines at the end that were cut off.
    """

    path: Path
    source: str | None
    labels: tuple[str, ...]
    frames: pd.DataFrame
    faces: pd.DataFrame
    unrecorded_s: float
    left_out: int = 0

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last."""
        return float(self.frames["lasts"].sum()) + self.unrecorded_s

    @property
    def start_s(self) -> float:
        """When the first frame was, by the log's own clock."""
        return float(self.frames["t"].iloc[0])

    @property
    def end_s(self) -> float:
        return self.start_s + self.seconds


def read_log(path: Path, *, source: str | None = None) -> Log:
    """Read a log, .csv, .jsonl or .parquet.

    source: which video, in a table that holds several.

    Raises DataError, saying what is wrong and where; UsageError for another suffix, and for
    Parquet where pyarrow is missing.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"The log {path} must end with {', '.join(_READERS)}.")
    try:
        rows, left_out = reader(path)
    except OSError as exc:
        raise DataError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    except UnicodeDecodeError as exc:
        raise DataError(f"{path} is no log: it is not text in UTF-8.") from exc
    if "rejection" not in rows.columns:  # a log of version 0.1
        rows = rows.rename(columns={"doubt": "rejection"})
    rows = rows.drop(columns="doubt", errors="ignore")
    labels = _check_columns(path, rows)
    rows = rows.assign(line=np.arange(len(rows)) + (2 if reader is _read_csv else 1))
    _check_cells(path, rows, labels)
    rows, source = _of_one_source(path, rows, source)
    if rows.empty:
        raise DataError(f"{path} holds no frame yet; there is nothing to report.")
    new = rows["frame"].ne(rows["frame"].shift())
    frames = rows.loc[new, ["frame", "time_s", "line"]].reset_index(drop=True)
    _check_order(path, frames)
    frames, unrecorded_s = _with_lengths(frames)
    faces = rows.assign(position=new.cumsum() - 1).dropna(subset="track")
    faces = faces.drop(columns=["source", "frame", "time_s", "line"], errors="ignore")
    faces = faces.merge(frames[["t", "lasts"]], left_on="position", right_index=True)
    faces["track"] = faces["track"].astype(int)
    for name in ("label", "rejection"):
        faces[name] = faces[name].astype(object).where(faces[name].notna(), None)
    return Log(path, source, labels, frames, faces.reset_index(drop=True), unrecorded_s, left_out)


def _read_csv(path: Path) -> tuple[pd.DataFrame, int]:
    data, left_out = whole_lines(path.read_bytes())
    try:
        rows = pd.read_csv(
            io.BytesIO(data),
            dtype=dict.fromkeys(_TEXTS, object),
            # An expression may be called "none" or "NA".
            keep_default_na=False,
            na_values=[""],
            low_memory=False,
            encoding="utf-8-sig",
        )
    except pd.errors.EmptyDataError as exc:
        raise DataError(f"{path} is empty.") from exc
    except pd.errors.ParserError as exc:
        raise DataError(f"{path} is damaged: {exc}".rstrip()) from exc
    if not isinstance(rows.index, pd.RangeIndex):
        raise DataError(f"{path} is no log: its rows have more cells than its first line.")
    for name in set(_TEXTS) & set(rows.columns):
        rows[name] = rows[name].map(csv_text, na_action="ignore")
    return rows, left_out


def _read_json_lines(path: Path) -> tuple[pd.DataFrame, int]:
    data = path.read_bytes().rstrip(b"\0")
    lines, left_out = data.splitlines(), 0
    if lines and not data.endswith(b"\n") and not is_json(lines[-1]):
        lines, left_out = lines[:-1], 1
    if not lines:
        raise DataError(f"{path} is empty.")
    try:
        rows = pd.read_json(
            io.BytesIO(b"\n".join(lines)),
            lines=True,
            dtype=False,
            convert_axes=False,
            **_NO_DATES,
        )
    except ValueError as exc:
        bad = next((n for n, line in enumerate(lines, 1) if not is_json(line)), 1)
        raise DataError(f"{path}, line {bad}: this is no JSON object.") from exc
    return rows, left_out


def _read_parquet(path: Path) -> tuple[pd.DataFrame, int]:
    path.open("rb").close()  # raises what pyarrow would say in its own words
    try:
        return pd.read_parquet(path), 0
    except ImportError as exc:
        raise UsageError(
            f"{path} needs pyarrow: pip install 'emoapp[parquet]' "
            "(in a checkout: pip install -e '.[parquet]')"
        ) from exc
    except Exception as exc:  # pyarrow's own errors, unknown where it is missing
        raise DataError(f"{path} is no Parquet table, or its end is missing.") from exc


_READERS = {".csv": _read_csv, ".jsonl": _read_json_lines, ".parquet": _read_parquet}


def _check_columns(path: Path, rows: pd.DataFrame) -> tuple[str, ...]:
    names = [str(name) for name in rows.columns]
    labels = tuple(n.removeprefix(_SMOOTHED) for n in names if n.startswith(_SMOOTHED))
    missing = [name for name in (*_FRAME, *_FACE, "label", "rejection") if name not in names]
    if not labels:
        missing.append("smoothed_...")
    if missing:
        raise DataError(
            f"{path} is no log of `emoapp video --log`: the columns {', '.join(missing)} are "
            "missing. (A spreadsheet may have saved it in its own way: take the file as it was.)"
        )
    return labels


def _check_cells(path: Path, rows: pd.DataFrame, labels: tuple[str, ...]) -> None:
    """Turn the numbers into numbers, in place."""
    smoothed = [f"{_SMOOTHED}{label}" for label in labels]
    for name in (*_FRAME, *_FACE, *smoothed):
        numbers = pd.to_numeric(rows[name], errors="coerce")
        wrong = (numbers.isna() & rows[name].notna()) | np.isinf(numbers.astype(float))
        if wrong.any():
            bad = rows[wrong].iloc[0]
            raise DataError(f"{path}, line {bad['line']}: {name} is {bad[name]!r}, no number.")
        rows[name] = numbers.astype(float)
    for needed, where in ((_FRAME, True), ((*_FACE, *smoothed), rows["track"].notna())):
        wrong = rows[list(needed)].isna().any(axis=1) & where
        if wrong.any():
            bad = rows[wrong].iloc[0]
            name = next(name for name in needed if pd.isna(bad[name]))
            raise DataError(f"{path}, line {bad['line']}: {name} is empty; the row is not whole.")
    wrong = rows["label"].notna() & ~rows["label"].isin(labels)
    if wrong.any():
        bad = rows[wrong].iloc[0]
        raise DataError(
            f"{path}, line {bad['line']}: the label {bad['label']!r} has no column "
            f"{_SMOOTHED}{bad['label']}."
        )


def _of_one_source(
    path: Path, rows: pd.DataFrame, wanted: str | None
) -> tuple[pd.DataFrame, str | None]:
    # Logs of earlier versions have addresses as they were typed.
    wanted = None if wanted is None else redact_url(wanted)
    if "source" not in rows.columns:
        if wanted is not None:
            raise UsageError(f"{path} does not say which video its rows are from.")
        return rows, None
    rows["source"] = rows["source"].map(lambda one: redact_url(str(one)), na_action="ignore")
    names = list(dict.fromkeys(rows["source"].dropna()))
    if wanted is None and len(names) > 1:
        raise UsageError(f"{path} holds {', '.join(names)}: choose one with --source.")
    if wanted is not None and wanted not in names:
        raise UsageError(f"{path} holds no {wanted}, only {', '.join(names)}.")
    if wanted is None:
        return rows, names[0] if names else None
    return rows[rows["source"] == wanted].reset_index(drop=True), wanted


def _check_order(path: Path, frames: pd.DataFrame) -> None:
    wrong = (frames["time_s"].diff() < 0) | (frames["frame"].diff() <= 0)
    if wrong.any():
        bad = frames[wrong].iloc[0]
        raise DataError(
            f"{path}, line {bad['line']:.0f}: the time runs backwards, from "
            f"{frames['time_s'][bad.name - 1]:.3f} to {bad['time_s']:.3f} s. Are these several "
            "logs in one file?"
        )


def _with_lengths(frames: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    t = frames["time_s"].to_numpy()
    gaps = np.diff(t)
    usual = float(np.median(gaps)) if len(gaps) else ONE_FRAME_S
    lasts = np.append(np.minimum(gaps, max(LONGEST_S, 3 * usual)), usual)
    table = pd.DataFrame({"frame": frames["frame"].astype(int), "t": t, "lasts": lasts})
    return table, round(float(gaps.sum() - lasts[:-1].sum()), 6)
