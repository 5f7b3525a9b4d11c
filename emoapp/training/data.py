"""Reading labelled face crops: FER-2013's CSV with FER+'s votes, or folders of pictures."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import cv2
import numpy as np
from imutils import paths as image_paths

from emoapp.errors import DataError
from emoapp.labels import EMOTIONS, FERPLUS

SIZE = 48
SPLITS = ("train", "validation", "test")
SPLIT_OF_USAGE = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}
FERPLUS_COLUMNS = (
    *("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    *("unknown", "NF"),
)
HELD_OUT = 0.2
"""Share of the training images to choose by where there is no validation split."""

SYNONYMS = {
    **{"anger": "angry", "happiness": "happy", "sadness": "sad", "disgusted": "disgust"},
    **{"fearful": "fear", "surprised": "surprise", "afraid": "fear"},
}
"""Folder names that other collections use -> the names used here."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The labelled crops of one split.

    images: uint8 (N, 48, 48), grey.
    labels: int64 (N,), index in `names`.
    names: the labels' names.
    votes: float32 (N, 10), how many of FER+'s taggers chose each of the eight expressions
        (order of `labels.FERPLUS`), "unknown" and "not a face"; None without FER+.
    bad: what was skipped, one line each.
    """

    images: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    votes: np.ndarray | None = None
    bad: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: np.ndarray) -> Dataset:
        """The dataset of these rows (indices or a mask)."""
        votes = None if self.votes is None else self.votes[rows]
        return Dataset(self.images[rows], self.labels[rows], self.names, votes, self.bad)


def split_name(split: str) -> str:
    """ "PublicTest" or "validation" -> "validation"; DataError for an unknown split."""
    name = SPLIT_OF_USAGE.get(split, split)
    if name not in SPLITS:
        known = ", ".join((*SPLIT_OF_USAGE, *SPLITS))
        raise DataError(f"there is no split {split!r}; known are {known}")
    return name


def load(
    path: str | Path, *, ferplus: str | Path | None = None, skip_bad: bool = False
) -> dict[str, Dataset]:
    """All splits that `path` has: "train", "validation", "test" -> Dataset.

    path: a CSV as Kaggle gives FER-2013 (`emotion,pixels,Usage`), a zip with one in it, or a
        folder with `train|validation|test/<label>/*.jpg|png` (also below `images/`) or just
        `<label>/*.jpg|png`, which is taken as "train".
    ferplus: FER+'s `fer2013new.csv`; without it, one beside the CSV or inside the zip is used.
    skip_bad: leave broken rows and files out and list them in `bad`, instead of raising.

    Raises DataError, naming the file and the row, and saying what was expected.
    """
    path = Path(path)
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder")
    if path.is_dir():
        csv_file = path / "fer2013.csv"
        if not csv_file.exists():
            return _load_folder(path, skip_bad)
        path = csv_file
    if ferplus is not None and not Path(ferplus).exists():
        raise DataError(f"{ferplus}: there is no such file")
    return _load_csv(path, Path(ferplus) if ferplus is not None else _votes_beside(path), skip_bad)


# --- FER-2013 and FER+ as CSV ---------------------------------------------------------------


@contextmanager
def _open_text(path: Path, member: str | None = None) -> Iterator[TextIO]:
    """The text of a CSV, or of the CSV called `member` (by default the largest) in a zip."""
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


def _votes_beside(path: Path) -> Path | None:
    """Where FER+'s votes lie if nobody said: in the same zip, or in the same folder."""
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(Path(name).name == "fer2013new.csv" for name in archive.namelist()):
                return path
    beside = path.with_name("fer2013new.csv")
    return beside if beside.exists() else None


def _load_csv(path: Path, votes_path: Path | None, skip_bad: bool) -> dict[str, Dataset]:
    votes = None if votes_path is None else _read_votes(votes_path)
    rows: dict[str, list[tuple[np.ndarray, int, int]]] = {name: [] for name in SPLITS}
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
                _report_bad(bad, skip_bad, f"{path}, row {count}: {exc}")
                continue
            rows[split].append((image, label, count - 1))
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
    with _open_text(path, "fer2013new.csv") as text:
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


# --- folders of pictures --------------------------------------------------------------------


