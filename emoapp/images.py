"""Pictures in the form in which their source has them: as BGR, or as a video's YUV.

A video is decoded to YUV and encoded from it. Turning all of it into BGR and back takes longer than
drawing on it; so only what is looked at is turned, and what is drawn is drawn in YUV.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable

import cv2
import numpy as np

from emoapp.colorimetry import Colorimetry, matrices_of

Colour = tuple[int, ...]
"""0 to 255 for each channel: blue, green, red where nothing else is said."""


def check_image(image: np.ndarray, name: str = "image") -> None:
    """Raise unless `image` is what the pipeline passes around: uint8 (H, W, 3), BGR."""
    if not isinstance(image, np.ndarray):
        raise TypeError(f"{name}: expected a numpy array, got {type(image).__name__}")
    if image.dtype != np.uint8:
        raise TypeError(f"{name}: expected dtype uint8, got {image.dtype}")
    if image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
        raise ValueError(f"{name}: expected shape (H, W, 3), got {image.shape}")


class Image(ABC):
    """A picture, read in parts and drawn on in place.

    planes: uint8 arrays of the same or of half the size, each with all its channels; together they
        are the picture. Reading from the image after they were changed gives what they are then.
    """

    planes: tuple[np.ndarray, ...]

    form: Hashable
    """Images of the same form take the same `layers`."""

    @property
    def size_wh(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.planes[0].shape[1], self.planes[0].shape[0]

    def step(self, plane: np.ndarray) -> int:
        """How many of the picture's columns and rows a pixel of this plane stands for."""
        return self.planes[0].shape[1] // plane.shape[1]

    def resized(self, size_wh: tuple[int, int]) -> np.ndarray:
        """The picture shrunk to that size by averaging: uint8 (h, w, 3), BGR."""
        return self._to_bgr(
            [
                plane
                if plane.shape[1::-1] == size_wh
                else cv2.resize(plane, size_wh, interpolation=cv2.INTER_AREA)
                for plane in self.planes
            ]
        )

    def warped(self, transform: np.ndarray, size_wh: tuple[int, int]) -> np.ndarray:
        """What `cv2.warpAffine` makes of the picture, its border repeated: uint8 (h, w, 3), BGR.

        transform: (2, 3), from pixels of the picture to those of the result.
        """
        parts = []
        for plane in self.planes:
            step = self.step(plane)
            from_plane = transform.copy()
            # OpenCV counts from the centre of the first pixel, which lies further in here.
            from_plane[:, 2] += transform[:, :2].sum(axis=1) * (step - 1) / 2
            from_plane[:, :2] *= step
            parts.append(
                cv2.warpAffine(plane, from_plane, size_wh, borderMode=cv2.BORDER_REPLICATE)
            )
        return self._to_bgr(parts)

    @abstractmethod
    def bgr(self) -> np.ndarray:
        """The whole picture: uint8 (H, W, 3), BGR."""

    @abstractmethod
    def copy(self) -> Image:
        """Return the same picture in memory of its own."""

    @abstractmethod
    def grey(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        """The part from (x0, y0) to before (x1, y1), inside the picture: uint8 (y1 - y0, x1 - x0).

        The luma of BT.601, whatever the picture's own matrix is: FER-2013 is in it.
        """

    @abstractmethod
    def colour(self, bgr: Colour) -> list[Colour]:
        """A colour as each plane has it."""

    @abstractmethod
    def layers(
        self, ink: np.ndarray, keep: np.ndarray, x: int, y: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """What `plane * keep / 255 + ink` wants for each plane, to lay a piece over the picture.

        ink: uint8 (h, w, 3), BGR, multiplied by its opacity. keep: uint8 (h, w, 3), 255 minus that.
        x, y: where its corner comes in the picture; half pixels of a plane are filled up.
        """

    @abstractmethod
    def drain(self) -> None:
        """Take the colours out of it."""

    @abstractmethod
    def _to_bgr(self, planes: list[np.ndarray]) -> np.ndarray:
        """Planes of one size, put together."""


class BgrImage(Image):
    """uint8 (H, W, 3), BGR, not copied."""

    form = "bgr"

    def __init__(self, image: np.ndarray, name: str = "image") -> None:
        check_image(image, name)
        self.planes = (image,)

    def bgr(self) -> np.ndarray:
        return self.planes[0]

    def copy(self) -> BgrImage:
        return BgrImage(self.planes[0].copy())

    def grey(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        return cv2.cvtColor(self.planes[0][y0:y1, x0:x1], cv2.COLOR_BGR2GRAY)

    def colour(self, bgr: Colour) -> list[Colour]:
        return [bgr]

    def layers(
        self, ink: np.ndarray, keep: np.ndarray, x: int, y: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        return [(ink, keep)]

    def drain(self) -> None:
        (image,) = self.planes
        cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR, dst=image)

    def _to_bgr(self, planes: list[np.ndarray]) -> np.ndarray:
        return planes[0]


class YuvImage(Image):
    """Y, U and V in one uint8 array (H * 3 / 2, W), I420: U and V have half the width and height.

    pixels: not copied; W and H are even.
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
        size_wh = self.size_wh
        return self._to_bgr([self.planes[0], *(cv2.resize(p, size_wh) for p in self.planes[1:])])

    def copy(self) -> YuvImage:
        return YuvImage(self.pixels.copy(), self.colorimetry)

    def grey(self, x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
        luma = self.planes[0][y0:y1, x0:x1]
        matrices = matrices_of(self.colorimetry)
        if matrices.luma_to_grey is not None:
            return cv2.LUT(luma, matrices.luma_to_grey)
        share, *shares, base = matrices.to_grey[0]
        u, v = (
            plane[y0 // 2 : (y1 + 1) // 2, x0 // 2 : (x1 + 1) // 2] for plane in self.planes[1:]
        )
        # At a quarter of the pixels, and around 128, since neither is negative there.
        added = cv2.addWeighted(u, shares[0], v, shares[1], 128 * (1 - sum(shares)))
        added = cv2.resize(added, None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST)
        added = added[y0 % 2 :, x0 % 2 :][: y1 - y0, : x1 - x0]
        return cv2.addWeighted(luma, share, added, 1.0, base - 128 * (1 - sum(shares)))

    def colour(self, bgr: Colour) -> list[Colour]:
        from_bgr = matrices_of(self.colorimetry).from_bgr
        return [(round(value),) for value in (from_bgr @ (*bgr, 1)).tolist()]

    def layers(
        self, ink: np.ndarray, keep: np.ndarray, x: int, y: int
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        keep = np.ascontiguousarray(keep[..., 0])
        from_bgr = matrices_of(self.colorimetry).from_bgr
        # What the zero of each plane adds depends on the opacity, and comes off again.
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
        for plane in self.planes[1:]:
            plane[:] = 128

    def _to_bgr(self, planes: list[np.ndarray]) -> np.ndarray:
        return cv2.transform(cv2.merge(planes), matrices_of(self.colorimetry).to_bgr)


def to_bgr(picture: np.ndarray) -> np.ndarray:
    """A picture as OpenCV may have read it, as uint8 (H, W, 3), BGR.

    picture: uint8 or uint16, (H, W) grey, (H, W, 3) BGR or (H, W, 4) BGRA, whose transparent parts
        become white.

    Raises TypeError or ValueError, which say what was expected, for anything else.
    """
    if not isinstance(picture, np.ndarray):
        found = type(picture).__name__
        if picture is None:
            found = "None, which cv2.imread returns for a file that it cannot read"
        raise TypeError(
            f"picture: expected a path, bytes, a Pillow image or a numpy array, got {found}"
        )
    if picture.dtype == np.uint16:
        picture = (picture // 257).astype(np.uint8)
    if picture.dtype != np.uint8:
        raise TypeError(f"picture: expected dtype uint8 or uint16, got {picture.dtype}")
    if picture.ndim == 2 and picture.size:
        return cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    if picture.ndim == 3 and picture.shape[2] == 4 and picture.size:
        share = picture[..., 3:].astype(np.float32) / 255
        return np.rint(picture[..., :3] * share + 255 * (1 - share)).astype(np.uint8)
    if picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
        raise ValueError(
            "picture: expected shape (H, W) grey, (H, W, 3) BGR or (H, W, 4) BGRA, "
            f"got {picture.shape}"
        )
    return picture


def as_image(image: Image | np.ndarray, name: str = "image") -> Image:
    """An array, uint8 (H, W, 3), BGR, as an image that shares its memory; an image as it is.

    Raises TypeError or ValueError, which say `name`, for anything else.
    """
    return image if isinstance(image, Image) else BgrImage(image, name)


def _halved(plane: np.ndarray, borders: tuple[int, int, int, int], outside: int) -> np.ndarray:
    """The plane at half the size, filled up by borders of one pixel (top, bottom, left, right)."""
    if any(borders):
        plane = cv2.copyMakeBorder(plane, *borders, cv2.BORDER_CONSTANT, value=outside)
    return cv2.resize(plane, (plane.shape[1] // 2, len(plane) // 2), interpolation=cv2.INTER_AREA)
