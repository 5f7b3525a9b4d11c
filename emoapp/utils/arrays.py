"""Convert images as OpenCV reads them."""

from __future__ import annotations

import cv2
import numpy as np


def to_bgr(picture: object) -> np.ndarray:
    """Convert an image as OpenCV may have read it to 8-bit BGR.

    Args:
        picture: uint8 or uint16, (H, W) gray, (H, W, 3) BGR or (H, W, 4) BGRA, whose transparent
            parts become white.

    Returns:
        uint8 (H, W, 3), BGR.

    Raises:
        TypeError: If it is no array, or one of another dtype.
        ValueError: If the array has another shape.
    """
    if not isinstance(picture, np.ndarray):
        found = type(picture).__name__
        if picture is None:
            found = "None, which cv2.imread returns for a file that it cannot read"
        raise TypeError(
            f"picture: expected a path, bytes, a Pillow image or a numpy array, got {found}"
        )
    if picture.dtype == np.uint16:
        picture = (picture // 257).astype(np.uint8)
    if picture.dtype != np.uint8:
        raise TypeError(f"picture: expected dtype uint8 or uint16, got {picture.dtype}")
    if picture.ndim == 2 and picture.size:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if picture.ndim == 3 and picture.shape[2] == 4 and picture.size:
        share = picture[..., 3:].astype(np.float32) / 255
        return np.rint(picture[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(
            "picture: expected shape (H, W) gray, (H, W, 3) BGR or (H, W, 4) BGRA, "
            f"got {picture.shape}"
        )
    return picture
