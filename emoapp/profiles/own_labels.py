"""Labels of one's own, which the model lacks: told from all others by its features."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emoapp.profiles.correction import (
    components,
    fit_weights,
    kernel,
    softmax,
    squared_distances,
    unit,
)

RIDGE = 0.003
"""Strength of the regularization: the model says nothing of these labels, so it is weak."""

PRIOR = 0.02
"""Probability of such a label before anything is learned."""

WIDTH = 0.5
"""Width of the kernel, relative to the median distance of the samples: an expression that the model
was not trained on moves its features little."""

MIN_RECALL, MAX_FALSE_ALARMS = 0.5, 0.1
"""In cross-validation, a label of one's own must be found in this share of its faces, and in no
more of the others, to be shown."""


@dataclass(frozen=True, slots=True, eq=False)
class OwnLabels:
    """Finds labels of one's own in features.

    Attributes:
        features: float64 (N, D), features of the samples, of length 1.
        width: Width of the kernel.
        weights: float64 (N, 1 + O), of the kernel's values, the first column for none of them.
        shown: bool (O,), which of them are told apart well enough to be shown.
    """

    features: np.ndarray
    width: float
    weights: np.ndarray
    shown: np.ndarray

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Return the probabilities of the labels.

        Args:
            features: float32 (N, D).

        Returns:
            float64 (N, O).
        """
        values = kernel(unit(features), self.features, self.width) @ self.weights
        found = softmax(prior(values.shape[1]) + values)[:, 1:]
        return np.asarray(np.where(self.shown, found, 0.0))


def fit_own(
    features: np.ndarray, numbers: np.ndarray, count: int, shown: np.ndarray | None = None
) -> OwnLabels:
    """Learn labels of one's own.

    Args:
        features: float32 (N, D), of all samples.
        numbers: int64 (N,): 0 for the model's labels, from 1 for one's own.
        count: How many labels there are.
        shown: bool (O,); None for all.

    Returns:
        What finds them.
    """
    rows = unit(features)
    distances = np.sqrt(squared_distances(rows, rows))[np.triu_indices(len(rows), 1)]
    width = WIDTH * (float(np.median(distances)) if len(distances) else 1.0) or 1.0
    inputs, back = components(kernel(rows, rows, width))
    targets = (numbers[:, None] == np.arange(count + 1)).astype(float)
    logs = np.tile(prior(count + 1), (len(rows), 1))
    weights = back @ fit_weights(inputs, logs, targets, RIDGE)
    return OwnLabels(rows, width, weights, np.ones(count, bool) if shown is None else shown)


def learn_own(
    features: np.ndarray, numbers: np.ndarray, folds: np.ndarray, count: int
) -> tuple[OwnLabels, np.ndarray]:
    """Learn labels of one's own, and show those that cross-validation finds well enough.

    Args:
        features: float32 (N, D), of all samples.
        numbers: int64 (N,): 0 for the model's labels, from 1 for one's own.
        folds: int64 (N,), the fold of each; -1 for those that are always learned from.
        count: How many labels there are.

    Returns:
        What finds them; and the probabilities float64 (N, O) that were found without each one's
        fold, 0 for those that are not shown.
    """
    found = np.zeros((len(features), count))
    for fold in np.unique(folds[folds >= 0]):
        out = folds == fold
        if np.any(numbers[~out]):
            fitted = fit_own(features[~out], numbers[~out], count)
            found[out] = fitted.probabilities(features[out])
    shown = np.array([_is_found(found, numbers, folds >= 0, n) for n in range(1, count + 1)])
    return fit_own(features, numbers, count, shown), np.where(shown, found, 0.0)


def prior(size: int) -> np.ndarray:
    """Return the logarithms of the probabilities of no label of one's own, and of each, (size,)."""
    return np.log(np.array([1 - PRIOR * (size - 1), *[PRIOR] * (size - 1)]))


def _is_found(found: np.ndarray, numbers: np.ndarray, tested: np.ndarray, number: int) -> bool:
    said = (found[:, number - 1] > 0.5) & tested
    of_label, others = tested & (numbers == number), tested & (numbers != number)
    if not of_label.any():
        return False
    recall = said[of_label].mean()
    alarms = said[others].mean() if others.any() else 0.0
    return bool(recall >= MIN_RECALL and alarms <= MAX_FALSE_ALARMS)
