"""Random changes to training crops: what a face may look like without changing its expression."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.training.config import Augmentation

ASPECT = 0.08
ERASE_PX = (6, 20)


def augment(
    images: np.ndarray, rng: np.random.Generator, strength: Augmentation | None = None
) -> np.ndarray:
    """Return a randomly changed copy of each crop.

    images: uint8 (N, S, S).
    strength: None for the usual one.

    Returns uint8 (N, S, S).
    """
    strength = strength or Augmentation()
    changed = np.empty_like(images)
    for i, image in enumerate(images):
        image = light(move(image, rng, strength), rng)
        if rng.random() < strength.degrade_probability:
            image = imitate_camera(image, rng)
        if rng.random() < strength.erase_probability:
            image = erase(image, rng)
        changed[i] = image
    return changed


def move(image: np.ndarray, rng: np.random.Generator, strength: Augmentation) -> np.ndarray:
    """Flip, rotate, scale, stretch and shift; the border is repeated as alignment does."""
    size = image.shape[0]
    angle = np.deg2rad(rng.normal(0.0, strength.rotation))
    scale = np.exp(rng.uniform(-strength.scale, strength.scale))
    stretch = np.exp(rng.uniform(-ASPECT, ASPECT) / 2)
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


def light(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change contrast and brightness, sometimes more on one side than on the other."""
    gain = rng.uniform(0.7, 1.3)
    bias = rng.uniform(-30.0, 30.0)
    middle = float(image.mean())
    pixels = (image.astype(np.float32) - middle) * gain + middle + bias
    if rng.random() < 0.2:
        size = image.shape[0]
        angle = rng.uniform(0.0, 2 * np.pi)
        ramp = np.linspace(-1.0, 1.0, size, dtype=np.float32)
        slope = np.cos(angle) * ramp[None, :] + np.sin(angle) * ramp[:, None]
        pixels *= 1.0 + rng.uniform(0.1, 0.5) * slope
    return np.clip(pixels, 0, 255).astype(np.uint8)


def imitate_camera(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One or two of: out of focus, far away, noisy, strongly compressed, too dark."""
    for kind in rng.choice(5, size=rng.integers(1, 3), replace=False):
        image = CAMERA_FAULTS[kind](image, rng)
    return image


def _blur(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), rng.uniform(0.5, 1.8))


def _far_away(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    size = image.shape[0]
    small = int(rng.integers(size * 2 // 5, size))
    shrunk = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
    return cv2.resize(shrunk, (size, size), interpolation=cv2.INTER_LINEAR)


def _noise(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal(image.shape, dtype=np.float32) * rng.uniform(3.0, 18.0)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def _compress(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    quality = int(rng.integers(20, 80))
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)


def _darken(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    exposure = rng.uniform(0.15, 0.6)
    return _noise(np.clip(image * exposure, 0, 255).astype(np.uint8), rng)


CAMERA_FAULTS = (_blur, _far_away, _noise, _compress, _darken)


def erase(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Replace a rectangle by noise (random erasing, Zhong et al. 2020): hands, hair, masks."""
    size = image.shape[0]
    height, width = rng.integers(ERASE_PX[0], ERASE_PX[1] + 1, 2)
    top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
    erased = image.copy()
    erased[top : top + height, left : left + width] = rng.integers(
        0, 256, (height, width), dtype=np.uint8
    )
    return erased