def _load_folder(path: Path, skip_bad: bool) -> dict[str, Dataset]:
    root = path / "images" if (path / "images").is_dir() else path
    folders = {split: root / split for split in SPLITS if (root / split).is_dir()}
    folders = folders or {"train": root}
    files = {split: _labelled_files(folder) for split, folder in folders.items()}
    found = {label for labelled in files.values() for label, _ in labelled}
    if not found:
        raise DataError(
            f"{path}: expected pictures as <label>/*.jpg or *.png, "
            "or below train/, validation/, test/; found none"
        )
    names = label_order(found)
    return {split: _read_files(labelled, names, skip_bad) for split, labelled in files.items()}


def label_order(found: set[str]) -> tuple[str, ...]:
    """The known expressions in FER-2013's order, then the others from a to z."""
    known = (*EMOTIONS, "contempt")
    return (*(name for name in known if name in found), *sorted(found.difference(known)))


def _labelled_files(folder: Path) -> list[tuple[str, Path]]:
    return [
        (SYNONYMS.get(label.name.lower(), label.name), Path(file))
        for label in sorted(folder.iterdir())
        if label.is_dir()
        for file in sorted(image_paths.list_images(str(label)))
    ]


def _read_files(
    labelled: list[tuple[str, Path]], names: tuple[str, ...], skip_bad: bool
) -> Dataset:
    images, labels, bad = [], [], []
    for label, file in labelled:
        image = cv2.imread(str(file), cv2.IMREAD_GRAYSCALE)
        if image is None:
            _report_bad(bad, skip_bad, f"{file}: expected a picture that OpenCV can read")
            continue
        if image.shape != (SIZE, SIZE):
            image = cv2.resize(image, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        images.append(image)
        labels.append(names.index(label))
    stacked = np.stack(images) if images else np.empty((0, SIZE, SIZE), np.uint8)
    return Dataset(stacked, np.array(labels, np.int64), names, bad=tuple(bad))


def _report_bad(bad: list[str], skip_bad: bool, message: str) -> None:
    if not skip_bad:
        raise DataError(f"{message}; --skip-bad leaves such entries out and lists them")
    bad.append(message)


# --- what the labels mean -------------------------------------------------------------------


def choose_split(splits: dict[str, Dataset], wanted: str | None) -> Dataset:
    """The split of that name; without a name the validation split, or the only one there is.

    Raises DataError where it is missing or empty.
    """
    if wanted is None:
        wanted = "validation" if "validation" in splits or len(splits) > 1 else next(iter(splits))
    dataset = splits.get(split_name(wanted))
    if dataset is None or len(dataset) == 0:
        there = ", ".join(name for name, split in splits.items() if len(split)) or "none"
        raise DataError(f"the split {wanted!r} has no images; splits with images: {there}")
    return dataset


def training_and_validation(splits: dict[str, Dataset], seed: int) -> tuple[Dataset, Dataset]:
    """The split to train on and the one to choose by; a fifth is held out where there is none.

    The test split is never used here.
    """
    training = choose_split(splits, "train")
    if "validation" in splits:
        return training, choose_split(splits, "validation")
    return hold_out(training, HELD_OUT, seed)


def hold_out(dataset: Dataset, share: float, seed: int) -> tuple[Dataset, Dataset]:
    """Split off `share` of each class at random: (the rest, what was split off)."""
    rng = np.random.default_rng(seed)
    held = np.zeros(len(dataset), bool)
    for label in range(len(dataset.names)):
        rows = np.flatnonzero(dataset.labels == label)
        held[rng.permutation(rows)[: max(1, round(share * len(rows)))]] = len(rows) > 1
    return dataset.take(~held), dataset.take(held)


def ferplus_majority(votes: np.ndarray) -> np.ndarray:
    """FER+'s majority label by the protocol of Barsoum et al. 2016.

    votes: float32 (N, 10). Single votes are dropped; an image counts if its first label then has
    more than half of the remaining votes ("unknown" and "not a face" counted) and is one of the
    eight expressions.

    Returns int64 (N,): index in `labels.FERPLUS`, or -1 for an image that does not count.
    """
    kept = np.where(votes > 1, votes, 0)
    first = kept.argmax(axis=1)
    agreed = kept.max(axis=1) > 0.5 * kept.sum(axis=1)
    return np.where(agreed & (first < len(FERPLUS)), first, -1)


def ferplus_shares(votes: np.ndarray) -> np.ndarray:
    """Each expression's share of the votes: float32 (N, 8), single votes dropped.

    Rows sum to 1, or to 0 where no expression has two votes: such an image teaches nothing.
    """
    kept = np.where(votes > 1, votes, 0)[:, : len(FERPLUS)]
    return (kept / np.maximum(kept.sum(axis=1, keepdims=True), 1)).astype(np.float32)
