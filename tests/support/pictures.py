"""Numbered pictures that survive a codec."""

from __future__ import annotations

import numpy as np


def picture(number: int, size_wh: tuple[int, int] = (320, 180)) -> np.ndarray:
    """uint8 (H, W, 3): gray, the brighter the larger `number` (0 to 40), red at the top left."""
    image = np.full((size_wh[1], size_wh[0], 3), 30 + 5 * number, np.uint8)
    image[: size_wh[1] // 2, : size_wh[0] // 2] = 0, 0, 255
    return image


def number_of(image: np.ndarray) -> int:
    """Which `picture` this is, after a codec."""
    return round((image[-20:, -20:].mean() - 30) / 5)
