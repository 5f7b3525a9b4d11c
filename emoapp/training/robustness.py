"""Measure the accuracy that is left on degraded crops."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import cv2
import numpy as np

from emoapp.classifiers import Classifier
from emoapp.pipeline import Corrector
from emoapp.training import degrade
from emoapp.training.dataset import Dataset
from emoapp.training.evaluate import evaluate

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""(crop uint8 (S, S), source of randomness) -> crop uint8 (S, S)."""

CLEAN = "clean"

SENSOR_NOISE = 3.0
"""Standard deviation of the noise that sensors add in low light, of 255."""


def _blur(sigma_px: float) -> Change:
    return lambda crop, rng: degrade.blur(crop, sigma_px)


def _add_noise(sigma: float) -> Change:
    return lambda crop, rng: degrade.to_uint8(crop + rng.normal(0.0, sigma, crop.shape))


def _darken(exposure: float) -> Change:
    return lambda crop, rng: degrade.to_uint8(
        degrade.darken(crop, exposure) + rng.normal(0.0, SENSOR_NOISE, crop.shape)
    )


def _rotate(degrees: float) -> Change:
    def change(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        center = (crop.shape[1] - 1) / 2, (crop.shape[0] - 1) / 2
        return _warp(crop, cv2.getRotationMatrix2D(center, degrees, 1.0))

    return change


def _shift(pixels: float) -> Change:
    def change(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        angle = rng.uniform(0, 2 * np.pi)
        x, y = pixels * np.cos(angle), pixels * np.sin(angle)
        return _warp(crop, np.array([[1, 0, x], [0, 1, y]]))

    return change


def _reduce_resolution(side_px: int) -> Change:
    return lambda crop, rng: degrade.reduce_resolution(crop, side_px)


def _compress(quality: int) -> Change:
    return lambda crop, rng: degrade.compress(crop, quality)


def _warp(crop: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(
        crop, matrix, crop.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


CHANGES: dict[str, Change] = {
    CLEAN: lambda crop, rng: crop,
    "blur, 1 pixel": _blur(1.0),
    "blur, 2 pixels": _blur(2.0),
    "noise, 10 of 255": _add_noise(10.0),
    "noise, 25 of 255": _add_noise(25.0),
    "darkness, 30% of the light": _darken(0.3),
    "darkness, 15% of the light": _darken(0.15),
    "rotation, 10 degrees left": _rotate(10.0),
    "rotation, 10 degrees right": _rotate(-10.0),
    "rotation, 20 degrees left": _rotate(20.0),
    "rotation, 20 degrees right": _rotate(-20.0),
    "shift, 3 pixels": _shift(3.0),
    "shift, 6 pixels": _shift(6.0),
    "face of 24 pixels": _reduce_resolution(24),
    "face of 16 pixels": _reduce_resolution(16),
    "JPEG, quality 30": _compress(30),
    "JPEG, quality 10": _compress(10),
}
"""Name -> change of a crop. Lengths are pixels of the 48x48 crop; blur and noise are standard
deviations; small faces are shrunk to that side and enlarged again."""


@dataclass(frozen=True, slots=True)
class Row:
    """Accuracy of a model under one change, as shares from 0 to 1.

    Attributes:
        change: Key of `CHANGES`.
        accuracy: Share of the images that are classified correctly.
        balanced_accuracy: Mean of the classes' recalls.
        ferplus_accuracy: Accuracy on FER+'s majority labels; None without votes.
    """

    change: str
    accuracy: float
    balanced_accuracy: float
    ferplus_accuracy: float | None

    def as_dict(self) -> dict[str, float | None]:
        """Return the figures by name, without the name of the change."""
        figures = asdict(self)
        del figures["change"]
        return figures


def changed(images: np.ndarray, name: str, *, seed: int = 0) -> np.ndarray:
    """Apply a change to crops.

    Args:
        images: uint8 (N, S, S).
        name: Key of `CHANGES`.
        seed: The same seed yields the same result.

    Returns:
        uint8 (N, S, S).
    """
    change = CHANGES[name]
    return np.stack(
        [change(image, np.random.default_rng((seed, i))) for i, image in enumerate(images)]
    )


def robustness(
    classifier: Classifier,
    dataset: Dataset,
    *,
    seed: int = 0,
    only: Sequence[str] = (),
    corrector: Corrector | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Measure the accuracy under each change.

    Args:
        classifier: The model.
        dataset: Clean crops.
        seed: Seed of the changes.
        only: See `evaluate`.
        corrector: See `evaluate`.
        progress: Called with (changes done, number of changes).

    Returns:
        One row for each change, in the order of `CHANGES`: clean crops first.
    """
    rows: list[Row] = []
    for name in CHANGES:
        degraded = replace(dataset, images=changed(dataset.images, name, seed=seed))
        found = evaluate(classifier, degraded, timed=False, only=only, corrector=corrector)
        ferplus = found.ferplus.accuracy if found.ferplus else None
        rows.append(Row(name, found.main.accuracy, found.main.balanced_accuracy, ferplus))
        if progress is not None:
            progress(len(rows), len(CHANGES))
    return rows
