"""Conversion between a video's YUV pixels, BGR and gray."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

BT709, UNSPECIFIED, BT601_PAL, BT601, BT2020 = 1, 2, 5, 6, 9
"""Numbers of matrices, primaries and transfer functions in ITU-T H.273, FFmpeg and video files."""

LIMITED_RANGE, FULL_RANGE = 1, 2
"""FFmpeg's numbers for 16 to 235 and for 0 to 255."""

_LUMA_WEIGHTS = {
    BT709: (0.2126, 0.0722),
    UNSPECIFIED: (0.299, 0.114),  # as in FFmpeg
    BT601_PAL: (0.299, 0.114),
    BT601: (0.299, 0.114),
    BT2020: (0.2627, 0.0593),
}
"""Number of the matrix -> weights of red and blue in the luma; green has the rest."""

_GRAY_WEIGHTS = np.array([[0.114, 0.587, 0.299]])
"""Weights of blue, green and red in gray, as in OpenCV: the luma of BT.601."""


@dataclass(frozen=True, slots=True)
class Colorimetry:
    """Meaning of YUV pixels, as a video file states it.

    Attributes:
        matrix: Matrix coefficients, a number in ITU-T H.273.
        primaries: Color primaries, a number in ITU-T H.273.
        transfer: Transfer function, a number in ITU-T H.273.
        full_range: Values from 0 to 255 instead of 16 to 235.
    """

    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    full_range: bool = False

    @property
    def is_known(self) -> bool:
        """Whether `matrices_of` knows the matrix."""
        return self.matrix in _LUMA_WEIGHTS


@dataclass(frozen=True, slots=True)
class Matrices:
    """Matrices that convert pixels.

    Attributes:
        to_bgr: float (3, 4), for columns (Y, U, V, 1).
        to_gray: float (1, 4), for columns (Y, U, V, 1).
        from_bgr: float (3, 4), for columns (B, G, R, 1).
        luma_to_gray: uint8 (256,), where gray depends on the luma alone; else None.
    """

    to_bgr: np.ndarray
    to_gray: np.ndarray
    from_bgr: np.ndarray
    luma_to_gray: np.ndarray | None


@lru_cache(maxsize=8)
def matrices_of(colorimetry: Colorimetry) -> Matrices:
    """Return the matrices of a colorimetry (ITU-T H.273, section 8.3).

    Args:
        colorimetry: One whose matrix is known (`Colorimetry.is_known`).
    """
    red, blue = _LUMA_WEIGHTS[colorimetry.matrix]
    luma = np.array([blue, 1 - red - blue, red])
    u = (np.array([1, 0, 0]) - luma) / (2 * (1 - blue))
    v = (np.array([0, 0, 1]) - luma) / (2 * (1 - red))
    luma_range, chroma_range, black = (255, 255, 0) if colorimetry.full_range else (219, 224, 16)
    scale = np.array([luma_range, chroma_range, chroma_range]) / 255
    linear, shift = np.stack([luma, u, v]) * scale[:, None], np.array([black, 128, 128])
    inverse = np.linalg.inv(linear)
    to_bgr = np.column_stack([inverse, -inverse @ shift])
    to_gray = _GRAY_WEIGHTS @ to_bgr
    luma_to_gray = None
    if np.abs(to_gray[0, 1:3]).max() < 1e-6:
        gray = to_gray[0, 0] * np.arange(256) + to_gray[0, 3]
        luma_to_gray = np.rint(gray.clip(0, 255)).astype(np.uint8)
    return Matrices(to_bgr, to_gray, np.column_stack([linear, shift]), luma_to_gray)
