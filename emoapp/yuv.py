"""Images in YUV, as videos are decoded and encoded."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.colorimetry import Colorimetry, matrices_of
from emoapp.images import Color, Image


class YuvImage(Image):
    """An image in I420: Y, U and V in one array, U and V with half the width and height.

    Args:
        pixels: uint8 (H * 3 / 2, W) with even H and W; not copied.
        colorimetry: Meaning of the pixels.

    Attributes:
        pixels: The array.
        colorimetry: Meaning of the pixels.

    Raises:
        ValueError: If the array has another dtype or shape.
    """

    def __init__(self, pixels: np.ndarray, colorimetry: Colorimetry) -> None:
        height, width = pixels.shape[0] * 2 // 3, pixels.shape[1]
        if pixels.dtype != np.uint8 or height % 2 or width % 2 or height * 3 != 2 * len(pixels):
            raise ValueError(
                "pixels: expected uint8 (H * 3 / 2, W) with even H and W, "
                f"got {pixels.dtype} {pixels.shape}"
            )
        self.pixels, self.colorimetry = pixels, colorimetry
        self.form = colorimetry
        rest = pixels[height:].reshape(2, height // 2, width // 2)
        self.planes = (pixels[:height], rest[0], rest[1])

    def bgr(self) -> np.ndarray:
        """See `Image.bgr`."""
        size_wh = self.size_wh
        return self._to_bgr([self.planes[0], *(cv2.resize(p, size_wh) for p in self.planes[1:])])

    def copy(self) -> YuvImage:
        """See `Image.copy`."""
        return YuvImage(self.pixels.copy(), self.colorimetry)

    def gray(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """See `Image.gray`."""
        luma = self.planes[0][y0:y1, x0:x1]
        matrices = matrices_of(self.colorimetry)
        if matrices.luma_to_gray is not None:
            return cv2.LUT(luma, matrices.luma_to_gray)
        share, *shares, base = matrices.to_gray[0]
        u, v = (
            plane[y0 // 2 : (y1 + 1) // 2, x0 // 2 : (x1 + 1) // 2] for plane in self.planes[1:]
        )
        # On a quarter of the pixels, and around 128, so that no value is negative.
        added = cv2.addWeighted(u, shares[0], v, shares[1], 128 * (1 - sum(shares)))
        added = cv2.resize(added, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        added = added[y0 % 2 :, x0 % 2 :][: y1 - y0, : x1 - x0]
        return cv2.addWeighted(luma, share, added, 1.0, base - 128 * (1 - sum(shares)))

    def color(self, bgr: Color) -> list[Color]:
        """See `Image.color`."""
        from_bgr = matrices_of(self.colorimetry).from_bgr
        return [(round(value),) for value in (from_bgr @ (*bgr, 1)).tolist()]

    def layers(
        self, ink: np.ndarray, keep: np.ndarray, x: int, y: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """See `Image.layers`."""
        keep = np.ascontiguousarray(keep[..., 0])
        from_bgr = matrices_of(self.colorimetry).from_bgr
        # The zero level of each plane is added in proportion to the opacity; subtract it again.
        luma, u, v = (
            cv2.addWeighted(part, 1.0, keep, -zero / 255, 0.0)
            for part, zero in zip(
                cv2.split(cv2.transform(ink, from_bgr)), from_bgr[:, 3].tolist(), strict=True
            )
        )
        borders = y % 2, (y + len(keep)) % 2, x % 2, (x + keep.shape[1]) % 2
        half_keep = _halved(keep, borders, 255)
        return [(luma, keep), *((_halved(part, borders, 0), half_keep) for part in (u, v))]

    def drain(self) -> None:
        """See `Image.drain`."""
        for plane in self.planes[1:]:
            plane[:] = 128

    def _to_bgr(self, planes: list[np.ndarray]) -> np.ndarray:
        return cv2.transform(cv2.merge(planes), matrices_of(self.colorimetry).to_bgr)


def _halved(plane: np.ndarray, borders: tuple[int, int, int, int], outside: int) -> np.ndarray:
    """Return a plane at half the size, padded by the borders (top, bottom, left, right)."""
    if any(borders):
        plane = cv2.copyMakeBorder(plane, *borders, cv2.BORDER_CONSTANT, value=outside)
    return cv2.resize(plane, (plane.shape[1] // 2, len(plane) // 2), interpolation=cv2.INTER_AREA)
