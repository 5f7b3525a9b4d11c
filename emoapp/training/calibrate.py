"""Whether probabilities can be believed, and the temperature that makes them so."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from emoapp.classifiers.base import softmax

BINS = 15
TEMPERATURES = (0.2, 5.0)
FEWEST = 30


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """How far confidence and accuracy are apart, 0 to 1, over 15 equal bins (Guo et al. 2017).

    probabilities: float (N, K); labels: int (N,), N >= 1.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, weights=confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(labels))


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The number to divide the logits by so that the labels are most probable.

    logits: float (N, K); labels: int (N,), rows with -1 do not count. 1.0 where fewer than
        `FEWEST` count: a handful that are all right would ask for certainty.
    """
    known = labels >= 0
    if known.sum() < FEWEST:
        return 1.0
    logits, labels = logits[known], labels[known]

    def negative_log_likelihood(temperature: float) -> float:
        chosen = softmax(logits / np.float32(temperature))[np.arange(len(labels)), labels]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    found = minimize_scalar(negative_log_likelihood, bounds=TEMPERATURES, method="bounded")
    return float(found.x)
