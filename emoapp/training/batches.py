"""From a dataset to what the network learns from: target distributions and augmented batches."""

from __future__ import annotations

import math

import cv2
import keras
import numpy as np

from emoapp.labels import EMOTIONS, FERPLUS
from emoapp.training.augment import augment
from emoapp.training.config import TrainConfig
from emoapp.training.dataset import SIZE, Dataset, ferplus_shares
from emoapp.training.mix import mix

MIN_STEPS = 20
"""Steps an epoch: a few dozen images are gone through several times, differently changed, or all
the epochs together would be too few steps to learn anything."""


def head_labels(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """The heads that a network for this dataset has: name -> labels in order."""
    first = "fer2013" if dataset.names == EMOTIONS else "labels"
    heads = {first: dataset.names}
    if dataset.votes is not None:
        heads["ferplus"] = FERPLUS
    return heads


def targets(dataset: Dataset, *, smoothing: float) -> dict[str, np.ndarray]:
    """What each head should answer: float32 (N, K) distributions, smoothed where one person chose.

    A row of zeros means that nothing is known; it adds nothing to the cross-entropy.
    """
    count = len(dataset.names)
    hard = np.eye(count, dtype=np.float32)[dataset.labels]
    wanted = {}
    for head, labels in head_labels(dataset).items():
        if head == "ferplus":
            wanted[head] = ferplus_shares(dataset.votes)
        else:
            wanted[head] = hard * (1 - smoothing) + np.float32(smoothing / len(labels))
    return wanted


class Batches(keras.utils.PyDataset):
    """Shuffled and augmented batches, the same for the same seed and epoch.

    So a resumed training sees the pictures that the uninterrupted one would have seen.
    """

    def __init__(
        self,
        dataset: Dataset,
        wanted: dict[str, np.ndarray],
        config: TrainConfig,
        *,
        epoch: int = 0,
        size: int = SIZE,
    ) -> None:
        """wanted: what each head should answer (see `targets`).

        epoch: the first that is asked for.
        size: side of the images, pixels.
        """
        # One worker: augmentation takes a tenth of a training step, and its place in line is kept.
        super().__init__(workers=1, max_queue_size=8)
        self._dataset = dataset
        self._wanted = wanted
        self._config = config
        self._size = size
        self._batch_size = min(config.batch_size, len(dataset))
        self._epoch = epoch
        self._passes = math.ceil(MIN_STEPS / (len(dataset) // self._batch_size))
        self._shuffle()

    def _shuffle(self) -> None:
        rng = np.random.default_rng((self._config.seed, self._epoch))
        count = len(self._dataset)
        self._order = np.concatenate([rng.permutation(count) for _ in range(self._passes)])

    def __len__(self) -> int:
        # The incomplete last batch is dropped: batch statistics of a few images are noise.
        return len(self._order) // self._batch_size

    def __getitem__(self, index: int):
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        rng = np.random.default_rng((self._config.seed, self._epoch, index))
        images = augment(self._dataset.images[rows], rng, self._config.augmentation)
        wanted = {head: values[rows] for head, values in self._wanted.items()}
        images, wanted = mix(images, wanted, rng, self._config)
        if self._size != SIZE:
            side = (self._size, self._size)
            images = np.stack([cv2.resize(i, side, interpolation=cv2.INTER_AREA) for i in images])
        return images, wanted

    def on_epoch_end(self) -> None:
        self._epoch += 1
        self._shuffle()
