"""Pixelate faces beyond recognition."""

from __future__ import annotations

import math
from collections.abc import Iterable

import cv2
import numpy as np

from emoapp.images import Image, as_image
from emoapp.types import Box
from emoapp.utils.geometry import scaled

MARGIN_SHARE = 0.25
"""Share of the box's side to add on each side: a detector's box ends at brows and chin."""
BLOCKS_PER_FACE = 5
"""Blocks across a face, which show at most that there is a face and where it looks. With 6 blocks,
BlazeFace still finds a face now and then, where a tag hides its forehead."""
MIN_BLOCK_PX = 4
"""Smallest block in pixels: a small face gets fewer blocks, never blocks as fine as its pixels."""


def pixelate(image: Image | np.ndarray, boxes: Iterable[Box]) -> None:
    """Replace each face by coarse blocks, in place.

    The replaced area is the ellipse in the box enlarged by a quarter on each side; it contains the
    box itself.

    Args:
        image: The image; an array is uint8 (H, W, 3), BGR.
        boxes: x0, y0, x1, y1 in pixels of `image`; they may lie partly or wholly outside.
    """
    image, boxes = as_image(image), list(boxes)
    for plane in image.planes:
        step = image.step(plane)
        _pixelate(plane, [scaled(box, 1 / step) for box in boxes], MIN_BLOCK_PX / step)


def _pixelate(plane: np.ndarray, boxes: list[Box], min_block: float) -> None:
    height, width = plane.shape[:2]
    for x0, y0, x1, y1 in boxes:
        radius_x, radius_y = (x1 - x0) * (0.5 + MARGIN_SHARE), (y1 - y0) * (0.5 + MARGIN_SHARE)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        left, top = max(0, math.floor(x - radius_x)), max(0, math.floor(y - radius_y))
        right, bottom = min(width, math.ceil(x + radius_x)), min(height, math.ceil(y + radius_y))
        if left >= right or top >= bottom:
            continue
        block = max(min_block, math.ceil(max(x1 - x0, y1 - y0) / BLOCKS_PER_FACE))
        # A whole number of blocks, so that all have the same size.
        blocks_wh = max(1, round((right - left) / block)), max(1, round((bottom - top) / block))
        part = plane[top:bottom, left:right]
        coarse = cv2.resize(part, blocks_wh, interpolation=cv2.INTER_AREA)
        coarse = cv2.resize(coarse, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        across = np.abs(np.arange(left, right) + 0.5 - x).astype(np.float32)
        down = (np.arange(top, bottom) + 0.5 - y) / radius_y
        # By half the length of each row, so that each pixel takes only one comparison.
        half_lengths = (radius_x * np.sqrt(np.maximum(0, 1 - down**2))).astype(np.float32)
        inside = (across[None, :] <= half_lengths[:, None]).view(np.uint8)
        cv2.copyTo(coarse, inside, part)


def pixelate_all(image: Image | np.ndarray) -> None:
    """Replace the whole image by coarse blocks, in place, while the faces are unknown.

    Args:
        image: The image; an array is uint8 (H, W, 3), BGR.
    """
    for plane in as_image(image).planes:
        height, width = plane.shape[:2]
        # A face may fill the height.
        blocks_wh = max(1, round(BLOCKS_PER_FACE * width / height)), BLOCKS_PER_FACE
        coarse = cv2.resize(plane, blocks_wh, interpolation=cv2.INTER_AREA)
        plane[:] = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)
