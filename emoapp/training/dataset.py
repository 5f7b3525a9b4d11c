"""Labelled face crops, and what FER+'s votes for them mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from emoapp.errors import DataError
from emoapp.labels import FERPLUS

SIZE = 48
HELD_OUT_SEED = 1
SPLITS = ("train", "validation", "test")
SPLIT_OF_USAGE = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}

Progress = Callable[[int, int], None]
"""Called with (pictures done, pictures in all)."""


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """The labelled crops of one split.

    images: uint8 (N, 48, 48), grey.
    labels: int64 (N,), index in `names`.
    names: the labels' names.
    votes: float32 (N, 10), how many of FER+'s taggers chose each of the eight expressions
        (order of `labels.FERPLUS`), "unknown" and "not a face"; None without FER+.
    bad: what was skipped, one line each.
    missed: bool (N,), photographs in which no face was found: their crops are black; None where
        the pictures were crops to begin with.
    notes: what else the user should know of the pictures, one line each.
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
        """The dataset of these rows (indices or a mask)."""
        votes, missed = (
            None if values is None else values[rows] for values in (self.votes, self.missed)
        )
        images, labels = self.images[rows], self.labels[rows]
        return replace(self, images=images, labels=labels, votes=votes, missed=missed)


def split_name(split: str) -> str:
    """ "PublicTest" or "validation" -> "validation"; DataError for an unknown split."""
    name = SPLIT_OF_USAGE.get(split, split)
    if name not in SPLITS:
        known = ", ".join((*SPLIT_OF_USAGE, *SPLITS))
        raise DataError(f"there is no split {split!r}; known are {known}")
    return name


def report_bad(bad: list[str], skip_bad: bool, message: str) -> None:
    """Raise DataError with the message, or with `skip_bad` add it to `bad`."""
    if not skip_bad:
        raise DataError(f"{message}; --skip-bad leaves such entries out and lists them")
    bad.append(message)


def held_out(dataset: Dataset, share: float, groups: np.ndarray) -> np.ndarray:
    """Choose `share` of each class to validate on, always the same images of the same dataset.

    groups: int (N,), the same number for images that must be on the same side (see `copies`). A
        class of a single group is not held out.

    Returns bool (N,), True where an image is held out.
    """
    _, first = np.unique(groups, return_index=True)
    rng = np.random.default_rng(HELD_OUT_SEED)
    chosen = [np.empty(0, groups.dtype)]  # every class may be a single image
    for label in range(len(dataset.names)):
        of_label = rng.permutation(groups[first[dataset.labels[first] == label]])
        if len(of_label) > 1:
            chosen.append(of_label[: max(1, round(share * len(of_label)))])
    return np.isin(groups, np.concatenate(chosen))


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


def ferplus_among(labels: tuple[str, ...], votes: np.ndarray) -> np.ndarray:
    """`ferplus_majority` as an index in `labels`: int64 (N,), -1 where it is none of them too."""
    place = [labels.index(label) if label in labels else -1 for label in FERPLUS]
    return np.array([*place, -1])[ferplus_majority(votes)]


def ferplus_shares(votes: np.ndarray) -> np.ndarray:
    """Each expression's share of the votes: float32 (N, 8), single votes dropped.

    Rows sum to 1, or to 0 where no expression has two votes: such an image teaches nothing.
    """
    kept = np.where(votes > 1, votes, 0)[:, : len(FERPLUS)]
    return (kept / np.maximum(kept.sum(axis=1, keepdims=True), 1)).astype(np.float32)
