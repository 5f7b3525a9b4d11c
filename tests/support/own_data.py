"""A small data set of one's own: two labels that nobody needs days to learn."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from support.faces import EYES, portrait

LABELS = ("awake", "sleepy")
RECIPE = ["--width", "8", "--batch-size", "16", "--learning-rate", "0.005", "--camera", "0"]
RECIPE += ["--ema-momentum", "0.9", "--blocks", "2", "2", "2"]
EPOCHS = 4


def draw(label: str, rng: np.random.Generator) -> np.ndarray:
    """A crop, uint8 (48, 48): awake eyes are open, sleepy ones are lines."""
    image = np.full((48, 48), int(rng.integers(90, 160)), np.uint8)
    x, y = rng.integers(-2, 3, 2)
    for center in (15, 33):
        if label == "awake":
            cv2.circle(image, (center + int(x), 19 + int(y)), 5, 250, -1)
        else:
            cv2.line(image, (center - 5 + int(x), 19), (center + 5 + int(x), 19), 20, 2)
    cv2.ellipse(image, (24, 37), (8, 3), 0, 0, 180, 30, 2)
    return cv2.add(image, rng.integers(0, 20, (48, 48), dtype=np.uint8))


def write_crops(folder: Path, **counts: int) -> Path:
    """`folder/<split>/<label>/*.png`; counts: split -> crops of each label."""
    rng = np.random.default_rng(5)
    for split, count in counts.items():
        for label in LABELS:
            (folder / split / label).mkdir(parents=True)
            for number in range(count):
                cv2.imwrite(str(folder / split / label / f"{number}.png"), draw(label, rng))
    return folder


def photograph(label: str, rng: np.random.Generator) -> np.ndarray:
    """uint8 (360, 480, 3): a real face that wears glasses, or not."""
    image = portrait()
    if label == "glasses":
        for x, y in EYES:
            cv2.ellipse(image, (round(x), round(y)), (17, 13), 0, 0, 360, (25, 25, 25), -1)
        cv2.line(image, (203, 101), (247, 102), (25, 25, 25), 3)
    turn = cv2.getRotationMatrix2D((225, 120), rng.uniform(-10, 10), rng.uniform(0.7, 1.1))
    turn[:, 2] += rng.uniform(-40, 40, 2)
    image = cv2.warpAffine(image, turn, (480, 360), borderMode=cv2.BORDER_REPLICATE)
    return cv2.convertScaleAbs(image, alpha=rng.uniform(0.7, 1.1), beta=rng.uniform(-15, 15))


def write_photographs(folder: Path, *, each: int) -> Path:
    """`folder/glasses/*.jpg` and `folder/plain/*.jpg`."""
    rng = np.random.default_rng(6)
    for label in ("glasses", "plain"):
        (folder / label).mkdir(parents=True)
        for number in range(each):
            cv2.imwrite(str(folder / label / f"{number}.jpg"), photograph(label, rng))
    return folder
