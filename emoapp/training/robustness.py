"""How much of the accuracy is left in worse pictures: what cameras and rooms do to faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

import cv2
import numpy as np

from emoapp.classifiers import Classifier
from emoapp.training.dataset import Dataset
from emoapp.training.evaluate import evaluate

Change = Callable[[np.ndarray, np.random.Generator], np.ndarray]
"""(crop uint8 (S, S), source of chance) -> crop uint8 (S, S)."""

CLEAN = "clean"


def _blur(sigma_px: float) -> Change:
    return lambda crop, rng: cv2.GaussianBlur(crop, (0, 0), sigma_px)


def _noise(sigma: float) -> Change:
    return lambda crop, rng: _bytes(crop + rng.normal(0.0, sigma, crop.shape))


def _darker(exposure: float) -> Change:
    """Less light, and the noise that sensors have then: 3 of 255."""
    return lambda crop, rng: _bytes(crop * exposure + rng.normal(0.0, 3.0, crop.shape))


def _turned(degrees: float) -> Change:
    def change(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        middle = (crop.shape[1] - 1) / 2, (crop.shape[0] - 1) / 2
        return _warped(crop, cv2.getRotationMatrix2D(middle, degrees, 1.0))

    return change


def _shifted(pixels: float) -> Change:
    def change(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        angle = rng.uniform(0, 2 * np.pi)
        x, y = pixels * np.cos(angle), pixels * np.sin(angle)
        return _warped(crop, np.array([[1, 0, x], [0, 1, y]]))

    return change


def _of_size(pixels: int) -> Change:
    def change(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        small = cv2.resize(crop, (pixels, pixels), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, crop.shape[::-1], interpolation=cv2.INTER_LINEAR)

    return change


def _jpeg(quality: int) -> Change:
    def change(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        _, data = cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)

    return change


def _warped(crop: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(
        crop, matrix, crop.shape[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


def _bytes(pixels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8)


CHANGES: dict[str, Change] = {
    CLEAN: lambda crop, rng: crop,
    "blur, 1 pixel": _blur(1.0),
    "blur, 2 pixels": _blur(2.0),
    "noise, 10 of 255": _noise(10.0),
    "noise, 25 of 255": _noise(25.0),
    "darkness, 30% of the light": _darker(0.3),
    "darkness, 15% of the light": _darker(0.15),
    "rotation, 10 degrees left": _turned(10.0),
    "rotation, 10 degrees right": _turned(-10.0),
    "rotation, 20 degrees left": _turned(20.0),
    "rotation, 20 degrees right": _turned(-20.0),
    "shift, 3 pixels": _shifted(3.0),
    "shift, 6 pixels": _shifted(6.0),
    "face of 24 pixels": _of_size(24),
    "face of 16 pixels": _of_size(16),
    "JPEG, quality 30": _jpeg(30),
    "JPEG, quality 10": _jpeg(10),
}
"""Name -> what is done to each crop. Lengths are pixels of the 48x48 crop, blur and noise standard
deviations; the small faces are shrunk to that side and enlarged again."""


@dataclass(frozen=True, slots=True)
class Row:
    """How good the model is under one change: shares, 0 to 1; FER+'s is None without votes."""

    change: str
    accuracy: float
    balanced_accuracy: float
    ferplus_accuracy: float | None

    def as_dict(self) -> dict:
        """The figures, without the change's name."""
        figures = asdict(self)
        del figures["change"]
        return figures


def changed(images: np.ndarray, name: str, *, seed: int = 0) -> np.ndarray:
    """The crops, uint8 (N, S, S), under the change of that name; the same for the same seed."""
    change = CHANGES[name]
    return np.stack(
        [change(image, np.random.default_rng((seed, i))) for i, image in enumerate(images)]
    )


def robustness(
    classifier: Classifier,
    dataset: Dataset,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """The accuracy under each change, the clean pictures first.

    progress: called with (changes done, changes in all).
    """
    rows = []
    for name in CHANGES:
        worse = replace(dataset, images=changed(dataset.images, name, seed=seed))
        found = evaluate(classifier, worse, timed=False)
        ferplus = found.ferplus.accuracy if found.ferplus else None
        rows.append(Row(name, found.main.accuracy, found.main.balanced_accuracy, ferplus))
        if progress is not None:
            progress(len(rows), len(CHANGES))
    return rows
