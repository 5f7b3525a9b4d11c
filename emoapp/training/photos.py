"""Crop faces from photographs with the detector and the alignment of live use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from emoapp.alignment.align import align
from emoapp.crop_template import FER2013_TEMPLATE, CropTemplate
from emoapp.detectors import Detector
from emoapp.errors import DataError
from emoapp.training import degrade
from emoapp.training.dataset import Dataset, Progress
from emoapp.training.folders import Cut

FACE_SCALE_RANGE = (2.0, 8.0)
"""Range of the factor by which a face in an imitated photograph is larger than its crop."""

PHOTO_SIDE_RANGE = (1.2, 2.6)
"""Range of an imitated photograph's shorter side, in sides of the enlarged crop."""

MAX_TILT_DEG = 20.0

JPEG_QUALITY_RANGE = (50, 96)

BLENDED_BORDER_PX = 3
"""Width of the border that fades into the background, in pixels of the crop."""


def cutter(detector: Detector, template: CropTemplate = FER2013_TEMPLATE) -> Cut:
    """Return a function that finds and aligns the face of one photograph after another.

    Args:
        detector: Is reset before each photograph.
        template: Where the parts of the face lie in the crop.

    Returns:
        The function; it uses the same code as live use.
    """

    def cut(image: np.ndarray) -> np.ndarray | None:
        detector.reset()
        faces = detector.detect(image)
        return align(image, faces[:1], template)[0] if faces else None

    return cut


def cut_again(
    dataset: Dataset,
    cut: Cut,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Dataset:
    """Put each crop into an imitated photograph and crop the face from it again.

    This measures detector, alignment and network together where there are only crops.

    Args:
        dataset: The crops.
        cut: Finds and crops the face of a photograph (see `cutter`).
        seed: The same seed yields the same photographs.
        progress: Called with (photographs done, number of photographs).

    Returns:
        The dataset with the new crops; `Dataset.missed` marks those without a detection.
    """
    photographs = (
        imitate(image, np.random.default_rng((seed, number)))
        for number, image in enumerate(dataset.images)
    )
    crops, missed = cut_all(photographs, len(dataset), cut, progress=progress)
    return replace(dataset, images=crops, missed=missed)


def with_faces(splits: dict[str, Dataset]) -> dict[str, Dataset]:
    """Keep only the photographs in which a face was found: nothing can be learned from others.

    Args:
        splits: Split -> its dataset, cropped from photographs.

    Returns:
        The same splits without the missed photographs.

    Raises:
        DataError: If no photograph of a label is left.
    """
    kept = {}
    for split, dataset in splits.items():
        found = dataset.with_face()
        for label in np.unique(dataset.labels):
            if label not in found.labels:
                raise DataError(f"no face was found in any photograph of {dataset.names[label]}")
        kept[split] = replace(found, missed=None)
    return kept


def cut_all(
    photographs: Iterable[np.ndarray],
    count: int,
    cut: Cut,
    *,
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Crop the face of each photograph.

    Args:
        photographs: uint8 (H, W, 3), BGR, each of any size.
        count: Number of photographs.
        cut: Finds and crops the face of a photograph (see `cutter`).
        progress: Called with (photographs done, number of photographs).

    Returns:
        The crops, uint8 (count, 48, 48), black where no face was found; and bool (count,), True
        where none was found.
    """
    size = FER2013_TEMPLATE.size
    crops, missed = np.zeros((count, size, size), np.uint8), np.zeros(count, bool)
    for number, photograph in enumerate(photographs):
        crop = cut(photograph)
        missed[number] = crop is None
        if crop is not None:
            crops[number] = crop
        if progress is not None:
            progress(number + 1, count)
    return crops, missed


def imitate(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Make a photograph with this face in it.

    The crop is enlarged 2 to 8 times, tilted by up to 20 degrees and put anywhere into a larger
    image with a plain or blurred background, in different light, compressed as JPEG.

    Args:
        crop: uint8 (S, S), gray.
        rng: Source of randomness.

    Returns:
        uint8 (H, W, 3), BGR.
    """
    size = crop.shape[0]
    scale = rng.uniform(*FACE_SCALE_RANGE)
    short = round(size * scale * rng.uniform(*PHOTO_SIDE_RANGE))
    height, width = short, short * 4 // 3
    if rng.random() < 0.3:
        height, width = width, height
    to_photo = _random_placement(size, scale, (width, height), rng)
    face, mask = (
        cv2.warpAffine(image, to_photo, (width, height), flags=flags, borderMode=border)
        for image, flags, border in (
            (crop, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE),
            (_blend_mask(size), cv2.INTER_LINEAR, cv2.BORDER_CONSTANT),
        )
    )
    background = _background(face, size * scale, rng)
    photo = _light(background + (face - background) * mask, rng)
    return degrade.compress(photo, int(rng.integers(*JPEG_QUALITY_RANGE)))


def _random_placement(
    size: int, scale: float, size_wh: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """Return the transform from crop to photograph, float64 (2, 3); the face stays inside."""
    angle = np.deg2rad(rng.uniform(-MAX_TILT_DEG, MAX_TILT_DEG))
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    linear = np.array([[cos, -sin], [sin, cos]])
    half = size * scale / 2
    center = [rng.uniform(half, side - half) for side in size_wh]
    offset = center - linear @ ((size - 1) / 2, (size - 1) / 2)
    return np.column_stack([linear, offset])


def _blend_mask(size: int) -> np.ndarray:
    """Return float32 (S, S), 1 inside and 0 at the edges.

    Real photographs have no sharp edge around the face.
    """
    inwards = np.minimum(np.arange(size), np.arange(size)[::-1]) / BLENDED_BORDER_PX
    ramp = np.clip(inwards, 0.0, 1.0).astype(np.float32)
    return np.minimum(ramp[:, None], ramp[None, :])


def _background(face: np.ndarray, side: float, rng: np.random.Generator) -> np.ndarray:
    """Return a plain background, or the face's own border far out of focus: float32 (H, W)."""
    if rng.random() < 0.5:
        return np.full(face.shape, rng.uniform(30, 220), np.float32)
    # At a sixteenth of the size, where blurring is cheap.
    small = cv2.resize(face, None, fx=1 / 16, fy=1 / 16, interpolation=cv2.INTER_AREA)
    small = degrade.blur(small.astype(np.float32), side / 4 / 16)
    return cv2.resize(small, face.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _light(gray: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change contrast and brightness and add a slight tint: float32 (H, W) -> uint8 (H, W, 3)."""
    lit = degrade.adjust_contrast(gray, rng.uniform(0.75, 1.25), rng.uniform(-25, 25))
    tint = rng.uniform(0.92, 1.08, 3)
    return degrade.to_uint8(lit[..., None] * tint, rounded=False)
