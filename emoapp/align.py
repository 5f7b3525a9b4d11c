"""From a face in a picture to the crop that the network was trained on.

Bringing a face's eyes and mouth to where FER-2013's faces have them makes such a crop of any
photograph.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from emoapp.framing import FER2013_FRAMING, Framing
from emoapp.geometry import similarity
from emoapp.types import Box, Face

MAX_OVERSAMPLING = 16
"""A face is never sampled finer than this many times the crop's pixels, however large it is."""


def crop_transform(face: Face, framing: Framing = FER2013_FRAMING) -> np.ndarray:
    """The similarity from picture pixels to crop pixels: float64 (2, 3).

    By eyes and mouth where the face has them: the mouth keeps the scale of a face that is turned
    aside, whose eyes come close together. Else by the box.
    """
    if face.eyes is None:
        return _box_transform(face.box, framing)
    source = [*face.eyes]
    target = [framing.eye_left, framing.eye_right]
    if face.mouth is not None:
        source.append(face.mouth)
        target.append(framing.mouth)
    return similarity(np.array(source, np.float64), np.array(target, np.float64))


def _box_transform(box: Box, framing: Framing) -> np.ndarray:
    x0, y0, x1, y1 = framing.box
    scale = math.sqrt(((x1 - x0) * (y1 - y0)) / box.area)
    center_x, center_y = box.center
    return np.array(
        [
            [scale, 0.0, (x0 + x1) / 2 - scale * center_x],
            [0.0, scale, (y0 + y1) / 2 - scale * center_y],
        ]
    )


def align(
    image: np.ndarray, faces: tuple[Face, ...] | list[Face], framing: Framing = FER2013_FRAMING
) -> np.ndarray:
    """Cut the faces out as the network knows them.

    image: uint8 (H, W, 3) BGR, or (H, W) grey.

    Returns uint8 (N, size, size), grey, upright; the picture's border is repeated where a crop
    leaves the picture. Large faces are averaged down (area filter), as the training images were;
    plain bilinear sampling would show the network an aliasing it never saw.
    """
    crops = np.empty((len(faces), framing.size, framing.size), np.uint8)
    for i, face in enumerate(faces):
        crops[i] = _cut(image, crop_transform(face, framing), framing.size)
    return crops


def _cut(image: np.ndarray, to_crop: np.ndarray, size: int) -> np.ndarray:
    scale = math.hypot(to_crop[0, 0], to_crop[1, 0])
    finer = min(MAX_OVERSAMPLING, max(1, round(1 / scale)))
    # The same transform onto a grid `finer` times as dense. OpenCV counts from the centre of the
    # first pixel, positions here from its corner.
    to_fine = to_crop * finer
    to_fine[:, 2] += to_fine[:, :2] @ (0.5, 0.5) - 0.5

    region, to_region = _region(image, to_fine, size * finer)
    fine = cv2.warpAffine(
        region,
        to_region,
        (size * finer, size * finer),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if finer == 1:
        return fine
    return cv2.resize(fine, (size, size), interpolation=cv2.INTER_AREA)


def _region(image: np.ndarray, transform: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The part of the picture that the transform reads, in grey, and the transform from it.

    Only this part is converted to grey: converting a whole 720p frame takes longer than the rest.
    """
    height, width = image.shape[:2]
    corners = np.array([[0, 0, size, size], [0, size, 0, size], [1, 1, 1, 1]], np.float64)
    x, y = cv2.invertAffineTransform(transform) @ corners
    # Two pixels more on each side: bilinear sampling reads a neighbour. At least one row and
    # column stays, so that a crop wholly outside repeats the nearest border.
    x0 = min(max(int(math.floor(x.min())) - 2, 0), width - 1)
    y0 = min(max(int(math.floor(y.min())) - 2, 0), height - 1)
    x1 = max(min(int(math.ceil(x.max())) + 3, width), x0 + 1)
    y1 = max(min(int(math.ceil(y.max())) + 3, height), y0 + 1)
    region = image[y0:y1, x0:x1]
    if region.ndim == 3:
        region = cv2.cvtColor(region, cv2.COLOR_BGR2GRAY)
    moved = transform.copy()
    moved[:, 2] += transform[:, :2] @ (x0, y0)
    return region, moved
