"""Interface of the classifiers, and the way from logits to the probabilities that are shown."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

from emoapp.classifiers.description import Head, ModelDescription
from emoapp.errors import ClosedError

PRIOR_CORRECTION = 0.7
"""Strength of the correction for a label set's prior: 0 for none, 1 for all of it.

FER-2013 has twelve times as many happy faces as disgusted ones, FER+ fifty times as many neutral
ones, and a network learns that as a prior. Dividing its probabilities by these frequencies removes
it (Saerens et al. 2002). A strength of 0.7 finds most of the rare expressions that the full
correction finds, with fewer false ones: on photographs made of PublicTest the balanced accuracy is
60.6%, against 56.0% at 0 and 61.8% at 1; the accuracy on FER+'s clear ones is 81.0%, against 84.0%
at 0 and 79.7% at 1."""

TINY = 1e-12
"""Lower bound of divisors and of arguments of logarithms."""


class Classifier(ABC):
    """A network that estimates the probability of each expression for each crop.

    Close it with `close` or `with`. Do not share it between threads. Subclasses implement `_logits`
    and `_close`.

    Args:
        description: Labels, heads and crop template of the model.

    Attributes:
        name: Name in tables and messages.
        description: Labels, heads and crop template of the model.
        path: The model's file; None for one that is not of a file.
    """

    name: str
    path: Path | None = None

    _closed = False

    def __init__(self, description: ModelDescription) -> None:
        self.description = description
        self._head_weights = [_head_weights(head, self.labels) for head in description.heads]
        known = [[label in head.labels for head in description.heads] for label in self.labels]
        self._heads_by_label = np.array([sum(heads) for heads in known], np.float32)
        self._common = np.array([all(heads) for heads in known])

    @property
    def labels(self) -> tuple[str, ...]:
        """Expressions in the order of the probabilities."""
        return self.description.labels

    def classify(self, crops: np.ndarray) -> np.ndarray:
        """Classify crops in one call of the network.

        Args:
            crops: uint8 (N, S, S), gray.

        Returns:
            Probabilities float32 (N, K), in the order of `labels`.

        Raises:
            ClosedError: After `close`.
            TypeError: If the crops have another dtype.
            ValueError: If the crops have another size than the model's.
        """
        return self.classify_with_features(crops)[0]

    def classify_with_features(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Classify crops and return the features behind the answers, in one call of the network.

        Args:
            crops: uint8 (N, S, S), gray.

        Returns:
            Probabilities float32 (N, K), in the order of `labels`; and the features in front of the
            heads, float32 (N, D), None where the model's file does not return them.

        Raises:
            ClosedError: After `close`.
            TypeError: If the crops have another dtype.
            ValueError: If the crops have another size than the model's.
        """
        self._check_open()
        if len(crops) == 0:
            return np.empty((0, len(self.labels)), np.float32), None
        self._check_crops(crops)
        logits, features = self._outputs(crops)
        return self.mix(self._split(logits)), features

    def mix(self, by_head: dict[str, np.ndarray]) -> np.ndarray:
        """Combine the heads' probabilities into those that are shown.

        The labels that all heads know get the mean of the heads' calibrated probabilities for
        them, corrected for the prior (see `PRIOR_CORRECTION`): on photographs the mean is better
        than either head. A label that only some heads know (contempt) gets its probability there,
        and the others share the rest, in the same proportions as without it. Labels that are not
        shown are left out. Last, the model's temperature calibrates the result on photographs.

        Args:
            by_head: Head -> its calibrated probabilities float32 (N, its labels).

        Returns:
            float32 (N, K), in the order of `labels`.
        """
        return apply_temperature(self._mean(by_head), self.description.temperature)

    def _mean(self, by_head: dict[str, np.ndarray]) -> np.ndarray:
        parts = []
        for probabilities, weights in zip(by_head.values(), self._head_weights, strict=True):
            part = probabilities @ weights
            parts.append(part / part.sum(axis=1, keepdims=True))
        if self._common.all():
            return _sum(parts) / np.float32(len(parts))
        special = _sum([np.where(self._common, 0, part / self._heads_by_label) for part in parts])
        common = _sum([_normalized(np.where(self._common, part, 0)) for part in parts])
        rest = np.maximum(1 - special.sum(axis=1, keepdims=True), 0)
        return _normalized(special + rest * _normalized(common))

    def by_head(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """Compute the calibrated probabilities of each head, in one call of the network.

        Args:
            crops: uint8 (N, S, S), gray, N >= 1.

        Returns:
            Head -> float32 (N, its labels).

        Raises:
            ClosedError: After `close`.
            TypeError: If the crops have another dtype.
            ValueError: If the crops have another size than the model's.
        """
        self._check_open()
        self._check_crops(crops)
        return self._split(self._logits(crops))

    def _check_crops(self, crops: np.ndarray) -> None:
        size = self.description.crop_template.size
        if crops.dtype != np.uint8:
            raise TypeError(f"crops: expected dtype uint8, got {crops.dtype}")
        if crops.shape[1:] != (size, size):
            raise ValueError(f"crops: expected shape (N, {size}, {size}), got {crops.shape}")

    def _split(self, logits: np.ndarray) -> dict[str, np.ndarray]:
        """Return the calibrated probabilities of each head."""
        found, start = {}, 0
        for head in self.description.heads:
            stop = start + len(head.labels)
            found[head.name] = softmax(logits[:, start:stop] / head.temperature)
            start = stop
        return found

    @abstractmethod
    def _logits(self, crops: np.ndarray) -> np.ndarray:
        """Return logits float32 (N, all heads' labels) of crops uint8 (N, S, S), N >= 1."""

    def _outputs(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Return the logits, and the features float32 (N, D) where the network returns them."""
        return self._logits(crops), None

    @abstractmethod
    def _close(self) -> None:
        """Release the network; called once."""

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError(f"The classifier ({self.name}) is closed. Open another one.")

    def close(self) -> None:
        """Release the network; may be called twice."""
        if not self._closed:
            self._closed = True
            self._close()

    def __enter__(self) -> Classifier:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return the softmax along the last axis.

    Args:
        logits: float32 of any shape.

    Returns:
        float32 of the same shape.
    """
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Flatten probabilities (temperature above 1) or sharpen them (below 1).

    Args:
        probabilities: float32 (N, K); rows sum to 1.
        temperature: Divides the logarithms of the probabilities.

    Returns:
        float32 (N, K); rows sum to 1.
    """
    if temperature == 1.0:
        return probabilities
    return _normalized(np.maximum(probabilities, TINY) ** np.float32(1 / temperature))


def _sum(parts: list[np.ndarray]) -> np.ndarray:
    return sum(parts[1:], parts[0])


def _normalized(parts: np.ndarray) -> np.ndarray:
    """Scale rows to a sum of 1; rows of zeros stay."""
    return parts / np.maximum(parts.sum(axis=1, keepdims=True), TINY)


def _head_weights(head: Head, shown: tuple[str, ...]) -> np.ndarray:
    """Return float32 (the head's labels, shown): a label's weight where both agree, else 0."""
    frequencies = np.array(head.frequencies or [1.0] * len(head.labels))
    weights = np.maximum(frequencies, TINY) ** -PRIOR_CORRECTION
    same = np.array([[label == name for name in shown] for label in head.labels])
    return (same * weights[:, None]).astype(np.float32)
