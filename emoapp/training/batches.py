"""Turn a dataset into target distributions and augmented batches."""

from __future__ import annotations

import math

import cv2
import keras
import numpy as np

from emoapp.labels import EMOTIONS, FERPLUS
from emoapp.training.augment import augment
from emoapp.training.config import TrainConfig
from emoapp.training.dataset import SIZE, Dataset, ferplus_shares
from emoapp.training.mix import Targets, mix

MIN_STEPS = 20
"""Fewest steps an epoch. A few dozen images are used several times in an epoch, augmented
differently each time; otherwise all epochs together would be too few steps to learn anything."""


def head_labels(dataset: Dataset) -> dict[str, tuple[str, ...]]:
    """Return the heads of a network for this dataset: name -> labels in order."""
    first = "fer2013" if dataset.names == EMOTIONS else "labels"
    heads = {first: dataset.names}
    if dataset.votes is not None:
        heads["ferplus"] = FERPLUS
    return heads


def targets(dataset: Dataset, *, smoothing: float) -> Targets:
    """Return the target distributions of each head.

    Args:
        dataset: The labeled images.
        smoothing: Probability to spread evenly over all labels, where a single person chose the
            label. FER+'s shares of votes are not smoothed.

    Returns:
        Head -> float32 (N, K). A row of zeros means that nothing is known; it adds nothing to the
        cross-entropy.
    """
    first, *_ = head_labels(dataset)
    count = len(dataset.names)
    hard = np.eye(count, dtype=np.float32)[dataset.labels]
    wanted = {first: hard * (1 - smoothing) + np.float32(smoothing / count)}
    if dataset.votes is not None:
        wanted["ferplus"] = ferplus_shares(dataset.votes)
    return wanted


def resized(images: np.ndarray, size: int) -> np.ndarray:
    """Return crops of another size.

    Args:
        images: uint8 (N, 48, 48).
        size: Side of the returned ones, pixels.

    Returns:
        uint8 (N, size, size); `images` itself where nothing changes.
    """
    if images.shape[1] == size:
        return images
    return np.stack([cv2.resize(i, (size, size), interpolation=cv2.INTER_AREA) for i in images])


class Batches(keras.utils.PyDataset):
    """Shuffled and augmented batches, the same for the same seed and epoch.

    A resumed training therefore gets the images that the uninterrupted one would have got.

    Args:
        dataset: The training images.
        wanted: Target distributions of each head (see `targets`).
        config: Settings of the run.
        epoch: Number of the first epoch.
        size: Side of the images, pixels.

    Attributes:
        size: As given.
    """

    def __init__(
        self,
        dataset: Dataset,
        wanted: Targets,
        config: TrainConfig,
        *,
        epoch: int = 0,
        size: int = SIZE,
    ) -> None:
        # One worker keeps the order of the batches; augmentation takes a tenth of a training step.
        super().__init__(workers=1, max_queue_size=8)
        self._dataset = dataset
        self._wanted = wanted
        self._config = config
        self.size = size
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

    def __getitem__(self, index: int) -> tuple[np.ndarray, Targets]:
        rows = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        rng = np.random.default_rng((self._config.seed, self._epoch, index))
        images = augment(self._dataset.images[rows], rng, self._config.augmentation)
        wanted = {head: values[rows] for head, values in self._wanted.items()}
        images, wanted = mix(images, wanted, rng, self._config)
        return resized(images, self.size), wanted

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self._epoch += 1
        self._shuffle()
