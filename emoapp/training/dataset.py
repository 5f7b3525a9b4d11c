"""Labeled face crops, and the meaning of FER+'s votes for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from emoapp.errors import DataError
from emoapp.labels import FERPLUS

SIZE = 48
"""Side of a crop, pixels."""

HELD_OUT_SEED = 1
SUBSET_SEED = 2
SPLITS = ("train", "validation", "test")
SPLIT_OF_USAGE = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}

Progress = Callable[[int, int], None]
"""Called with (images done, number of images)."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Labeled crops of one split.

    Attributes:
        images: uint8 (N, 48, 48), gray.
        labels: int64 (N,), index in `names`.
        names: Names of the labels.
        votes: float32 (N, 10), how many of FER+'s taggers chose each of the eight expressions
            (order of `labels.FERPLUS`), "unknown" and "not a face"; None without FER+.
        bad: What was skipped, one line each.
        missed: bool (N,), True for photographs in which no face was found: their crops are black.
            None where the images were crops to begin with.
        notes: What else the user should know about the images, one line each.
    """

    images: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    votes: np.ndarray | None = None
    bad: tuple[str, ...] = field(default=())
    missed: np.ndarray | None = None
    notes: tuple[str, ...] = field(default=())

    def __len__(self) -> int:
        return len(self.images)

    def take(self, rows: np.ndarray) -> Dataset:
        """Return the dataset of some rows.

        Args:
            rows: Indices, int (M,), or a mask, bool (N,).
        """
        votes, missed = (
            None if values is None else values[rows] for values in (self.votes, self.missed)
        )
        images, labels = self.images[rows], self.labels[rows]
        return replace(self, images=images, labels=labels, votes=votes, missed=missed)

    def with_face(self) -> Dataset:
        """Return the images in which a face was found; all of them if they were crops."""
        return self if self.missed is None else self.take(~self.missed)


def split_name(split: str) -> str:
    """Return the name used here for a split, such as "validation" for "PublicTest".

    Args:
        split: A name of `SPLITS`, or FER-2013's name for it.

    Raises:
        DataError: If there is no such split.
    """
    name = SPLIT_OF_USAGE.get(split, split)
    if name not in SPLITS:
        known = ", ".join((*SPLIT_OF_USAGE, *SPLITS))
        raise DataError(f"there is no split {split!r}; known are {known}")
    return name


def report_bad(bad: list[str], skip_bad: bool, message: str) -> None:
    """Report a broken entry of the data.

    Args:
        bad: Gets the message where broken entries are skipped.
        skip_bad: Skip broken entries instead of raising.
        message: What is broken, and where.

    Raises:
        DataError: With the message, unless `skip_bad`.
    """
    if not skip_bad:
        raise DataError(f"{message}; --skip-bad leaves such entries out and lists them")
    bad.append(message)


def held_out(dataset: Dataset, share: float, groups: np.ndarray) -> np.ndarray:
    """Choose `share` of each class for validation, always the same images of the same dataset.

    Args:
        dataset: The training split.
        share: Share of each class's groups to hold out, 0 to 1.
        groups: int (N,), the same number for images that must stay together (see `copies`). A
            class with a single group is not held out.

    Returns:
        bool (N,), True where an image is held out.
    """
    _, first = np.unique(groups, return_index=True)
    rng = np.random.default_rng(HELD_OUT_SEED)
    chosen = [np.empty(0, groups.dtype)]  # every class may be a single image
    for label in range(len(dataset.names)):
        of_label = rng.permutation(groups[first[dataset.labels[first] == label]])
        if len(of_label) > 1:
            chosen.append(of_label[: max(1, round(share * len(of_label)))])
    return np.isin(groups, np.concatenate(chosen))


def subset_mask(dataset: Dataset, share: float) -> np.ndarray:
    """Choose `share` of each class to train on, always the same images of the same dataset.

    The images of a smaller share are among those of a larger one.

    Args:
        dataset: The training images.
        share: Share of each class to choose, above 0 and at most 1; at least one image is chosen.

    Returns:
        bool (N,), True where an image is chosen.

    Raises:
        ValueError: If the share is out of range.
    """
    if not 0 < share <= 1:
        raise ValueError(f"share: expected more than 0 and at most 1, got {share:g}")
    rng = np.random.default_rng(SUBSET_SEED)
    chosen = np.zeros(len(dataset), bool)
    for label in range(len(dataset.names)):
        of_label = rng.permutation(np.flatnonzero(dataset.labels == label))
        chosen[of_label[: max(1, round(share * len(of_label)))]] = True
    return chosen


def subset(dataset: Dataset, share: float) -> Dataset:
    """Return the images that `subset_mask` chooses, to compare settings at a lower cost.

    Args:
        dataset: The training images.
        share: Share of each class to keep, above 0 and at most 1.

    Returns:
        The chosen images in their order; the dataset itself for a share of 1.

    Raises:
        ValueError: If the share is out of range.
    """
    chosen = subset_mask(dataset, share)
    return dataset if share == 1 else dataset.take(chosen)


def ferplus_majority(votes: np.ndarray) -> np.ndarray:
    """Return FER+'s majority labels by the protocol of Barsoum et al. 2016.

    Single votes are dropped. An image counts if its first label then has more than half of the
    remaining votes ("unknown" and "not a face" counted) and is one of the eight expressions.

    Args:
        votes: float32 (N, 10), see `Dataset.votes`.

    Returns:
        int64 (N,), index in `labels.FERPLUS`, or -1 for an image that does not count.
    """
    kept = np.where(votes > 1, votes, 0)
    first = kept.argmax(axis=1)
    agreed = kept.max(axis=1) > 0.5 * kept.sum(axis=1)
    return np.where(agreed & (first < len(FERPLUS)), first, -1)


def ferplus_among(labels: tuple[str, ...], votes: np.ndarray) -> np.ndarray:
    """Return FER+'s majority labels as indices in another tuple of labels.

    Args:
        labels: K names.
        votes: float32 (N, 10), see `Dataset.votes`.

    Returns:
        int64 (N,), index in `labels`; -1 for an image that does not count (see
        `ferplus_majority`) or whose label is not among them.
    """
    place = [labels.index(label) if label in labels else -1 for label in FERPLUS]
    return np.array([*place, -1])[ferplus_majority(votes)]


def ferplus_shares(votes: np.ndarray) -> np.ndarray:
    """Return each expression's share of the votes, single votes dropped.

    Args:
        votes: float32 (N, 10), see `Dataset.votes`.

    Returns:
        float32 (N, 8). Rows sum to 1, or to 0 where no expression has two votes: nothing can be
        learned from such an image.
    """
    kept = np.where(votes > 1, votes, 0)[:, : len(FERPLUS)]
    return (kept / np.maximum(kept.sum(axis=1, keepdims=True), 1)).astype(np.float32)
