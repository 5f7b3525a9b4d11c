"""Read the rows of a log from CSV, JSON lines or Parquet."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
from packaging.version import Version

from emoapp.errors import DataError, UsageError
from emoapp.report.lines import is_json, whole_lines
from emoapp.utils.escape import csv_text

_TEXT_COLUMNS = ("source", "label", "rejection", "doubt", "profile")

# A custom label may end like the name of a date: smoothed_look_at. From pandas 3.1 on, dtype=False
# turns dates off too, and convert_dates is deprecated.
_NO_DATE_OPTIONS = {"convert_dates": False} if Version(pd.__version__) < Version("3.1") else {}


def read_rows(path: Path) -> tuple[pd.DataFrame, int]:
    """Read all rows of a log in the format that its suffix names.

    Args:
        path: File that ends with .csv, .jsonl or .parquet.

    Returns:
        The rows, with a column "line" (each row's line in the file), and the number of lines at the
        end that were cut off and are left out.

    Raises:
        DataError: The file cannot be read or is damaged.
        UsageError: The suffix is unknown, or pyarrow is missing for Parquet.
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
    first_line = 2 if reader is _read_csv else 1
    return rows.assign(line=np.arange(len(rows)) + first_line), left_out


def _read_csv(path: Path) -> tuple[pd.DataFrame, int]:
    data, left_out = whole_lines(path.read_bytes())
    try:
        rows = pd.read_csv(
            io.BytesIO(data),
            dtype=dict.fromkeys(_TEXT_COLUMNS, object),
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
    for name in set(_TEXT_COLUMNS) & set(rows.columns):
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
            **_NO_DATE_OPTIONS,
        )
    except ValueError as exc:
        bad = next((n for n, line in enumerate(lines, 1) if not is_json(line)), 1)
        raise DataError(f"{path}, line {bad}: this is no JSON object.") from exc
    return rows, left_out


def _read_parquet(path: Path) -> tuple[pd.DataFrame, int]:
    path.open("rb").close()  # raises an OSError where pyarrow has errors of its own
    try:
        return pd.read_parquet(path), 0
    except ImportError as exc:
        raise UsageError(
            f"{path} needs pyarrow: pip install 'emoapp[parquet]' "
            "(in a checkout: pip install -e '.[parquet]')"
        ) from exc
    except Exception as exc:  # pyarrow's own errors, which cannot be imported without it
        raise DataError(f"{path} is no Parquet table, or its end is missing.") from exc


_READERS = {".csv": _read_csv, ".jsonl": _read_json_lines, ".parquet": _read_parquet}
