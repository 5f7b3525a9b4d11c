"""Real faces for tests: a public-domain portrait, put where a test wants it."""

from __future__ import annotations

import cv2
import numpy as np

# Eileen Collins in scikit-image's portrait (512x512): measured by hand.
EYES = np.array([[203.0, 101.0], [247.0, 102.5]])
MOUTH = np.array([224.0, 146.0])


def portrait() -> np.ndarray:
    """uint8 (512, 512, 3), BGR: NASA's portrait of the astronaut Eileen Collins, smiling."""
    from skimage import data

    return cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR)


def pasted(crop: np.ndarray, *, times: int, angle: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A grey crop enlarged and turned in the middle of a larger picture.

    Returns the picture, uint8 (H, H, 3), and the transform (2, 3) from crop to picture positions.
    """
    size = crop.shape[0]
    side = int(size * times * 1.8)
    radians = np.deg2rad(angle)
    cos, sin = np.cos(radians) * times, np.sin(radians) * times
    transform = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    transform[:, 2] = side / 2 - transform[:, :2] @ (size / 2, size / 2)
    # OpenCV counts from the centres of pixels.
    from_centers = transform.copy()
    from_centers[:, 2] += transform[:, :2] @ (0.5, 0.5) - 0.5
    picture = cv2.warpAffine(
        crop, from_centers, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), transform
