"""Fit images into a size, with black bars where the aspect ratio differs."""

from __future__ import annotations

import numpy as np


def letterbox(image: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
    """Scale an image to fit into a size, centered on black, with its aspect ratio kept.

    Args:
        image: uint8 (H, W, 3), BGR.
        size_wh: (width, height) in pixels.

    Returns:
        uint8 (height, width, 3), BGR; `image` itself if it has that size.
    """
    if (image.shape[1], image.shape[0]) == size_wh:
        return image
    import cv2
    import imutils

    width, height = size_wh
    if image.shape[1] * height >= image.shape[0] * width:
        inner = imutils.resize(image, width=width)
    else:
        inner = imutils.resize(image, height=height)
    inner = inner[:height, :width]
    top, left = (height - inner.shape[0]) // 2, (width - inner.shape[1]) // 2
    bottom, right = height - inner.shape[0] - top, width - inner.shape[1] - left
    return cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_CONSTANT)
