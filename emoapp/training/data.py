"""Reading labelled face crops: FER-2013's CSV with FER+'s votes, or folders of pictures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emoapp.errors import DataError
from emoapp.training.dataset import Dataset, Progress, held_out, split_name
from emoapp.training.folders import Cut, load_folder, split_folders
from emoapp.training.tables import load_csv, votes_beside

TABLE = "fer2013.csv"
HELD_OUT, HELD_OUT_OF_TABLE = 0.2, 0.1
"""Share of the training images to choose by: of folders without a validation split; of FER-2013."""


def load(
    path: str | Path,
    *,
    ferplus: str | Path | None = None,
    skip_bad: bool = False,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> dict[str, Dataset]:
    """All splits that `path` has: "train", "validation", "test" -> Dataset.

    path: a CSV as Kaggle gives FER-2013 (`emotion,pixels,Usage`), a zip with one in it, or a
        folder with `train|validation|test/<label>/*.jpg|png` (also below `images/`) or just
        `<label>/*.jpg|png`, which is taken as "train".
    ferplus: FER+'s `fer2013new.csv`; without it, one beside the CSV or inside the zip is used.
    skip_bad: leave broken rows and files out and list them in `bad`, instead of raising.
    cut: the pictures in folders are photographs, of which this cuts out the face
        (`photos.cutter`); without it they are crops already.
    progress: called with (pictures done, pictures in all) for folders.

    Raises DataError, naming the file and the row, and saying what was expected.
    """
    path = Path(path)
    if not is_table(path):
        return load_folder(path, split_folders(path), skip_bad, cut, progress)
    if path.is_dir():
        path = path / TABLE
    if ferplus is not None and not Path(ferplus).exists():
        raise DataError(f"{ferplus}: there is no such file")
    return load_csv(path, Path(ferplus) if ferplus is not None else votes_beside(path), skip_bad)


def load_split(
    path: str | Path,
    wanted: str | None,
    *,
    ferplus: str | Path | None = None,
    skip_bad: bool = False,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """The split that `choose_split` chooses; of a folder only this one is read. See `load`."""
    path = Path(path)
    if is_table(path):
        return choose_split(load(path, ferplus=ferplus, skip_bad=skip_bad), wanted)
    folders = split_folders(path)
    name = chosen_name(folders, wanted)
    if name not in folders:
        raise DataError(f"{path}: there is no split {wanted!r}, only {', '.join(folders)}")
    splits = load_folder(path, folders, skip_bad, cut, progress, only=name)
    return choose_split(splits, name)


def is_table(path: Path) -> bool:
    """Whether the data is a CSV (or has one in it), and not folders of pictures.

    Raises DataError where there is nothing.
    """
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder")
    return not path.is_dir() or (path / TABLE).exists()


def choose_split(splits: dict[str, Dataset], wanted: str | None) -> Dataset:
    """The split of that name; without a name the validation split, or the only one there is.

    Raises DataError where it is missing or empty.
    """
    name = chosen_name(splits, wanted)
    dataset = splits.get(name)
    if dataset is None or len(dataset) == 0:
        there = ", ".join(name for name, split in splits.items() if len(split)) or "none"
        raise DataError(f"the split {wanted or name!r} has no images; splits with images: {there}")
    return dataset


def chosen_name(splits: Collection[str], wanted: str | None) -> str:
    """What `choose_split` takes of these: the name that is used here."""
    if wanted is not None:
        return split_name(wanted)
    return "validation" if "validation" in splits or len(splits) > 1 else next(iter(splits))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """What a network is trained on, chosen by, and reported on.

    whole: the training split.
    held: bool (N,), which of it is left out of training; none where there is a validation split.
    validation: chooses the epoch and fits the temperatures.
    test: is looked at once, for the report; None for none.
    """

    whole: Dataset
    held: np.ndarray
    validation: Dataset
    test: Dataset | None = None

    @property
    def training(self) -> Dataset:
        return self.whole.take(~self.held)


def training_data(splits: dict[str, Dataset], *, table: bool) -> TrainingData:
    """Choose what to train on, what to choose by, and what to report on.

    table: the data is FER-2013's table, of which a tenth of the training split chooses and
        PublicTest reports: models are compared by it, so it must not have chosen them. Of folders
        the validation split chooses; without one, a fifth of the training split.
    """
    whole = choose_split(splits, "train")
    if table:
        held = held_out(whole, HELD_OUT_OF_TABLE)
        return TrainingData(whole, held, whole.take(held), test=splits.get("validation"))
    if "validation" in splits:
        nothing = np.zeros(len(whole), bool)
        return TrainingData(whole, nothing, choose_split(splits, "validation"))
    held = held_out(whole, HELD_OUT)
    return TrainingData(whole, held, whole.take(held))
