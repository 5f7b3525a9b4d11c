"""Measure how similar a crop is to those of a person: cosine of whitened gradients."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from emoapp.utils.resources import MODELS

FILE = MODELS / "appearance" / "appearance.npz"
"""Mean and projection of the gradients, fitted to faces of FER-2013 (see the file beside it)."""

SIDE = 48
"""Side of the crops, pixels; others are scaled to it."""

NEAREST = 3
"""A crop is compared with this many of the person's crops, those that are most like it."""

SAME_PERSON = 0.2
"""Similarity at which a correction applies by half.

Of four people with five photographs of each expression, half of the photographs of the same person
lie above 0.26 to 0.40, and 75% of the others' below 0.11 to 0.18."""

SOFTNESS = 0.02
"""Width of the change from no correction to the whole one, in similarity."""


def describe(crops: np.ndarray) -> np.ndarray:
    """Describe how faces look, with little regard to their expression.

    Args:
        crops: uint8 (N, S, S), gray.

    Returns:
        float32 (N, 200), of length 1. The cosine of two tells how much alike they are.
    """
    mean, projection = _whitening()
    described = (gradients(crops) - mean) @ projection
    return described / np.maximum(np.linalg.norm(described, axis=1, keepdims=True), 1e-9)


def similarity(described: np.ndarray, person: np.ndarray) -> np.ndarray:
    """Return how much faces look like a person.

    Args:
        described: float32 (N, D), from `describe`.
        person: float32 (M, D), the person's.

    Returns:
        float32 (N,): mean cosine to the nearest of the person's crops, -1 to 1.
    """
    cosines = np.sort(described @ person.T, axis=1)
    return cosines[:, -NEAREST:].mean(axis=1)


def weight(similarities: np.ndarray) -> np.ndarray:
    """Return how much of a correction applies at these similarities.

    Args:
        similarities: float (N,), from `similarity`.

    Returns:
        float (N,), 0 for another person to 1 for the same.
    """
    steps = np.clip((similarities - SAME_PERSON) / SOFTNESS, -30, 30)
    return 1 / (1 + np.exp(-steps))


def gradients(crops: np.ndarray) -> np.ndarray:
    """Return histograms of oriented gradients (Dalal and Triggs 2005).

    Args:
        crops: uint8 (N, S, S), gray.

    Returns:
        float32 (N, 900), of length 1.
    """
    hog = cv2.HOGDescriptor((SIDE, SIDE), (16, 16), (8, 8), (8, 8), 9)
    fitted = (crop if len(crop) == SIDE else cv2.resize(crop, (SIDE, SIDE)) for crop in crops)
    described = np.stack(
        [np.ravel(np.asarray(hog.compute(np.ascontiguousarray(crop)))) for crop in fitted]
    )
    return described / np.maximum(np.linalg.norm(described, axis=1, keepdims=True), 1e-6)


@lru_cache(maxsize=1)
def _whitening() -> tuple[np.ndarray, np.ndarray]:
    with np.load(FILE) as content:
        return content["mean"].astype(np.float32), content["projection"].astype(np.float32)
