"""Read labeled face crops: FER-2013's CSV with FER+'s votes, or folders of images."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from emoapp.errors import DataError
from emoapp.training.dataset import Dataset, Progress, held_out, split_name
from emoapp.training.folders import Cut, load_folder, split_folders
from emoapp.training.tables import load_csv, votes_beside

TABLE = "fer2013.csv"

VALIDATION_SHARE = 0.2
"""Share of the training images held out for validation, of folders without a validation split."""

TABLE_VALIDATION_SHARE = 0.1
"""The same of FER-2013's table."""


def load(
    path: str | Path,
    *,
    ferplus: str | Path | None = None,
    skip_bad: bool = False,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> dict[str, Dataset]:
    """Read all splits of a data set.

    Args:
        path: A CSV as Kaggle distributes FER-2013 (`emotion,pixels,Usage`), a zip with one in it,
            or a folder with `train|validation|test/<label>/*.jpg|png` (also below `images/`) or
            just `<label>/*.jpg|png`, which is taken as "train".
        ferplus: FER+'s `fer2013new.csv`; without it, one beside the CSV or inside the zip is used.
        skip_bad: Skip broken rows and files and list them in `Dataset.bad`, instead of raising.
        cut: Crops the face of a photograph, where the images in folders are photographs (see
            `photos.cutter`); None where they are crops already.
        progress: Called with (images done, number of images) for folders.

    Returns:
        "train", "validation", "test" -> its dataset, for the splits that there are.

    Raises:
        DataError: If something is missing or broken; names the file and the row, and what was
            expected.
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
    without_copies: bool = False,
    cut: Cut | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Read the split that `choose_split` chooses; of a folder only this one is read.

    Args:
        path: See `load`.
        wanted: See `choose_split`.
        ferplus: See `load`.
        skip_bad: See `load`.
        without_copies: Leave out copies of training images, of a table.
        cut: See `load`.
        progress: See `load`.

    Returns:
        The split.

    Raises:
        DataError: As `load` and `choose_split` do.
    """
    path = Path(path)
    if is_table(path):
        splits = load(path, ferplus=ferplus, skip_bad=skip_bad)
        dataset = choose_split(splits, wanted)
        return _without_copies(dataset, splits) if without_copies else dataset
    folders = split_folders(path)
    name = chosen_name(folders, wanted)
    if name not in folders:
        raise DataError(f"{path}: there is no split {wanted!r}, only {', '.join(folders)}")
    splits = load_folder(path, folders, skip_bad, cut, progress, only=name)
    return choose_split(splits, name)


def _without_copies(dataset: Dataset, splits: dict[str, Dataset]) -> Dataset:
    """Leave out the images of another split that the training split has copies of."""
    from emoapp.training.copies import copies_of

    training = splits.get("train")
    if training is None or dataset is training:
        return dataset
    copies = copies_of(dataset.images, training.images)
    note = f"left out: {copies.sum()} images of which the training split has copies"
    return replace(dataset.take(~copies), notes=(*dataset.notes, note))


def is_table(path: Path) -> bool:
    """Return whether the data is a CSV (or a folder or zip with one), not folders of images.

    Args:
        path: File or folder of the data.

    Raises:
        DataError: If it does not exist.
    """
    if not path.exists():
        raise DataError(f"{path}: there is no such file or folder")
    return not path.is_dir() or (path / TABLE).exists()


def choose_split(splits: dict[str, Dataset], wanted: str | None) -> Dataset:
    """Choose a split by its name.

    Args:
        splits: Split -> its dataset.
        wanted: Name of the split; None for the validation split, or the only one there is.

    Returns:
        The split.

    Raises:
        DataError: If it is missing or empty.
    """
    name = chosen_name(splits, wanted)
    dataset = splits.get(name)
    if dataset is None or len(dataset) == 0:
        there = ", ".join(name for name, split in splits.items() if len(split)) or "none"
        raise DataError(f"the split {wanted or name!r} has no images; splits with images: {there}")
    return dataset


def chosen_name(splits: Collection[str], wanted: str | None) -> str:
    """Return the name of the split that `choose_split` chooses.

    Args:
        splits: Names of the splits.
        wanted: See `choose_split`.

    Raises:
        DataError: If there is no split of that name.
    """
    if wanted is not None:
        return split_name(wanted)
    return "validation" if "validation" in splits or len(splits) > 1 else next(iter(splits))


@dataclass(frozen=True, slots=True, eq=False)
class TrainingData:
    """The data of a training run.

    Attributes:
        whole: The training split.
        held: bool (N,), which of its images are left out of training; none where there is a
            validation split.
        validation: Chooses the epoch and fits the temperatures.
        test: Used once, for the report; None for none.
        copies: How many images of the training split are used for nothing, as they are copies of
            test images.
    """

    whole: Dataset
    held: np.ndarray
    validation: Dataset
    test: Dataset | None = None
    copies: int = 0

    @property
    def training(self) -> Dataset:
        """The images to train on: the training split without those that are held out."""
        return self.whole.take(~self.held)


def training_data(splits: dict[str, Dataset], *, table: bool) -> TrainingData:
    """Divide a data set into training, validation and test data.

    Of FER-2013's table, 10% of the training split is held out for validation, and PublicTest is
    the test data: models are compared on it, so it must not have chosen them, and what it has
    copies of is left out of the training split. Of folders, the validation split is for
    validation; without one, 20% of the training split is held out.

    Args:
        splits: Split -> its dataset.
        table: Whether the data is FER-2013's table.

    Returns:
        The divided data.

    Raises:
        DataError: If a split that is needed is empty, or the training split has nothing but copies
            of the test data.
    """
    from emoapp.training.copies import copies_of, group_copies, group_identical

    whole = choose_split(splits, "train")
    if table:
        held = held_out(whole, TABLE_VALIDATION_SHARE, group_copies(whole.images))
        test = splits.get("validation")
        if test is None:
            return TrainingData(whole, held, whole.take(held))
        copies = copies_of(whole.images, test.images)
        if copies.all():
            raise DataError("all images of the training split are copies of test images")
        validation = whole.take(held & ~copies)
        return TrainingData(whole, held | copies, validation, test, int(copies.sum()))
    if "validation" in splits:
        nothing = np.zeros(len(whole), bool)
        return TrainingData(whole, nothing, choose_split(splits, "validation"))
    held = held_out(whole, VALIDATION_SHARE, group_identical(whole.images))
    return TrainingData(whole, held, whole.take(held))
