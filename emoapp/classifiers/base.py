"""What every classifier can do, and how logits become the probabilities that are shown."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from emoapp.classifiers.description import Head, ModelDescription
from emoapp.errors import ClosedError

PRIOR_CORRECTION = 0.7
"""How much of a label set's prior is taken out of what is shown: 0 for nothing, 1 for all.

FER-2013 has twelve times as many happy faces as disgusted ones, FER+ fifty times as many neutral
ones, and a network takes that for how faces are. Dividing its probabilities by these frequencies
undoes it (Saerens et al. 2002). At 0.7 most of the rare expressions that this finds are found, and
fewer are imagined: of photographs made of PublicTest 60.6% are right on average over the labels,
56.0% at 0 and 61.8% at 1; of FER+'s clear ones 81.0% in all, 84.0% at 0 and 79.7% at 1."""

TINY = 1e-12
"""Keeps sums of nothing from dividing by zero."""


class Classifier(ABC):
    """A network that says how much each crop looks like each expression.

    Closed by `close` or `with`. Not to be shared between threads.
    """

    name: str
    """The word for it in tables and messages."""

    _closed = False

    def __init__(self, description: ModelDescription) -> None:
        self.description = description
        self._head_weights = [_head_weights(head, self.labels) for head in description.heads]
        know = [[label in head.labels for head in description.heads] for label in self.labels]
        self._heads_by_label = np.float32([sum(heads) for heads in know])
        self._common = np.array([all(heads) for heads in know])

    @property
    def labels(self) -> tuple[str, ...]:
        """The expressions, in the order of the probabilities."""
        return self.description.labels

    def classify(self, crops: np.ndarray) -> np.ndarray:
        """Return probabilities float32 (N, K) of crops uint8 (N, S, S), in one call of the network.

        Raises ClosedError after `close`.
        """
        self._check_open()
        if len(crops) == 0:
            return np.empty((0, len(self.labels)), np.float32)
        return self.mix(self.by_head(crops))

    def mix(self, by_head: dict[str, np.ndarray]) -> np.ndarray:
        """What is shown, float32 (N, K), of what the heads say (`by_head`).

        The labels that all heads know get the mean of the heads' calibrated probabilities for
        them, corrected for the prior (see `PRIOR_CORRECTION`): on photographs the mean is better
        than either head. A label that only some heads know (contempt) gets its probability there,
        and the others share what is left, in the same proportions as without it. What is not shown
        is left out. Last, the model's temperature makes them as sure as they are right on
        photographs.
        """
        return apply_temperature(self._mean(by_head), self.description.temperature)

    def _mean(self, by_head: dict[str, np.ndarray]) -> np.ndarray:
        parts = []
        for probabilities, mixing in zip(by_head.values(), self._head_weights, strict=True):
            part = probabilities @ mixing
            parts.append(part / part.sum(axis=1, keepdims=True))
        if self._common.all():
            return sum(parts) / np.float32(len(parts))
        special = sum(np.where(self._common, 0, part / self._heads_by_label) for part in parts)
        common = sum(_to_one(np.where(self._common, part, 0)) for part in parts)
        left = np.maximum(1 - special.sum(axis=1, keepdims=True), 0)
        return _to_one(special + left * _to_one(common))

    def by_head(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """Head -> its calibrated probabilities float32 (N, its labels)."""
        self._check_open()
        size = self.description.crop_template.size
        if crops.dtype != np.uint8:
            raise TypeError(f"crops: expected dtype uint8, got {crops.dtype}")
        if crops.shape[1:] != (size, size):
            raise ValueError(f"crops: expected shape (N, {size}, {size}), got {crops.shape}")
        logits = self._logits(crops)
        found, start = {}, 0
        for head in self.description.heads:
            stop = start + len(head.labels)
            found[head.name] = softmax(logits[:, start:stop] / head.temperature)
            start = stop
        return found

    @abstractmethod
    def _logits(self, crops: np.ndarray) -> np.ndarray:
        """Logits float32 (N, all heads' labels) of uint8 (N, S, S), N >= 1."""

    @abstractmethod
    def _close(self) -> None:
        """Give the network back; called once."""

    def _check_open(self) -> None:
        if self._closed:
            raise ClosedError(f"The classifier ({self.name}) is closed. Open another one.")

    def close(self) -> None:
        """Give everything back; may be called twice."""
        if not self._closed:
            self._closed = True
            self._close()

    def __enter__(self) -> Classifier:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def softmax(logits: np.ndarray) -> np.ndarray:
    """Along the last axis; float32 in, float32 out."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def apply_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Make probabilities less sure (temperature above 1) or surer, in the same order.

    probabilities: float32 (N, K), rows that sum to 1. Returns the same.
    """
    if temperature == 1.0:
        return probabilities
    return _to_one(np.maximum(probabilities, TINY) ** np.float32(1 / temperature))


def _to_one(parts: np.ndarray) -> np.ndarray:
    """Rows that sum to 1; rows of zeros stay."""
    return parts / np.maximum(parts.sum(axis=1, keepdims=True), TINY)


def _head_weights(head: Head, shown: tuple[str, ...]) -> np.ndarray:
    """float32 (the head's labels, shown): each label's weight where it is the same, else 0."""
    frequencies = np.array(head.frequencies or [1.0] * len(head.labels))
    weights = np.maximum(frequencies, TINY) ** -PRIOR_CORRECTION
    same = np.array([[label == name for name in shown] for label in head.labels])
    return (same * weights[:, None]).astype(np.float32)
