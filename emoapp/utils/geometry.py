"""Transform boxes and points in the plane."""

from __future__ import annotations

import math

import numpy as np

from emoapp.types import Box, Face


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return the similarity transform that maps `source` closest to `target` (least squares).

    This is the closed form of Umeyama (1991) for the plane, where rotation and scale together are
    one complex factor.

    Args:
        source: float (N, 2), N >= 2 points x, y, which must not all coincide.
        target: float (N, 2), the corresponding points.

    Returns:
        float64 (2, 3), to be applied to column vectors (x, y, 1).

    Raises:
        ValueError: All source points coincide.
    """
    # Python's own numbers: for two or three points, NumPy takes ten times as long.
    z = [complex(x, y) for x, y in source.tolist()]
    w = [complex(x, y) for x, y in target.tolist()]
    z_mean, w_mean = sum(z) / len(z), sum(w) / len(w)
    spread = sum(abs(a - z_mean) ** 2 for a in z)
    if spread == 0:
        raise ValueError("source: expected at least two different points")
    products = ((a - z_mean).conjugate() * (b - w_mean) for a, b in zip(z, w, strict=True))
    factor = sum(products) / spread
    shift = w_mean - factor * z_mean
    return np.array(
        [[factor.real, -factor.imag, shift.real], [factor.imag, factor.real, shift.imag]]
    )


def iou(a: Box, b: Box) -> float:
    """Return the intersection over union of two boxes, 0 to 1.

    Args:
        a: A box.
        b: Another box in the same coordinates.
    """
    width = min(a.x1, b.x1) - max(a.x0, b.x0)
    height = min(a.y1, b.y1) - max(a.y0, b.y0)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a.area + b.area - shared)


def distance(a: Box, b: Box) -> float:
    """Return the distance of the centers in widths of the larger box, plus the log size ratio.

    Args:
        a: A box.
        b: Another box in the same coordinates.
    """
    (ax, ay), (bx, by) = a.center, b.center
    moved = math.hypot(ax - bx, ay - by) / max(a.width, b.width)
    return moved + abs(math.log(a.width / b.width))


def scaled(box: Box, factor: float) -> Box:
    """Scale a box from the image's origin.

    Args:
        box: The box.
        factor: The scale.
    """
    return Box(*(value * factor for value in box))


def scaled_face(face: Face, factor: float) -> Face:
    """Scale all positions of a face from the image's origin.

    Args:
        face: The face.
        factor: The scale.
    """
    return _moved(face, factor, 0.0, 0.0)


def shifted_face(face: Face, dx: float, dy: float) -> Face:
    """Shift all positions of a face.

    Args:
        face: The face.
        dx: Pixels to the right.
        dy: Pixels down.
    """
    return _moved(face, 1.0, dx, dy)


def _moved(face: Face, factor: float, dx: float, dy: float) -> Face:
    shift = np.array((dx, dy), np.float32)

    def moved(points: np.ndarray | None) -> np.ndarray | None:
        return None if points is None else points * np.float32(factor) + shift

    x0, y0, x1, y1 = scaled(face.box, factor)
    return Face(
        box=Box(x0 + dx, y0 + dy, x1 + dx, y1 + dy),
        score=face.score,
        eyes=moved(face.eyes),
        nose=moved(face.nose),
        mouth=moved(face.mouth),
    )


def fitted(size_wh: tuple[int, int], room_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same aspect ratio that fits, at least 1 pixel on each side.

    Args:
        size_wh: (width, height).
        room_wh: What it is to fit into, (width, height) in pixels.
    """
    scale = min(room_wh[0] / size_wh[0], room_wh[1] / size_wh[1])
    return max(1, round(size_wh[0] * scale)), max(1, round(size_wh[1] * scale))
