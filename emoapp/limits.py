"""Thresholds that a face must meet to get a label."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds that a face must meet to get a label.

    In parentheses: shares of FER-2013's validation faces.

    Attributes:
        eye_distance_px: Smallest distance between the eyes in the image; below it, the crop is
            enlarged more than twice. Without eyes, a third of the box's width counts.
        brightness: Smallest mean of the crop, 0 to 255 (0.2% are below 36).
        contrast: Smallest standard deviation of the crop, 0 to 255 (0.2% are below 20).
        sharpness: Smallest `quality.sharpness` of the crop (1% are below 0.53; blurring by 2 pixels
            leaves 0.13).
        yaw: Largest distance of the nose from the line between the midpoint of the eyes and the
            mouth, as a share of that line's length (0.5% are above 0.36).
        confidence: Smallest smoothed probability of the label.
        confidence_back: How far above `confidence` the probability of a rejected label must rise to
            be accepted again.

    Raises:
        ValueError: If a value is below 0.
    """

    eye_distance_px: float = 8.0
    brightness: float = 18.0
    contrast: float = 8.0
    sharpness: float = 0.11
    yaw: float = 0.42
    confidence: float = 0.35
    confidence_back: float = 0.05

    def __post_init__(self) -> None:
        for name in LIMITS:
            value = getattr(self, name)
            if not value >= 0:
                raise ValueError(f"{name}: expected 0 or more, got {value:g}")


LIMITS = tuple(field.name for field in fields(Limits))
"""Names of the thresholds, as `--limit` and the settings file take them."""
