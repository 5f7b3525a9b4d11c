"""Align faces: move eyes and mouth to where FER-2013's faces have them, and crop."""

from __future__ import annotations

import math

import cv2
import numpy as np

from emoapp.crop_template import FER2013_TEMPLATE, CropTemplate
from emoapp.images import Image, as_image
from emoapp.types import Box, Face
from emoapp.utils.geometry import similarity


def crop_transform(face: Face, template: CropTemplate = FER2013_TEMPLATE) -> np.ndarray:
    """Return the similarity from image pixels to crop pixels.

    By eyes and mouth where the face has them, else by the box. The mouth preserves the scale of a
    face in profile, whose eyes are close together.

    Args:
        face: In pixels of the image.
        template: Where the parts of the face lie in the crop.

    Returns:
        float64 (2, 3).
    """
    if face.eyes is None:
        return _box_transform(face.box, template)
    source = [*face.eyes]
    target = [template.eye_left, template.eye_right]
    if face.mouth is not None:
        source.append(face.mouth)
        target.append(template.mouth)
    return similarity(np.array(source, np.float64), np.array(target, np.float64))


def _box_transform(box: Box, template: CropTemplate) -> np.ndarray:
    x0, y0, x1, y1 = template.box
    scale = math.sqrt(((x1 - x0) * (y1 - y0)) / box.area)
    center_x, center_y = box.center
    return np.array(
        [
            [scale, 0.0, (x0 + x1) / 2 - scale * center_x],
            [0.0, scale, (y0 + y1) / 2 - scale * center_y],
        ]
    )


def align(
    image: Image | np.ndarray,
    faces: tuple[Face, ...] | list[Face],
    template: CropTemplate = FER2013_TEMPLATE,
) -> np.ndarray:
    """Crop faces the way the network was trained on them.

    The image's border is repeated where a crop leaves the image. Large faces are averaged down
    (area filter), as the training images were; plain bilinear sampling would show the network
    aliasing that it has never seen.

    Args:
        image: An array is uint8 (H, W, 3), BGR, or (H, W), gray.
        faces: In pixels of the image.
        template: Where the parts of a face lie in the crop.

    Returns:
        uint8 (N, size, size), gray, upright.
    """
    if not (isinstance(image, np.ndarray) and image.ndim == 2):
        image = as_image(image)
    crops = np.empty((len(faces), template.size, template.size), np.uint8)
    for i, face in enumerate(faces):
        crops[i] = _crop(image, crop_transform(face, template), template.size)
    return crops


def _crop(image: Image | np.ndarray, to_crop: np.ndarray, size: int) -> np.ndarray:
    # Three cheap steps: a large face is averaged down by an integer factor to about twice the
    # crop's scale, rotated there, and averaged down by the remaining factor.
    scale = math.hypot(to_crop[0, 0], to_crop[1, 0])
    shrink = max(1, round(1 / scale) // 2)
    finer = max(1, round(1 / (scale * shrink)))

    region, origin = _region(image, to_crop, size, shrink)
    if shrink > 1:
        # A last pixel that the image's border cuts in part is left out.
        height, width = (max(1, side // shrink) for side in region.shape)
        region = region[: height * shrink, : width * shrink]
        region = cv2.resize(region, (width, height), interpolation=cv2.INTER_AREA)
    linear = to_crop[:, :2] * (shrink * finer)
    shift = (to_crop[:, :2] @ origin + to_crop[:, 2]) * finer
    # OpenCV counts from the center of the first pixel, positions here from its corner.
    shift += linear @ (0.5, 0.5) - 0.5
    crop = cv2.warpAffine(
        region,
        np.column_stack([linear, shift]),
        (size * finer, size * finer),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if finer > 1:
        crop = cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA)
    return crop


def _region(
    image: Image | np.ndarray, to_crop: np.ndarray, size: int, multiple: int
) -> tuple[np.ndarray, tuple[int, int]]:
    """Return the part of the image that a crop needs, in gray, and its x, y in the image.

    Only this part is converted to gray: converting a whole 720p frame takes longer than the rest.
    Its sides are multiples of `multiple` where the image is large enough.
    """
    width, height = image.shape[::-1] if isinstance(image, np.ndarray) else image.size_wh
    corners = np.array([[0, 0, size, size], [0, size, 0, size], [1, 1, 1, 1]], np.float64)
    x, y = cv2.invertAffineTransform(to_crop) @ corners
    x0, x1 = _span(x.min(), x.max(), width, multiple)
    y0, y1 = _span(y.min(), y.max(), height, multiple)
    if isinstance(image, np.ndarray):
        return image[y0:y1, x0:x1], (x0, y0)
    return image.gray(x0, y0, x1, y1), (x0, y0)


def _span(low: float, high: float, length: int, multiple: int) -> tuple[int, int]:
    """Return the first and the last pixel + 1 of a span inside 0 to `length`.

    From `low` to `high` with a margin of two (shrunken) pixels for bilinear sampling. At least one
    (shrunken) pixel stays: a crop wholly outside repeats the nearest border.
    """
    margin = 2 * multiple
    start = min(max(math.floor(low) - margin, 0), max(length - multiple, 0))
    count = max(1, math.ceil((min(high + margin, length) - start) / multiple))
    return start, min(start + count * multiple, length)
