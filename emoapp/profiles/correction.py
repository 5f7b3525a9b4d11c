"""Correct the shown probabilities for one person: a bias and a kernel on the features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from emoapp.profiles.own_labels import OwnLabels

TINY = 1e-6
"""Lower bound of probabilities whose logarithm is taken."""

BIAS_VARIANCE = 10.0
"""Prior variance of a label's bias, relative to that of the part that depends on the features.

On photographs of four people the bias brings nearly all of the gain."""

RANK = 24
"""Number of components of the kernel that are used. More change nothing that can be measured, and
small matrices keep learning in milliseconds beside other work."""

STEPS = 60
"""Steps of the accelerated gradient descent; it has converged by then."""


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """A correction of the model's probabilities.

    Attributes:
        learned: int64 (M,), indices of the labels that there were samples of.
        features: float64 (N, D), features of the samples, of length 1.
        width: Width of the kernel.
        weights: float64 (N, M), of the kernel's values.
        shift: Added to the logarithms of all learned labels: how much more probable they are than
            the others.
        bias: float64 (K,), added to the logarithms before all else; None for nothing.
        temperature: Divides the logarithms at last, which calibrates them.
        own: Finds labels that the model lacks; None for none.
    """

    learned: np.ndarray
    features: np.ndarray
    width: float
    weights: np.ndarray
    shift: float = 0.0
    bias: np.ndarray | None = None
    temperature: float = 1.0
    own: OwnLabels | None = None

    def apply(
        self, probabilities: np.ndarray, features: np.ndarray, weight: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """Correct probabilities.

        Among the learned labels the probability is shared out anew; together they take no more from
        the other labels than `shift`, so that these stay possible.

        Args:
            probabilities: float32 (N, K).
            features: float32 (N, D).
            weight: How much of the correction to apply, 0 to 1: float (N,) or one for all.

        Returns:
            float32 (N, K), or (N, K + O) with O labels of one's own; rows sum to 1.
        """
        part = np.broadcast_to(np.asarray(weight, float), (len(probabilities),))[:, None]
        if self.bias is not None:
            bias = np.zeros(probabilities.shape[1])
            bias[: len(self.bias)] = self.bias  # contempt may follow the labels that it knows
            probabilities = softmax(log(probabilities) + part * bias).astype(np.float32)
        change = kernel(unit(features), self.features, self.width) @ self.weights
        found = redistribute(probabilities, self.learned, change, self.shift, weight)
        if self.temperature != 1.0:
            found = sharpen(found, self.temperature**part)
        if self.own is None:
            return found
        return append(found, part * self.own.probabilities(features))


def redistribute(
    probabilities: np.ndarray,
    learned: np.ndarray,
    change: np.ndarray,
    shift: float,
    weight: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Correct probabilities; see `Correction.apply`.

    Args:
        probabilities: float32 (N, K).
        learned: int64 (M,), indices of the learned labels.
        change: float64 (N, M), added to their logarithms before their sum is restored.
        shift: See `Correction.shift`.
        weight: How much of both to apply, 0 to 1: float (N,) or one for all.

    Returns:
        float32 (N, K); rows sum to 1.
    """
    part = np.broadcast_to(np.asarray(weight, float), (len(probabilities),))[:, None]
    logs = log(probabilities)
    among = logs[:, learned]
    moved = among + part * change
    logs[:, learned] = moved + (_log_sum(among) - _log_sum(moved))[:, None] + part * shift
    return softmax(logs).astype(np.float32)


def sharpen(probabilities: np.ndarray, temperature: np.ndarray | float) -> np.ndarray:
    """Divide the logarithms of probabilities by a temperature.

    Args:
        probabilities: float32 (N, K).
        temperature: Above 1 to make them less sure; float (N, 1) or one for all.

    Returns:
        float32 (N, K); rows sum to 1.
    """
    return softmax(log(probabilities) / temperature).astype(np.float32)


