"""Says why a face should get no label: what the network was never shown, it can only guess at."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.limits import Limits
from emoapp.types import Face, Rejection

EDGE_PX = 6
"""Left out on each side of a crop: hair and background say nothing about the face."""

DIM = 64
"""A mean of the crop below which too little contrast comes from too little light, 0 to 255."""


def rejection_reason(face: Face, crop: np.ndarray, limits: Limits) -> Rejection | None:
    """The first reason not to believe a label, or None.

    crop: uint8 (S, S), the face as `align.align` cut it out.
    """
    if _eye_distance(face) < limits.eye_distance_px:
        return Rejection.TOO_SMALL
    brightness, contrast = _mean_and_deviation(crop)
    if brightness < limits.brightness:
        return Rejection.TOO_DARK
    if contrast < limits.contrast:
        return Rejection.TOO_DARK if brightness < DIM else Rejection.TOO_PALE
    if yaw(face) > limits.yaw:
        return Rejection.TURNED_AWAY
    if sharpness(crop) < limits.sharpness:
        return Rejection.BLURRED
    return None


def sharpness(crop: np.ndarray) -> float:
    """How much of a crop's contrast is in its finest details, from 0; photographs have about 1.

    The standard deviation of the Laplacian (Pech-Pacheco et al. 2000) over that of the crop, so
    that it does not depend on the light.
    """
    _, details = _mean_and_deviation(cv2.Laplacian(crop, cv2.CV_32F))
    _, contrast = _mean_and_deviation(crop)
    return details / max(contrast, 1.0)


def yaw(face: Face) -> float:
    """How far a head is turned aside: 0 from the front, about 0.5 in half profile.

    The nose's distance from the line between the middle of the eyes and the mouth, as a share of
    that line; 0 where the points are not known.
    """
    if face.eyes is None or face.nose is None or face.mouth is None:
        return 0.0
    middle = face.eyes.mean(axis=0)
    down = face.mouth - middle
    length = float(np.hypot(*down))
    if length == 0:
        return 0.0
    nose = face.nose - middle
    return abs(float(down[0] * nose[1] - down[1] * nose[0])) / length**2


def _mean_and_deviation(crop: np.ndarray) -> tuple[float, float]:
    """Without the edges."""
    # OpenCV's: numpy's take five times as long for so few pixels.
    mean, deviation = cv2.meanStdDev(crop[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX])
    return float(mean[0, 0]), float(deviation[0, 0])


def _eye_distance(face: Face) -> float:
    if face.eyes is None:
        return face.box.width / 3
    return float(np.hypot(*(face.eyes[1] - face.eyes[0])))
