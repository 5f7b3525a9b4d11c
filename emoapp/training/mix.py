"""Mix pairs of training images, and their labels in the same proportion."""

from __future__ import annotations

import numpy as np

from emoapp.training.config import TrainConfig

Targets = dict[str, np.ndarray]
"""Head name -> float32 (N, K) distributions; a row of zeros where nothing is known."""


def mix(
    images: np.ndarray, wanted: Targets, rng: np.random.Generator, config: TrainConfig
) -> tuple[np.ndarray, Targets]:
    """Apply mixup or CutMix to a batch, or neither, as the configuration asks.

    Args:
        images: uint8 (N, S, S).
        wanted: Target distributions of each head.
        rng: Source of randomness.
        config: Settings of the run.

    Returns:
        Images and targets, mixed with the same images in another order.
    """
    methods = [
        (method, alpha)
        for method, alpha in ((mixup, config.mixup_alpha), (cutmix, config.cutmix_alpha))
        if alpha > 0
    ]
    if not methods or rng.random() >= config.mix_probability:
        return images, wanted
    method, alpha = methods[rng.integers(len(methods))]
    others = rng.permutation(len(images))
    images, share = method(images, others, rng.beta(alpha, alpha), rng)
    return images, {
        head: (share * values + (1 - share) * values[others]).astype(np.float32)
        for head, values in wanted.items()
    }


def mixup(
    images: np.ndarray, others: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Blend each image with another (Zhang et al. 2018, "mixup").

    Args:
        images: uint8 (N, S, S).
        others: int (N,), index of each image's partner.
        share: Share of the first image, 0 to 1.
        rng: Not used; `cutmix` has it too.

    Returns:
        uint8 (N, S, S), and the share of the first image in it.
    """
    blended = share * images.astype(np.float32) + (1 - share) * images[others]
    return np.round(blended).astype(np.uint8), share


def cutmix(
    images: np.ndarray, others: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Replace a rectangle of each image by another image's (Yun et al. 2019, "CutMix").

    The same rectangle for the whole batch: a square of 1 - `share` of the image, clipped where it
    leaves the image.

    Args:
        images: uint8 (N, S, S).
        others: int (N,), index of each image's partner.
        share: Share of the first image to keep, 0 to 1, before clipping.
        rng: Source of randomness.

    Returns:
        uint8 (N, S, S), and the share of the first image that is left in it.
    """
    size = images.shape[1]
    side = size * np.sqrt(1 - share)
    center = rng.uniform(0, size, 2)
    top, left = np.clip(np.round(center - side / 2), 0, size).astype(int)
    bottom, right = np.clip(np.round(center + side / 2), 0, size).astype(int)
    cut = images.copy()
    cut[:, top:bottom, left:right] = images[others, top:bottom, left:right]
    return cut, 1 - (bottom - top) * (right - left) / size**2