def append(probabilities: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Add columns for labels of one's own; the others share what these leave, as before.

    Args:
        probabilities: float32 (N, K), of the model's labels.
        own: float (N, O).

    Returns:
        float32 (N, K + O); rows sum to 1.
    """
    rest = 1 - own.sum(axis=1, keepdims=True)
    return np.concatenate([probabilities * rest, own], axis=1).astype(np.float32)


def components(samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the strongest principal components of a kernel.

    Args:
        samples: float64 (N, N), kernel of the samples.

    Returns:
        The components of the samples, float64 (N, R), R of at most `RANK`; and the matrix, float64
        (N, R), that maps a row of the kernel of other faces to theirs.
    """
    scales, directions = np.linalg.eigh(samples)
    scales, directions = scales[-RANK:], directions[:, -RANK:]
    kept = scales > 1e-6 * scales[-1]
    roots = np.sqrt(scales[kept])
    return directions[:, kept] * roots, directions[:, kept] / roots


def fit_weights(
    inputs: np.ndarray, logs: np.ndarray, targets: np.ndarray, ridge: float
) -> np.ndarray:
    """Fit a logistic regression whose prior are given logarithms of probabilities.

    Each label has the same weight, however many samples it has.

    Args:
        inputs: float64 (N, R), components of the samples.
        logs: float64 (N, M), the prior.
        targets: float64 (N, M), one-hot labels.
        ridge: Strength of the regularization toward the prior.

    Returns:
        float64 (R, M), weights of the components.
    """
    counts = targets.sum(axis=0)
    shares = (targets / np.maximum(counts, 1) / (counts > 0).sum()).sum(axis=1)
    # Boehning's bound (1992) of the curvature is constant, so it is inverted once.
    bound = 0.5 * (inputs * shares[:, None]).T @ inputs + 2 * ridge * np.eye(inputs.shape[1])
    inverse = np.linalg.inv(bound)
    found = ahead = np.zeros((inputs.shape[1], logs.shape[1]))
    pace = 1.0
    for _ in range(STEPS):
        errors = shares[:, None] * (softmax(logs + inputs @ ahead) - targets)
        step = ahead - inverse @ (inputs.T @ errors + 2 * ridge * ahead)
        faster = (1 + np.sqrt(1 + 4 * pace * pace)) / 2
        ahead = step + (pace - 1) / faster * (step - found)
        found, pace = step, faster
    return found


def kernel(features: np.ndarray, samples: np.ndarray, width: float) -> np.ndarray:
    """Return the kernel: a Gaussian of the distance, and a constant that makes the bias.

    Args:
        features: float64 (N, D).
        samples: float64 (M, D).
        width: Standard deviation of the Gaussian.

    Returns:
        float64 (N, M).
    """
    gaussian = np.exp(-squared_distances(features, samples) / (2 * width * width))
    return np.asarray(gaussian + BIAS_VARIANCE)


def squared_distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the squared distances of rows, float64 (N, M).

    Args:
        one: float64 (N, D).
        other: float64 (M, D).
    """
    lengths = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)
    return np.asarray(np.maximum(lengths - 2 * one @ other.T, 0.0))


def unit(features: np.ndarray) -> np.ndarray:
    """Return the rows scaled to a length of 1, float64 (N, D).

    Args:
        features: float32 (N, D).
    """
    rows = np.asarray(features, np.float64)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


def log(probabilities: np.ndarray) -> np.ndarray:
    """Return the logarithms of probabilities, float64 (N, K), bounded below.

    Args:
        probabilities: float32 (N, K).
    """
    return np.asarray(np.log(np.maximum(np.asarray(probabilities, np.float64), TINY)))


def softmax(logs: np.ndarray) -> np.ndarray:
    """Return the softmax of rows, float64 (N, K).

    Args:
        logs: float64 (N, K).
    """
    shares = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))


def _log_sum(logs: np.ndarray) -> np.ndarray:
    return np.asarray(np.logaddexp.reduce(logs, axis=1))
