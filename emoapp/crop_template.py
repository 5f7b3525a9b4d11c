"""How faces lie in the crops that a network was trained on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CropTemplate:
    """Where the parts of a face lie in the crop, in its pixels.

    size: width and height of the crop.
    eye_left, eye_right: x, y of the eyes on the left and on the right of the picture.
    mouth: x, y of its middle.
    box: x0, y0, x1, y1 of the rectangle that a detector without eyes puts around the face.
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
them, the box as OpenCV's Haar cascade does, the one detector here that gives no eyes."""
