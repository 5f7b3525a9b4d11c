"""Position of the face in the crops that a network was trained on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CropTemplate:
    """Position of the parts of a face in the crop, in pixels of the crop.

    Attributes:
        size: Width and height of the crop.
        eye_left: x, y of the eye on the left of the image.
        eye_right: x, y of the eye on the right of the image.
        mouth: x, y of the mouth's center.
        box: x0, y0, x1, y1 of the bounding box, for detectors that find no eyes.

    Raises:
        ValueError: If the size is not positive.
    """

    size: int = 48
    eye_left: tuple[float, float] = (15.6, 18.9)
    eye_right: tuple[float, float] = (33.1, 19.1)
    mouth: tuple[float, float] = (24.2, 37.3)
    box: tuple[float, float, float, float] = (0.5, 0.3, 47.5, 47.3)

    def __post_init__(self) -> None:
        if self.size <= 0:
            raise ValueError(f"CropTemplate.size: expected a positive number, got {self.size}")


FER2013_TEMPLATE = CropTemplate()
"""Medians over FER-2013's training images, enlarged four times: eyes and mouth as MediaPipe finds
them, the box as OpenCV's Haar cascade does, the only detector here that finds no eyes."""
