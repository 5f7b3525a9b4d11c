"""What every classifier can do, and how logits become the probabilities that are shown."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from emoapp.classifiers.description import ModelDescription


class Classifier(ABC):
    """A network that says how much each crop looks like each expression.

    Closed by `close` or `with`. Not to be shared between threads.
    """

    name: str
    """The word for it in tables and messages."""

    def __init__(self, description: ModelDescription) -> None:
        self.description = description
        self._mixing = [_mixing(head.labels, description.labels) for head in description.heads]

    @property
    def labels(self) -> tuple[str, ...]:
        """The expressions, in the order of the probabilities."""
        return self.description.labels

    def classify(self, crops: np.ndarray) -> np.ndarray:
        """Probabilities float32 (N, K) of crops uint8 (N, S, S), in one call of the network.

        Each head's calibrated probabilities are put in the order of `labels`, what has no place
        there is left out, and the heads are averaged: on photographs the mean is better than
        either head.
        """
        if len(crops) == 0:
            return np.empty((0, len(self.labels)), np.float32)
        total = np.zeros((len(crops), len(self.labels)), np.float32)
        weight = np.zeros(len(self.labels), np.float32)
        for probabilities, mixing in zip(self.by_head(crops).values(), self._mixing, strict=True):
            mixed = probabilities @ mixing
            total += mixed / mixed.sum(axis=1, keepdims=True)
            weight += mixing.sum(axis=0)
        mean = total / weight
        return mean / mean.sum(axis=1, keepdims=True)

    def by_head(self, crops: np.ndarray) -> dict[str, np.ndarray]:
        """Head -> its calibrated probabilities float32 (N, its labels)."""
        size = self.description.framing.size
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
    def close(self) -> None:
        """Give everything back; may be called twice."""

    def __enter__(self) -> Classifier:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def softmax(logits: np.ndarray) -> np.ndarray:
    """Along the last axis; float32 in, float32 out."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _mixing(source: tuple[str, ...], target: tuple[str, ...]) -> np.ndarray:
    """float32 (source, target): 1 where the labels are the same."""
    return np.array([[float(s == t) for t in target] for s in source], np.float32)
