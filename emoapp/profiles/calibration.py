"""Calibrate corrected probabilities by a temperature (Guo et al. 2017)."""

from __future__ import annotations

import numpy as np

from emoapp.profiles.correction import log, sharpen

TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(2.0), 41))
"""What is tried."""

STRENGTH = 4.0
"""Regularization toward no change, in samples: a dozen faces say little of a temperature."""


def fit_temperature(probabilities: np.ndarray, truth: np.ndarray) -> float:
    """Return the temperature at which probabilities fit labels best.

    Args:
        probabilities: float32 (N, K), N >= 1, of faces that were not learned from.
        truth: int64 (N,).

    Returns:
        What divides the logarithms: above 1 where they were too sure.
    """
    rows = np.arange(len(truth))
    costs = [
        -float(log(sharpen(probabilities, t))[rows, truth].sum()) + STRENGTH * np.log(t) ** 2
        for t in TEMPERATURES
    ]
    return float(TEMPERATURES[int(np.argmin(costs))])
