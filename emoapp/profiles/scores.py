"""Figures of probabilities against labels, with numpy alone."""

from __future__ import annotations

import numpy as np

BINS = 15


def predicted(probabilities: np.ndarray, only: np.ndarray | None = None) -> np.ndarray:
    """Return the most probable labels.

    Args:
        probabilities: float32 (N, K); zeros where no face was found.
        only: Indices of the labels to choose from; None for all.

    Returns:
        int64 (N,), or -1 where no face was found.
    """
    chosen = probabilities.argmax(axis=1)
    if only is not None:
        chosen = np.asarray(only)[probabilities[:, only].argmax(axis=1)]
    return np.where(probabilities.any(axis=1), chosen, -1)


def balanced_accuracy(
    probabilities: np.ndarray, truth: np.ndarray, *, only: np.ndarray | None = None
) -> float:
    """Return the mean recall over the labels that occur, 0 to 1.

    Args:
        probabilities: float32 (N, K), N >= 1.
        truth: int64 (N,).
        only: Indices of the labels to choose from; None for all.
    """
    right = predicted(probabilities, only) == truth
    return float(np.mean([right[truth == label].mean() for label in np.unique(truth)]))


def calibration_error(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Return the expected calibration error over 15 equal bins (Guo et al. 2017), 0 to 1.

    Args:
        probabilities: float32 (N, K), N >= 1.
        truth: int64 (N,).
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == truth
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return float(np.abs(np.bincount(bins, confidence - right, BINS)).sum() / len(truth))


def confusion(probabilities: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return the confusion matrix.

    Args:
        probabilities: float32 (N, K).
        truth: int64 (N,).

    Returns:
        int64 (K, K); rows are the truth, columns predictions.
    """
    size = probabilities.shape[1]
    counts = np.zeros((size, size), np.int64)
    np.add.at(counts, (truth, probabilities.argmax(axis=1)), 1)
    return counts
