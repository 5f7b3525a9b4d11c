"""Read labeled images from folders: crops of faces, or photographs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from emoapp.errors import DataError, SourceError
from emoapp.labels import CONTEMPT, EMOTIONS, canonical_label
from emoapp.sources.images import list_images
from emoapp.sources.still import read_image
from emoapp.training.dataset import SIZE, SPLITS, Dataset, Progress, report_bad

MAX_CROP_SIDE = 256
"""Images with longer sides are taken for photographs: nobody keeps crops that large."""

KNOWN_LABELS = (*EMOTIONS, CONTEMPT)

Cut = Callable[[np.ndarray], "np.ndarray | None"]
"""Photograph, uint8 (H, W, 3) BGR -> its largest face as uint8 (48, 48), or None without one."""


def split_folders(path: Path) -> dict[str, Path]:
    """Find the folder of each split.

    Args:
        path: Folder of the data; the splits may also lie below its `images/`.

    Returns:
        Split -> folder with a folder for each label; without splits, all is "train".
    """
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
    """Read the splits of a folder; see `data.load`.

    Args:
        path: Folder of the data, for messages.
        folders: What `split_folders` found there.
        skip_bad: Skip files that can't be read instead of raising.
        cut: Crops the face of a photograph; None where the images are crops.
        progress: Called with (images done, number of images).
        only: Read this split alone; None for all of them. The labels are those of all splits.

    Returns:
        Split -> its dataset.

    Raises:
        DataError: If there are no images, or one can't be read.
    """
    files = {split: _labeled_files(folder) for split, folder in folders.items()}
    found = {label for labeled in files.values() for label, _ in labeled}
    if not found:
        raise DataError(
            f"{path}: expected pictures as <label>/*.jpg or *.png, "
            "or below train/, validation/, test/; found none"
        )
    names = label_order(found)
    wanted = {split: files[split] for split in files if only in (None, split)}
    count, done = sum(map(len, wanted.values())), 0

    def advance() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, count)

    return {
        split: _read_files(labeled, names, skip_bad, cut, advance)
        for split, labeled in wanted.items()
    }


def label_order(found: set[str]) -> tuple[str, ...]:
    """Sort labels: the known expressions in FER-2013's order, then the others alphabetically."""
    return (
        *(name for name in KNOWN_LABELS if name in found),
        *sorted(found.difference(KNOWN_LABELS)),
    )


def _labeled_files(folder: Path) -> list[tuple[str, Path]]:
    return [
        (label_name(label.name), Path(file))
        for label in sorted(folder.iterdir())
        if label.is_dir() and not label.name.startswith(".")
        for file in _images_in(label)
    ]


def label_name(folder: str) -> str:
    """Return the label of a folder, such as "happy" for "Happy" or "happiness".

    Args:
        folder: Name of the folder.

    Returns:
        The canonical name of a known expression; any other name unchanged.
    """
    name = canonical_label(folder)
    return name if name in KNOWN_LABELS else folder


def _images_in(folder: Path) -> list[str]:
    try:
        return list_images(folder)
    except SourceError:
        return []  # a label without images


@dataclass(slots=True)
class _Rows:
    """Images of one split as they are read."""

    images: list[np.ndarray] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    missed: list[bool] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def append(self, crop: np.ndarray | None, label: int, file: Path) -> None:
        """Add a crop; None for a photograph without a face."""
        if crop is None:
            self.notes.append(f"{file}: no face found")
        self.missed.append(crop is None)
        self.images.append(np.zeros((SIZE, SIZE), np.uint8) if crop is None else crop)
        self.labels.append(label)


def _read_files(
    labeled: list[tuple[str, Path]],
    names: tuple[str, ...],
    skip_bad: bool,
    cut: Cut | None,
    advance: Callable[[], None],
) -> Dataset:
    rows, bad, large = _Rows(), list[str](), 0
    for label, file in labeled:
        advance()
        try:
            image = read_image(file)
        except SourceError:
            report_bad(bad, skip_bad, f"{file}: expected a picture that can be read")
            continue
        large += max(image.shape) > MAX_CROP_SIDE
        rows.append(_as_crop(image) if cut is None else cut(image), names.index(label), file)
    count = len(rows.images)
    if cut is None and large > count / 2:
        rows.notes.append(
            f"{large} of {count} pictures are larger than crops of faces usually are; if "
            "they are photographs, --photos finds the faces in them"
        )
    return Dataset(
        images=np.stack(rows.images) if rows.images else np.empty((0, SIZE, SIZE), np.uint8),
        labels=np.array(rows.labels, np.int64),
        names=names,
        bad=tuple(bad),
        missed=None if cut is None else np.array(rows.missed, bool),
        notes=tuple(rows.notes),
    )


def _as_crop(image: np.ndarray) -> np.ndarray:
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if gray.shape != (SIZE, SIZE):
        gray = cv2.resize(gray, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return gray
