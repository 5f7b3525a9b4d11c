"""Reject faces that are unlike those that the network was trained on."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.limits import Limits
from emoapp.types import Face, Rejection

BORDER_PX = 6
"""Left out on each side of a crop, where hair and background are."""

DIM_BRIGHTNESS = 64
"""Mean of a crop, 0 to 255, below which low contrast is due to too little light."""


def rejection_reason(face: Face, crop: np.ndarray, limits: Limits) -> Rejection | None:
    """Return the first reason to give a face no label, or None.

    Args:
        face: The face, in pixels of the image.
        crop: uint8 (S, S), the face as `align.align` cropped it.
        limits: Thresholds.
    """
    if _eye_distance(face) < limits.eye_distance_px:
        return Rejection.TOO_SMALL
    brightness, contrast = _mean_and_deviation(crop)
    if brightness < limits.brightness:
        return Rejection.TOO_DARK
    if contrast < limits.contrast:
        return Rejection.TOO_DARK if brightness < DIM_BRIGHTNESS else Rejection.TOO_PALE
    if yaw(face) > limits.yaw:
        return Rejection.TURNED_AWAY
    if sharpness(crop) < limits.sharpness:
        return Rejection.BLURRED
    return None


def sharpness(crop: np.ndarray) -> float:
    """Measure how much of a crop's contrast is in its finest details.

    The standard deviation of the Laplacian (Pech-Pacheco et al. 2000), divided by that of the crop,
    so that it does not depend on the light.

    Args:
        crop: uint8 (S, S).

    Returns:
        0 or more; photographs have about 1.
    """
    _, details = _mean_and_deviation(cv2.Laplacian(crop, cv2.CV_32F))
    _, contrast = _mean_and_deviation(crop)
    return details / max(contrast, 1.0)


def yaw(face: Face) -> float:
    """Measure how far a head is turned to the side.

    The nose's distance from the line between the midpoint of the eyes and the mouth, as a share of
    that line's length.

    Args:
        face: The face.

    Returns:
        0 for a frontal face, about 0.5 for a half profile; 0 where the points are not known.
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
    """Return mean and standard deviation of a crop without its border."""
    # numpy takes five times as long as OpenCV for so few pixels.
    inside = crop[BORDER_PX:-BORDER_PX, BORDER_PX:-BORDER_PX]
    mean, deviation = cv2.meanStdDev(inside)
    return float(mean[0, 0]), float(deviation[0, 0])


def _eye_distance(face: Face) -> float:
    if face.eyes is None:
        return face.box.width / 3
    return float(np.hypot(*(face.eyes[1] - face.eyes[0])))
