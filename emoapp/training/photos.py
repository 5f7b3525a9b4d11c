"""Photographs instead of crops: the face is found and cut out first, as live use does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np

from emoapp.alignment.align import align
from emoapp.crop_template import FER2013_TEMPLATE, CropTemplate
from emoapp.detectors import Detector
from emoapp.errors import DataError
from emoapp.training.dataset import Dataset, Progress
from emoapp.training.folders import Cut

TIMES = (2.0, 8.0)
"""How many times larger a face is in an imitated photograph than in its crop."""
ROOM = (1.2, 2.6)
"""The shorter side of an imitated photograph, in sides of the face's crop."""
TILT_DEG = 20.0
JPEG_QUALITY = (50, 96)
SOFT_PX = 3
"""So many of the crop's pixels fade into what is around it."""


def cutter(detector: Detector, template: CropTemplate = FER2013_TEMPLATE) -> Cut:
    """What finds and aligns the face of one picture after another, through the code of live use."""

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
    """The dataset as it comes back when each crop is a face in a photograph that must be found.

    Detector, alignment and network are measured together so, where there are crops only.
    `Dataset.missed` says where no face was found. The same seed gives the same photographs.
    """
    photographs = (
        imitate(image, np.random.default_rng((seed, number)))
        for number, image in enumerate(dataset.images)
    )
    crops, missed = cut_all(photographs, len(dataset), cut, progress=progress)
    return replace(dataset, images=crops, missed=missed)


def with_faces(splits: dict[str, Dataset]) -> dict[str, Dataset]:
    """The photographs in which a face was found; an image without one teaches nothing.

    Raises DataError where a label has none.
    """
    kept = {}
    for split, dataset in splits.items():
        there = dataset.take(~dataset.missed)
        for label in np.unique(dataset.labels):
            if label not in there.labels:
                raise DataError(f"no face was found in any photograph of {dataset.names[label]}")
        kept[split] = replace(there, missed=None)
    return kept


def cut_all(
    photographs: Iterable[np.ndarray],
    count: int,
    cut: Cut,
    *,
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Crops uint8 (count, 48, 48), black where none was found; bool (count,), where that was."""
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
    """A photograph with this face in it.

    crop: uint8 (S, S), grey.

    Returns uint8 (H, W, 3) BGR: the crop 2 to 8 times enlarged, up to 20 degrees tilted, anywhere
    in a larger picture that blurs away around it, in another light, compressed as JPEG.
    """
    size = crop.shape[0]
    times = rng.uniform(*TIMES)
    short = round(size * times * rng.uniform(*ROOM))
    height, width = short, short * 4 // 3
    if rng.random() < 0.3:
        height, width = width, height
    to_picture = _placed(size, times, (width, height), rng)
    face, mask = (
        cv2.warpAffine(image, to_picture, (width, height), flags=flags, borderMode=border)
        for image, flags, border in (
            (crop, cv2.INTER_CUBIC, cv2.BORDER_REPLICATE),
            (_soft_edged(size), cv2.INTER_LINEAR, cv2.BORDER_CONSTANT),
        )
    )
    around = _around(face, size * times, rng)
    picture = _light(around + (face - around) * mask, rng)
    _, data = cv2.imencode(
        ".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(*JPEG_QUALITY))]
    )
    return cv2.imdecode(data, cv2.IMREAD_COLOR)


def _placed(
    size: int, times: float, size_wh: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    """The transform from crop to picture; the face stays inside."""
    angle = np.deg2rad(rng.uniform(-TILT_DEG, TILT_DEG))
    cos, sin = np.cos(angle) * times, np.sin(angle) * times
    linear = np.array([[cos, -sin], [sin, cos]])
    half = size * times / 2
    middle = [rng.uniform(half, side - half) for side in size_wh]
    offset = middle - linear @ ((size - 1) / 2, (size - 1) / 2)
    return np.column_stack([linear, offset])


def _soft_edged(size: int) -> np.ndarray:
    """1 inside and 0 at the edges, float32 (S, S).

    A sharp frame around the face would be something that photographs do not have.
    """
    inwards = np.minimum(np.arange(size), np.arange(size)[::-1]) / SOFT_PX
    ramp = np.clip(inwards, 0.0, 1.0).astype(np.float32)
    return np.minimum(ramp[:, None], ramp[None, :])


def _around(face: np.ndarray, side: float, rng: np.random.Generator) -> np.ndarray:
    """What is behind the face: plain, or its own border far out of focus. float32 (H, W)."""
    if rng.random() < 0.5:
        return np.full(face.shape, rng.uniform(30, 220), np.float32)
    # At a sixteenth of the size, where blurring is cheap.
    small = cv2.resize(face, None, fx=1 / 16, fy=1 / 16, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small.astype(np.float32), (0, 0), side / 4 / 16)
    return cv2.resize(small, face.shape[::-1], interpolation=cv2.INTER_LINEAR)


def _light(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Contrast, brightness and a slight tint: uint8 (H, W, 3) of float32 (H, W)."""
    middle = float(grey.mean())
    lit = (grey - middle) * rng.uniform(0.75, 1.25) + middle + rng.uniform(-25, 25)
    tint = rng.uniform(0.92, 1.08, 3)
    return np.clip(lit[..., None] * tint, 0, 255).astype(np.uint8)
