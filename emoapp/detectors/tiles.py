"""Finds small faces in large pictures, by looking at parts of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from emoapp.detectors.base import Detector, largest_first
from emoapp.types import Box, Face
from emoapp.utils.geometry import iou, shifted_face

SIDES = (960, 560, 384, 256)
"""Of the parts, pixels. In five pictures of 4000x3000 with 168 faces of 20 to 500 pixels they find
166, and no false ones: four more than 960 and 480 did, of which each part was looked at in parts of
its own, in three quarters of the time."""

OVERLAP = 1 / 5
"""Of the parts, as a share of their side."""

MIN_SCORE = 0.7
"""In so many parts there is much that looks a little like a face: cats, cups, writing."""

EDGE = 0.01
"""A face so near to where a part was cut off, as a share of the part, is left to the next one."""

SAME_FACE_IOU = 0.3


def detect_in_tiles(detector: Detector, image: np.ndarray) -> list[Face]:
    """Return the faces in a large picture, largest first.

    image: uint8 (H, W, 3), BGR.
    """
    look = detector.fork()
    faces = look.detect(image)
    look.in_parts = False
    for x, y, side in _parts(image.shape[1], image.shape[0]):
        look.reset()
        part = np.ascontiguousarray(image[y : y + side, x : x + side])
        for face in look.detect(part):
            if face.score < MIN_SCORE or _is_cut(face.box, x, y, side, image.shape[1::-1]):
                continue
            face = shifted_face(face, x, y)
            if not any(_same(face.box, known.box) for known in faces):
                faces.append(face)
    return largest_first(faces)


def _parts(width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """The x, y and side of each part; the last ones reach to the end of the picture."""
    for side in SIDES:
        step = round(side * (1 - OVERLAP))
        for y in range(0, max(1, height - side + step), step):
            for x in range(0, max(1, width - side + step), step):
                yield max(0, min(x, width - side)), max(0, min(y, height - side)), side


def _is_cut(box: Box, x: int, y: int, side: int, size_wh: tuple[int, int]) -> bool:
    """Whether a face touches a side of its part that is none of the picture's."""
    near, far = side * EDGE, side * (1 - EDGE)
    width, height = size_wh
    return (
        (x > 0 and box.x0 < near)
        or (y > 0 and box.y0 < near)
        or (x + side < width and box.x1 > far)
        or (y + side < height and box.y1 > far)
    )


def _same(box: Box, known: Box) -> bool:
    x, y = box.center
    inside = known.x0 < x < known.x1 and known.y0 < y < known.y1
    return inside or iou(box, known) >= SAME_FACE_IOU
