"""Says why a face should get no label: what the network was never shown, it can only guess at."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from emoapp.types import Doubt, Face

EDGE_PX = 6
"""Left out on each side of a crop: hair and background say nothing about the face."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a face is not believed. In brackets: of FER-2013's validation faces, the share
    on the wrong side.

    eye_distance_px: smallest distance between the eyes in the picture; below, the crop is enlarged
        more than twice. Without eyes, a third of the box's width counts.
    brightness: smallest mean of the crop, 0 to 255, for it to count as lit (0.2% below 36).
    contrast: smallest standard deviation of the crop, 0 to 255 (0.2% below 20).
    sharpness: smallest `sharpness` of the crop (1% below 0.53; blurred by 2 pixels it is 0.13).
    turn: largest distance of the nose from the line between the middle of the eyes and the mouth,
        as a share of that line (0.5% above 0.36).
    confidence: smallest smoothed probability of the label; to be believed again it must come
        `confidence_back` above it.
    """

    eye_distance_px: float = 8.0
    brightness: float = 18.0
    contrast: float = 8.0
    sharpness: float = 0.11
    turn: float = 0.42
    confidence: float = 0.35
    confidence_back: float = 0.05


def doubt_of(face: Face, crop: np.ndarray, limits: Limits) -> Doubt | None:
    """The first reason not to believe a label, or None.

    crop: uint8 (S, S), the face as `align.align` cut it out.
    """
    if _eye_distance(face) < limits.eye_distance_px:
        return Doubt.TOO_SMALL
    inner = crop[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX]
    if inner.mean() < limits.brightness:
        return Doubt.TOO_DARK
    if inner.std() < limits.contrast:
        return Doubt.TOO_PALE
    if turn(face) > limits.turn:
        return Doubt.TURNED_AWAY
    if sharpness(crop) < limits.sharpness:
        return Doubt.BLURRED
    return None


def sharpness(crop: np.ndarray) -> float:
    """How much of a crop's contrast is in its finest details, from 0; photographs have about 1.

    The standard deviation of the Laplacian (Pech-Pacheco et al. 2000) over that of the crop, so
    that it does not depend on the light.
    """
    details = cv2.Laplacian(crop, cv2.CV_32F)[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX]
    contrast = crop[EDGE_PX:-EDGE_PX, EDGE_PX:-EDGE_PX].std()
    return float(details.std() / max(contrast, 1.0))


def turn(face: Face) -> float:
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


def _eye_distance(face: Face) -> float:
    if face.eyes is None:
        return face.box.width / 3
    return float(np.hypot(*(face.eyes[1] - face.eyes[0])))
