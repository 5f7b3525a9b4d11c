"""Images in the pixel format of their source: BGR here, a video's YUV in `yuv`.

A video is decoded to YUV and encoded from it. Converting all of it to BGR and back takes longer
than drawing on it. So only the parts that are needed are converted, and overlays are drawn in YUV.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable

import cv2
import numpy as np

Color = tuple[int, ...]
"""0 to 255 for each channel, in the order blue, green, red unless stated otherwise."""


def check_image(image: np.ndarray, name: str = "image") -> None:
    """Check that an array is an image as the pipeline passes it on: uint8 (H, W, 3), BGR.

    Args:
        image: The array.
        name: Name of the array in messages.

    Raises:
        TypeError: If it is no array, or one of another dtype.
        ValueError: If the array has another shape.
    """
    if not isinstance(image, np.ndarray):
        raise TypeError(f"{name}: expected a numpy array, got {type(image).__name__}")
    if image.dtype != np.uint8:
        raise TypeError(f"{name}: expected dtype uint8, got {image.dtype}")
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"{name}: expected shape (H, W, 3), got {image.shape}")


class Image(ABC):
    """An image that is read in parts and drawn on in place.

    Attributes:
        planes: uint8 arrays of the full or of half the size, each with all its channels; together
            they are the image. They may be changed; later reads see the changes.
        form: Pixel format; images of the same form take the same `layers`.
    """

    planes: tuple[np.ndarray, ...]
    form: Hashable

    @property
    def size_wh(self) -> tuple[int, int]:
        """Size as (width, height) in pixels."""
        return self.planes[0].shape[1], self.planes[0].shape[0]

    def step(self, plane: np.ndarray) -> int:
        """Return how many columns and rows of the image a pixel of a plane covers.

        Args:
            plane: One of `planes`.
        """
        return self.planes[0].shape[1] // plane.shape[1]

    def resized(self, size_wh: tuple[int, int]) -> np.ndarray:
        """Shrink the image by averaging.

        Args:
            size_wh: (width, height) of the result, pixels.

        Returns:
            uint8 (h, w, 3), BGR.
        """
        return self._to_bgr(
            [
                plane
                if plane.shape[1::-1] == size_wh
                else cv2.resize(plane, size_wh, interpolation=cv2.INTER_AREA)
                for plane in self.planes
            ]
        )

    def warped(self, transform: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
        """Apply `cv2.warpAffine` to the image, with its border repeated.

        Args:
            transform: float64 (2, 3), from pixels of the image to those of the result.
            size_wh: (width, height) of the result, pixels.

        Returns:
            uint8 (h, w, 3), BGR.
        """
        parts = []
        for plane in self.planes:
            step = self.step(plane)
            from_plane = transform.copy()
            # OpenCV counts from the center of the first pixel, which is larger in this plane.
            from_plane[:, 2] += transform[:, :2].sum(axis=1) * (step - 1) / 2
            from_plane[:, :2] *= step
            parts.append(
                cv2.warpAffine(plane, from_plane, size_wh, borderMode=cv2.BORDER_REPLICATE)
            )
        return self._to_bgr(parts)

    @abstractmethod
    def bgr(self) -> np.ndarray:
        """Return the whole image: uint8 (H, W, 3), BGR. A `BgrImage` returns its own array."""

    @abstractmethod
    def copy(self) -> Image:
        """Return the same picture in memory of its own."""

    def copy_to(self, canvas: Image | None) -> Image:
        """Return the same picture in the memory of another one, where that is of the same kind.

        Copying into memory that is in use already takes half the time.

        Args:
            canvas: The other one, which is overwritten; None for new memory.
        """
        if canvas is None or canvas.form != self.form or canvas.size_wh != self.size_wh:
            return self.copy()
        for source, target in zip(self.planes, canvas.planes, strict=True):
            np.copyto(target, source)
        return canvas

    @abstractmethod
    def gray(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """Return a part of the image in gray.

        Gray is the luma of BT.601, whatever the image's own matrix is, since FER-2013 uses it.

        Args:
            x0: First column; the part lies inside the image.
            y0: First row.
            x1: Last column + 1.
            y1: Last row + 1.

        Returns:
            uint8 (y1 - y0, x1 - x0).
        """

    @abstractmethod
    def color(self, bgr: Color) -> list[Color]:
        """Convert a color to the pixel format of each plane.

        Args:
            bgr: Blue, green and red, 0 to 255.
        """

    @abstractmethod
    def layers(
        self, ink: np.ndarray, keep: np.ndarray, x: int, y: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Convert a translucent overlay to (ink, keep) of each plane.

        To draw the overlay, replace each plane by `plane * keep / 255 + ink`.

        Args:
            ink: uint8 (h, w, 3), BGR, multiplied by the opacity.
            keep: uint8 (h, w, 3), 255 minus the opacity.
            x: Column of the overlay's corner in the image; incomplete pixels of a smaller plane
                are padded with transparent ones.
            y: Row of the overlay's corner in the image.
        """

    @abstractmethod
    def drain(self) -> None:
        """Turn the image into gray, in place."""

    @abstractmethod
    def _to_bgr(self, planes: list[np.ndarray]) -> np.ndarray:
        """Combine planes of one size into BGR: uint8 (h, w, 3)."""


class BgrImage(Image):
    """An image in BGR.

    Args:
        image: uint8 (H, W, 3), BGR; not copied.
        name: Name of the array in messages.

    Raises:
        TypeError: If it is no array, or one of another dtype.
        ValueError: If the array has another shape.
    """

    form = "bgr"

    def __init__(self, image: np.ndarray, name: str = "image") -> None:
        check_image(image, name)
        self.planes = (image,)

    def bgr(self) -> np.ndarray:
        """See `Image.bgr`."""
        return self.planes[0]

    def copy(self) -> BgrImage:
        """See `Image.copy`."""
        return BgrImage(self.planes[0].copy())

    def gray(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """See `Image.gray`."""
        return cv2.cvtColor(self.planes[0][y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)

    def color(self, bgr: Color) -> list[Color]:
        """See `Image.color`."""
        return [bgr]

    def layers(
        self, ink: np.ndarray, keep: np.ndarray, x: int, y: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """See `Image.layers`."""
        return [(ink, keep)]

    def drain(self) -> None:
        """See `Image.drain`."""
        (image,) = self.planes
        cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR, dst=image)

    def _to_bgr(self, planes: list[np.ndarray]) -> np.ndarray:
        return planes[0]


def as_image(image: Image | np.ndarray, name: str = "image") -> Image:
    """Wrap an array as an image that shares its memory.

    Args:
        image: uint8 (H, W, 3), BGR, or an image, which is returned as it is.
        name: Name of the array in messages.

    Returns:
        The image.

    Raises:
        TypeError: If it is neither an image nor an array of uint8.
        ValueError: If the array has another shape.
    """
    return image if isinstance(image, Image) else BgrImage(image, name)
