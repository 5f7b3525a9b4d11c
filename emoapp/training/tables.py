"""Read FER-2013 and FER+ from the CSV files that they are published in."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from emoapp.errors import DataError
from emoapp.labels import EMOTIONS
from emoapp.training.dataset import SIZE, SPLIT_OF_USAGE, SPLITS, Dataset, report_bad

FERPLUS_FILE = "fer2013new.csv"
FERPLUS_COLUMNS = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    *("unknown", "NF"),
)

Row = tuple[np.ndarray, int, int]
"""(image uint8 (48, 48), label, index in the file)."""


@contextmanager
def _open_text(path: Path, member: str | None = None) -> Iterator[TextIO]:
    """Open a CSV, or the CSV called `member` in a zip, and say what was expected if it is none."""
    try:
        with _open_table(path, member) as text:
            yield text
    except (UnicodeDecodeError, csv.Error) as exc:
        raise DataError(
            f"{path}: expected a CSV file in UTF-8, a zip with one, or a folder of pictures ({exc})"
        ) from exc


@contextmanager
def _open_table(path: Path, member: str | None) -> Iterator[TextIO]:
    """Open a CSV, or the CSV called `member` (by default the largest) in a zip."""
    if path.suffix.lower() != ".zip":
        with path.open(newline="", encoding="utf-8") as text:
            yield text
        return
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as exc:
        raise DataError(f"{path}: not a readable zip file ({exc})") from exc
    with archive:
        tables = [info for info in archive.infolist() if info.filename.lower().endswith(".csv")]
        if member is not None:
            tables = [info for info in tables if Path(info.filename).name == member]
        if not tables:
            raise DataError(f"{path}: expected a CSV file in this zip, found none")
        largest = max(tables, key=lambda info: info.file_size)
        with archive.open(largest) as raw, io.TextIOWrapper(raw, "utf-8", newline="") as text:
            yield text


def votes_beside(path: Path) -> Path | None:
    """Find FER+'s votes in the same zip or the same folder as FER-2013.

    Args:
        path: FER-2013's CSV, or a zip with it.

    Returns:
        The file, or the zip that has it inside; None where there is none.
    """
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(Path(name).name == FERPLUS_FILE for name in archive.namelist()):
                return path
    beside = path.with_name(FERPLUS_FILE)
    return beside if beside.exists() else None


def load_csv(path: Path, votes_path: Path | None, skip_bad: bool) -> dict[str, Dataset]:
    """Read the splits of FER-2013's CSV; see `data.load`.

    Args:
        path: The CSV, or a zip with it.
        votes_path: FER+'s CSV, or a zip with it; None for no votes.
        skip_bad: Skip broken rows instead of raising.

    Returns:
        Split -> its dataset, for the splits that have images.

    Raises:
        DataError: If a file is broken, or the two do not have the same number of rows.
    """
    votes = None if votes_path is None else _read_votes(votes_path)
    rows, bad, count = _read_rows(path, skip_bad)
    if votes is not None and len(votes) != count:
        raise DataError(
            f"{votes_path}: has {len(votes)} rows and {path} has {count}; "
            "the votes must belong to the same images, row for row"
        )
    return {
        split: Dataset(
            images=np.stack([image for image, _, _ in found]),
            labels=np.array([label for _, label, _ in found]),
            names=EMOTIONS,
            votes=None if votes is None else votes[[index for _, _, index in found]],
            bad=tuple(bad),
        )
        for split, found in rows.items()
        if found
    }


def _read_rows(path: Path, skip_bad: bool) -> tuple[dict[str, list[Row]], list[str], int]:
    """Return the rows of each split, messages about the skipped ones, and their number in all."""
    rows: dict[str, list[Row]] = {name: [] for name in SPLITS}
    bad: list[str] = []
    count = 0
    with _open_text(path) as text:
        reader = csv.reader(text)
        header = next(reader, None)
        if header is None or [name.strip() for name in header] != ["emotion", "pixels", "Usage"]:
            found = ",".join(header or [])
            raise DataError(f"{path}: expected the header emotion,pixels,Usage; found {found!r}")
        for count, row in enumerate(reader, start=1):
            try:
                image, label, split = _parse_row(row)
            except ValueError as exc:
                report_bad(bad, skip_bad, f"{path}, row {count}: {exc}")
                continue
            rows[split].append((image, label, count - 1))
    return rows, bad, count


def _parse_row(row: list[str]) -> tuple[np.ndarray, int, str]:
    if len(row) != 3:
        raise ValueError(f"expected 3 columns, found {len(row)}")
    emotion, pixels, usage = row
    if not emotion.isdigit() or int(emotion) >= len(EMOTIONS):
        raise ValueError(f"expected an emotion from 0 to {len(EMOTIONS) - 1}, found {emotion!r}")
    try:
        values = np.array(pixels.split(), dtype=np.int64)
    except ValueError:
        raise ValueError("expected pixels as whole numbers with spaces between them") from None
    if values.size != SIZE * SIZE:
        raise ValueError(f"expected {SIZE * SIZE} pixels, found {values.size}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("expected pixels from 0 to 255")
    if usage not in SPLIT_OF_USAGE:
        raise ValueError(f"expected one of {', '.join(SPLIT_OF_USAGE)}, found {usage!r}")
    return values.astype(np.uint8).reshape(SIZE, SIZE), int(emotion), SPLIT_OF_USAGE[usage]


def _read_votes(path: Path) -> np.ndarray:
    votes = []
    with _open_text(path, FERPLUS_FILE) as text:
        reader = csv.DictReader(text)
        missing = [name for name in FERPLUS_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise DataError(f"{path}: expected FER+'s columns, missing are {', '.join(missing)}")
        for number, row in enumerate(reader, start=1):
            try:
                votes.append([int(row[name]) for name in FERPLUS_COLUMNS])
            except (TypeError, ValueError):
                raise DataError(f"{path}, row {number}: expected a number in each column") from None
    return np.array(votes, np.float32)
