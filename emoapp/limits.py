"""What a picture must have for a face to be believed."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these a face gets no label. In brackets: of FER-2013's validation faces, the share on
    the wrong side.

    eye_distance_px: smallest distance between the eyes in the picture; below, the crop is enlarged
        more than twice. Without eyes, a third of the box's width counts.
    brightness: smallest mean of the crop, 0 to 255, for it to count as lit (0.2% below 36).
    contrast: smallest standard deviation of the crop, 0 to 255 (0.2% below 20).
    sharpness: smallest `quality.sharpness` of the crop (1% below 0.53; blurred by 2 pixels it is
        0.13).
    yaw: largest distance of the nose from the line between the middle of the eyes and the mouth,
        as a share of that line (0.5% above 0.36).
    confidence: smallest smoothed probability of the label; to be believed again it must come
        `confidence_back` above it.

    Raises ValueError for a value below 0.
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
"""The names, as `--limit` and the settings file take them."""
