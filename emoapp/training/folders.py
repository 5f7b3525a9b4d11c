"""Reading labelled pictures from folders, crops of faces or photographs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from emoapp.errors import DataError, SourceError
from emoapp.labels import CONTEMPT, EMOTIONS
from emoapp.sources.images import list_images
from emoapp.sources.still import read_image
from emoapp.training.dataset import SIZE, SPLITS, Dataset, Progress, report_bad

LARGEST_CROP = 256
"""Pictures with longer sides are taken for photographs: nobody keeps crops so large."""

SYNONYMS = {
    **{"anger": "angry", "happiness": "happy", "sadness": "sad", "disgusted": "disgust"},
    **{"fearful": "fear", "surprised": "surprise", "afraid": "fear", "scared": "fear"},
    **{"joy": "happy", "calm": "neutral"},
}
"""Folder names that other collections use -> the names used here."""

Cut = Callable[[np.ndarray], "np.ndarray | None"]
"""A photograph, uint8 (H, W, 3) BGR -> its largest face as uint8 (48, 48), or None without one."""


def split_folders(path: Path) -> dict[str, Path]:
    """Split -> the folder of its labels; without splits, all is "train"."""
    root = path / "images" if (path / "images").is_dir() else path
    folders = {split: root / split for split in SPLITS if (root / split).is_dir()}
    return folders or {"train": root}


def load_folder(
    path: Path,
    folders: dict[str, Path],
    skip_bad: bool,
    cut: Cut | None,
    progress: Progress | None,
    *,
    only: str | None = None,
) -> dict[str, Dataset]:
    """The splits of a folder, or `only` one of them; see `data.load`."""
    files = {split: _labelled_files(folder) for split, folder in folders.items()}
    found = {label for labelled in files.values() for label, _ in labelled}
    if not found:
        raise DataError(
            f"{path}: expected pictures as <label>/*.jpg or *.png, "
            "or below train/, validation/, test/; found none"
        )
    names = label_order(found)
    wanted = {split: files[split] for split in files if only in (None, split)}
    count, done = sum(map(len, wanted.values())), 0

    def one_more() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, count)

    return {
        split: _read_files(labelled, names, skip_bad, cut, one_more)
        for split, labelled in wanted.items()
    }


def label_order(found: set[str]) -> tuple[str, ...]:
    """The known expressions in FER-2013's order, then the others from a to z."""
    known = (*EMOTIONS, CONTEMPT)
    return (*(name for name in known if name in found), *sorted(found.difference(known)))


def _labelled_files(folder: Path) -> list[tuple[str, Path]]:
    return [
        (label_name(label.name), Path(file))
        for label in sorted(folder.iterdir())
        if label.is_dir() and not label.name.startswith(".")
        for file in _pictures(label)
    ]


def label_name(folder: str) -> str:
    """ "Happy", "happiness" -> "happy"; a name of no known expression stays as it is."""
    name = folder.strip().lower()
    name = SYNONYMS.get(name, name)
    return name if name in (*EMOTIONS, CONTEMPT) else folder


def _pictures(folder: Path) -> list[str]:
    try:
        return list_images(folder)
    except SourceError:
        return []  # a label without pictures


def _read_files(
    labelled: list[tuple[str, Path]],
    names: tuple[str, ...],
    skip_bad: bool,
    cut: Cut | None,
    one_more: Callable[[], None],
) -> Dataset:
    images, labels, missed, bad, notes = [], [], [], [], []
    large = 0
    for label, file in labelled:
        one_more()
        try:
            image = read_image(file)
        except SourceError:
            report_bad(bad, skip_bad, f"{file}: expected a picture that can be read")
            continue
        crop = _as_crop(image) if cut is None else cut(image)
        large += max(image.shape) > LARGEST_CROP
        missed.append(crop is None)
        if crop is None:
            notes.append(f"{file}: no face found")
        images.append(np.zeros((SIZE, SIZE), np.uint8) if crop is None else crop)
        labels.append(names.index(label))
    if cut is None and large > len(images) / 2:
        notes.append(
            f"{large} of {len(images)} pictures are larger than crops of faces usually are; if "
            "they are photographs, --photos finds the faces in them"
        )
    return Dataset(
        images=np.stack(images) if images else np.empty((0, SIZE, SIZE), np.uint8),
        labels=np.array(labels, np.int64),
        names=names,
        bad=tuple(bad),
        missed=None if cut is None else np.array(missed, bool),
        notes=tuple(notes),
    )


def _as_crop(image: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if grey.shape != (SIZE, SIZE):
        grey = cv2.resize(grey, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return grey
