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
    """A gray crop enlarged and turned in the middle of a larger picture.

    Returns the picture, uint8 (H, H, 3), and the transform (2, 3) from crop to picture positions.
    """
    size = crop.shape[0]
    side = int(size * times * 1.8)
    radians = np.deg2rad(angle)
    cos, sin = np.cos(radians) * times, np.sin(radians) * times
    transform = np.array([[cos, sin, 0.0], [-sin, cos, 0.0]])
    transform[:, 2] = side / 2 - transform[:, :2] @ (size / 2, size / 2)
    # OpenCV counts from the centers of pixels.
    from_centers = transform.copy()
    from_centers[:, 2] += transform[:, :2] @ (0.5, 0.5) - 0.5
    picture = cv2.warpAffine(
        crop, from_centers, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR), transform


def drawn(expression: str) -> np.ndarray:
    """A drawn face as a crop, uint8 (48, 48), with no room for doubt: happy or surprise."""
    s = 8  # drawn so many times larger, and shrunk
    image = np.full((48 * s, 48 * s), 150, np.uint8)

    def at(x: float, y: float) -> tuple[int, int]:
        return round(x * s), round(y * s)

    def line(*points: tuple[float, float], width: int, gray: int = 40) -> None:
        path = np.array([at(*point) for point in points], np.int32)
        cv2.polylines(image, [path], False, gray, width, cv2.LINE_AA)

    def disc(x: float, y: float, rx: float, ry: float, gray: int) -> None:
        cv2.ellipse(image, at(x, y), at(rx, ry), 0, 0, 360, gray, -1, cv2.LINE_AA)

    disc(24, 26, 19, 25, 205)
    disc(24, 2, 21, 9, 40)
    line((24, 20), (22, 29), width=5, gray=165)
    line((22, 29), (26, 30), width=6, gray=140)
    open_wide = {"happy": 2.2, "surprise": 3.6}[expression]
    for x in (15.6, 33.1):
        disc(x, 19, 4.5, open_wide + 0.3, 60)
        disc(x, 19, 4.2, open_wide, 245)
        disc(x, 19, min(open_wide, 2), min(open_wide, 2), 30)
    if expression == "happy":
        curve = np.linspace(np.pi, 0, 20)
        mouth = [at(24 + 12 * np.cos(a), 34 + 9 * np.sin(a)) for a in curve]
        cv2.fillPoly(image, [np.array(mouth, np.int32)], 240)
        cv2.polylines(image, [np.array(mouth, np.int32)], True, 50, 6, cv2.LINE_AA)
        for brow in ((10, 15, 20), (28, 33, 38)):
            line(*zip(brow, (14, 12.5, 14), strict=True), width=7)
    else:
        disc(24, 38, 5, 7, 30)
        line((10, 12), (15, 9.5), (20, 11.5), width=9)
        line((28, 11.5), (33, 9.5), (38, 12), width=9)
    return cv2.resize(cv2.GaussianBlur(image, (0, 0), 6), (48, 48), interpolation=cv2.INTER_AREA)
