"""Random changes of training crops that leave the expression as it is."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.training import degrade
from emoapp.training.config import Augmentation

MAX_LOG_ASPECT_CHANGE = 0.08
"""Largest change of the aspect ratio, as a logarithm."""

ERASED_SIDE_PX = (6, 20)
"""Smallest and largest side of an erased rectangle, pixels."""


def augment(
    images: np.ndarray, rng: np.random.Generator, strength: Augmentation | None = None
) -> np.ndarray:
    """Return a randomly changed copy of each crop.

    Args:
        images: uint8 (N, S, S).
        rng: Source of randomness; the same state yields the same images.
        strength: How strongly to change them; None for the defaults.

    Returns:
        uint8 (N, S, S).
    """
    strength = strength or Augmentation()
    changed = np.empty_like(images)
    for i, image in enumerate(images):
        image = change_light(move(image, rng, strength), rng)
        if rng.random() < strength.degrade_probability:
            image = degrade_randomly(image, rng)
        if rng.random() < strength.erase_probability:
            image = erase(image, rng)
        changed[i] = image
    return changed


def move(image: np.ndarray, rng: np.random.Generator, strength: Augmentation) -> np.ndarray:
    """Flip, rotate, scale, stretch and shift an image; the border is repeated as in alignment.

    Args:
        image: uint8 (S, S).
        rng: Source of randomness.
        strength: Limits of the rotation, scale and shift.

    Returns:
        uint8 (S, S).
    """
    size = image.shape[0]
    angle = np.deg2rad(rng.normal(0.0, strength.rotation))
    scale = np.exp(rng.uniform(-strength.scale, strength.scale))
    stretch = np.exp(rng.uniform(-MAX_LOG_ASPECT_CHANGE, MAX_LOG_ASPECT_CHANGE) / 2)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    matrix = np.array([[cos * stretch * mirror, -sin], [sin * mirror, cos / stretch]])
    center = np.full(2, (size - 1) / 2)
    offset = center - matrix @ center + rng.uniform(-strength.shift, strength.shift, 2)
    return cv2.warpAffine(
        image,
        np.column_stack([matrix, offset]),
        (size, size),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def change_light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change contrast and brightness, sometimes more on one side than on the other.

    Args:
        image: uint8 (S, S).
        rng: Source of randomness.

    Returns:
        uint8 (S, S).
    """
    gain = rng.uniform(0.7, 1.3)
    bias = rng.uniform(-30.0, 30.0)
    pixels = degrade.adjust_contrast(image, gain, bias)
    if rng.random() < 0.2:
        size = image.shape[0]
        angle = rng.uniform(0.0, 2 * np.pi)
        ramp = np.linspace(-1.0, 1.0, size, dtype=np.float32)
        slope = np.cos(angle) * ramp[None, :] + np.sin(angle) * ramp[:, None]
        pixels *= 1.0 + rng.uniform(0.1, 0.5) * slope
    return degrade.to_uint8(pixels, rounded=False)


def degrade_randomly(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Apply one or two of: out of focus, far away, noisy, strongly compressed, too dark.

    Args:
        image: uint8 (S, S).
        rng: Source of randomness.

    Returns:
        uint8 (S, S).
    """
    for kind in rng.choice(len(DEGRADATIONS), size=rng.integers(1, 3), replace=False):
        image = DEGRADATIONS[kind](image, rng)
    return image


def _blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return degrade.blur(image, rng.uniform(0.5, 1.8))


def _reduce_resolution(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = image.shape[0]
    return degrade.reduce_resolution(image, int(rng.integers(size * 2 // 5, size)))


def _add_noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(3.0, 18.0)
    return degrade.to_uint8(image + noise, rounded=False)


def _compress(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return degrade.compress(image, int(rng.integers(20, 80)))


def _darken(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    darker = degrade.darken(image, rng.uniform(0.15, 0.6))
    return _add_noise(degrade.to_uint8(darker, rounded=False), rng)


DEGRADATIONS = (_blur, _reduce_resolution, _add_noise, _compress, _darken)


def erase(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Replace a rectangle by noise, in place of hands, hair and masks.

    Random erasing (Zhong et al. 2020).

    Args:
        image: uint8 (S, S).
        rng: Source of randomness.

    Returns:
        uint8 (S, S), a copy.
    """
    size = image.shape[0]
    height, width = rng.integers(ERASED_SIDE_PX[0], ERASED_SIDE_PX[1] + 1, 2)
    top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
    erased = image.copy()
    erased[top : top + height, left : left + width] = rng.integers(
        0, 256, (height, width), dtype=np.uint8
    )
    return erased
