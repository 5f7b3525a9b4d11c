"""Image degradations shared by augmentation, the robustness table and imitated photographs.

Nothing here draws random numbers: callers pass the strength, and the noise itself.
"""

from __future__ import annotations

import cv2
import numpy as np


def blur(image: np.ndarray, sigma_px: float) -> np.ndarray:
    """Blur with a Gaussian.

    Args:
        image: (H, W) or (H, W, 3), uint8 or float32.
        sigma_px: Standard deviation of the Gaussian in pixels.

    Returns:
        An image of the same shape and dtype.
    """
    return cv2.GaussianBlur(image, (0, 0), sigma_px)


def reduce_resolution(image: np.ndarray, side_px: int) -> np.ndarray:
    """Shrink an image to a square and enlarge it again, like a face that is far away.

    Args:
        image: uint8 (H, W), gray.
        side_px: Side of the square in between, pixels.

    Returns:
        uint8 (H, W).
    """
    shrunk = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA)
    return cv2.resize(shrunk, image.shape[::-1], interpolation=cv2.INTER_LINEAR)


def compress(image: np.ndarray, quality: int) -> np.ndarray:
    """Compress an image as JPEG and decode it again.

    Args:
        image: uint8, (H, W) gray or (H, W, 3) BGR.
        quality: JPEG quality, 0 to 100.

    Returns:
        uint8 of the same shape.
    """
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE if image.ndim == 2 else cv2.IMREAD_COLOR)
    assert decoded is not None  # OpenCV has just encoded it
    return decoded


def darken(image: np.ndarray, exposure: float) -> np.ndarray:
    """Scale the brightness, as a shorter exposure does.

    Args:
        image: uint8 of any shape.
        exposure: Share of the light that is left, 0 to 1.

    Returns:
        float64 of the same shape, not rounded, so that noise can be added first.
    """
    return image * exposure


def adjust_contrast(image: np.ndarray, gain: float, bias: float) -> np.ndarray:
    """Scale the contrast around the mean brightness, then shift the brightness.

    Args:
        image: uint8 or float32 of any shape.
        gain: Factor of the contrast; 1 leaves it unchanged.
        bias: Added to each pixel, on the scale 0 to 255.

    Returns:
        float32 of the same shape, not clipped.
    """
    mean = float(image.mean())
    return (image.astype(np.float32) - mean) * gain + mean + bias


def to_uint8(pixels: np.ndarray, *, rounded: bool = True) -> np.ndarray:
    """Clip float pixels to 0 to 255 and convert them.

    Args:
        pixels: Float array of any shape.
        rounded: Round to the nearest integer. Augmentation and imitated photographs truncate, as
            they did when the shipped model was trained.

    Returns:
        uint8 of the same shape.
    """
    return np.clip(np.rint(pixels) if rounded else pixels, 0, 255).astype(np.uint8)
