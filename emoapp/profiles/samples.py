"""What is remembered of a person's labeled faces: numbers, and no picture unless asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from emoapp.classifiers import Classifier
from emoapp.profiles import appearance

COPY_COSINE = 0.9
"""Faces more alike than this are copies of one photograph, or frames of one moment."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Labeled faces of one person, as the network saw them.

    Attributes:
        names: K labels of the model, in the order of the probabilities.
        labels: int64 (N,), index in `all_names`.
        probabilities: float32 (N, K), what the model shows of them.
        features: float32 (N, D), in front of the heads; D is 0 for a model that returns none.
        looks: float32 (N, 200), see `appearance.describe`.
        times: float64 (N,), seconds in the video; 0 for photographs.
        groups: int64 (N,), the same number for faces that must stay together in cross-validation.
        crops: uint8 (N, S, S), where pictures are kept; None where not.
        own: Labels of one's own, which the model lacks; their indices follow those of `names`.

    Raises:
        ValueError: The arrays have different lengths.
    """

    names: tuple[str, ...]
    labels: np.ndarray
    probabilities: np.ndarray
    features: np.ndarray
    looks: np.ndarray
    times: np.ndarray
    groups: np.ndarray
    crops: np.ndarray | None = None
    own: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        arrays = (self.probabilities, self.features, self.looks, self.times, self.groups)
        lengths = {len(array) for array in (self.labels, *arrays)}
        if len(lengths) > 1 or self.probabilities.shape[1:] != (len(self.names),):
            raise ValueError(f"Samples: expected arrays of one length, got {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def all_names(self) -> tuple[str, ...]:
        """The model's labels, and those of one's own."""
        return self.names + self.own

    @property
    def counts(self) -> dict[str, int]:
        """How many samples each label has, of those that have any."""
        names = self.all_names
        counted = np.bincount(self.labels, minlength=len(names))
        return {name: int(count) for name, count in zip(names, counted, strict=True) if count}

    def take(self, rows: np.ndarray) -> Samples:
        """Return some of the samples.

        Args:
            rows: Indices, int (M,), or a mask, bool (N,).
        """
        return Samples(
            self.names,
            self.labels[rows],
            self.probabilities[rows],
            self.features[rows],
            self.looks[rows],
            self.times[rows],
            self.groups[rows],
            None if self.crops is None else self.crops[rows],
            self.own,
        )

    def padded(self) -> np.ndarray:
        """Return the probabilities with zeros for labels of one's own, float32 (N, K + O)."""
        return np.pad(self.probabilities, ((0, 0), (0, len(self.own))))


def sample(
    classifier: Classifier,
    crops: np.ndarray,
    labels: Sequence[int],
    *,
    times: Sequence[float] | None = None,
    groups: Sequence[int] | None = None,
    own: tuple[str, ...] = (),
) -> Samples:
    """Classify labeled crops and remember them, crops included.

    Args:
        classifier: The model; crops are classified one by one, as in live use.
        crops: uint8 (N, S, S), gray.
        labels: Index in the classifier's labels followed by `own`, one for each crop.
        times: Seconds in the video; None for photographs.
        groups: See `Samples.groups`; None to put copies together and all others apart.
        own: Labels of one's own.

    Returns:
        The samples.
    """
    answers = [classifier.classify_with_features(crop[None]) for crop in crops]
    features = [np.empty((1, 0), np.float32) if f is None else f for _, f in answers]
    count = len(crops)
    looks = appearance.describe(crops)
    return Samples(
        classifier.labels,
        np.asarray(labels, np.int64),
        np.concatenate([probabilities for probabilities, _ in answers]),
        np.concatenate(features),
        looks.astype(np.float32),
        np.zeros(count) if times is None else np.asarray(times, np.float64),
        copies(looks) if groups is None else np.asarray(groups, np.int64),
        crops,
        own,
    )


def copies(looks: np.ndarray) -> np.ndarray:
    """Number the faces so that copies of one photograph have the same number.

    Args:
        looks: float32 (N, D), see `appearance.describe`.

    Returns:
        int64 (N,): the row of the first copy.
    """
    return np.asarray((looks @ looks.T > COPY_COSINE).argmax(axis=1), np.int64)
