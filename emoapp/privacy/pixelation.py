"""Makes faces unrecognisable."""

from __future__ import annotations

import math
from collections.abc import Iterable

import cv2
import numpy as np

from emoapp.images import Image, as_image
from emoapp.types import Box
from emoapp.utils.geometry import scaled

ENLARGED = 0.25
"""A detector's box ends at brows and chin; so much of its side is added on each side."""
BLOCKS = 6
"""Across a face: one sees that there is one, and where it looks at most. In 8 blocks
BlazeFace still found a face now and then."""
SMALLEST_BLOCK = 4
"""Pixels: a face of few pixels gets fewer blocks, and never blocks as fine as its own pixels."""


def pixelate(image: Image | np.ndarray, boxes: Iterable[Box]) -> None:
    """Replace each face by coarse blocks, in place.

    image: an array is uint8 (H, W, 3), BGR.
    boxes: x0, y0, x1, y1 in pixels of `image`; they may lie outside, wholly or in part.

    What is replaced is the ellipse around the box enlarged by a quarter on each side; the box
    itself lies inside it.
    """
    image, boxes = as_image(image), list(boxes)
    for plane in image.planes:
        step = image.step(plane)
        _pixelate(plane, [scaled(box, 1 / step) for box in boxes], SMALLEST_BLOCK / step)


def _pixelate(plane: np.ndarray, boxes: list[Box], smallest_block: float) -> None:
    height, width = plane.shape[:2]
    for x0, y0, x1, y1 in boxes:
        wide, high = (x1 - x0) * (0.5 + ENLARGED), (y1 - y0) * (0.5 + ENLARGED)
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        left, top = max(0, math.floor(x - wide)), max(0, math.floor(y - high))
        right, bottom = min(width, math.ceil(x + wide)), min(height, math.ceil(y + high))
        if left >= right or top >= bottom:
            continue
        block = max(smallest_block, math.ceil(max(x1 - x0, y1 - y0) / BLOCKS))
        # A whole number of blocks, so that all have one size.
        blocks_wh = max(1, round((right - left) / block)), max(1, round((bottom - top) / block))
        part = plane[top:bottom, left:right]
        coarse = cv2.resize(part, blocks_wh, interpolation=cv2.INTER_AREA)
        coarse = cv2.resize(coarse, part.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        across = np.abs(np.arange(left, right) + 0.5 - x).astype(np.float32)
        down = (np.arange(top, bottom) + 0.5 - y) / high
        # By the half length of each row: a comparison is all that is done for every pixel.
        reach = (wide * np.sqrt(np.maximum(0, 1 - down**2))).astype(np.float32)
        inside = (across[None, :] <= reach[:, None]).view(np.uint8)
        cv2.copyTo(coarse, inside, part)


def pixelate_all(image: Image | np.ndarray) -> None:
    """Replace the whole picture by coarse blocks, in place, while nobody knows where faces are.

    image: an array is uint8 (H, W, 3), BGR.
    """
    for plane in as_image(image).planes:
        height, width = plane.shape[:2]
        blocks_wh = max(1, round(16 * width / height)), 16
        coarse = cv2.resize(plane, blocks_wh, interpolation=cv2.INTER_AREA)
        plane[:] = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)
