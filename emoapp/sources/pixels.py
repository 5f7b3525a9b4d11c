"""Convert Pillow's images to upright BGR arrays."""

from __future__ import annotations

import os
from collections.abc import Callable

import numpy as np
from PIL import Image

from emoapp.errors import SourceError

IN_MEMORY = "The picture in memory"
"""What messages call an image that has no file."""

_BAND_ROWS = 256
"""Rows to convert at a time; all at once, an image would be in memory three times."""

_ORIENTATION_TAG = 0x0112  # of EXIF
ROTATIONS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: image[::-1, ::-1].swapaxes(0, 1),
    8: lambda image: np.rot90(image),
}
SIDEWAYS_ORIENTATIONS = (5, 6, 7, 8)


def from_pillow(image: Image.Image) -> np.ndarray:
    """Convert an image that Pillow has in memory, as `still.load_image` would read its file.

    Args:
        image: The image; it is turned as its EXIF data say.

    Returns:
        uint8 (H, W, 3), BGR.

    Raises:
        SourceError: It is gray with 32 bits per pixel.
    """
    rgb = np.asarray(_to_rgb(image, IN_MEMORY))
    rotate = ROTATIONS.get(orientation_of(image) or 1)
    return np.ascontiguousarray((rgb if rotate is None else rotate(rgb))[..., ::-1])


def to_bgr(image: Image.Image, shrink: int, path: str | os.PathLike[str]) -> np.ndarray:
    """Convert an image to BGR at a reduced scale.

    Args:
        image: The loaded image; it is not turned.
        shrink: Average blocks of `shrink` x `shrink` pixels; 1 for full scale.
        path: What messages call the image.

    Returns:
        uint8 (H, W, 3), BGR.

    Raises:
        SourceError: It is gray with 32 bits per pixel.
    """
    width, height = image.size
    out = np.empty((-(-height // shrink), -(-width // shrink), 3), np.uint8)
    for top in range(0, len(out), _BAND_ROWS):
        rows = out[top : top + _BAND_ROWS]
        box = (0, top * shrink, width, min(height, (top + len(rows)) * shrink))
        band = _to_rgb(image.crop(box), path)
        rows[:] = np.asarray(band.reduce(shrink) if shrink > 1 else band)[..., ::-1]
    return out


def _to_rgb(image: Image.Image, path: str | os.PathLike[str]) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _to_8_bits(image, path)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def orientation_of(image: Image.Image) -> int | None:
    """Return an image's orientation as EXIF states it, 1 to 8; None if it does not.

    Args:
        image: The opened image.
    """
    try:
        return image.getexif().get(_ORIENTATION_TAG)
    except Exception:  # EXIF data are often broken when the image is not
        return None


def _to_8_bits(image: Image.Image, path: str | os.PathLike[str]) -> Image.Image:
    """Convert 16-bit gray to 8 bits; Pillow would cut off values above 255."""
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 0xFFFF:
        raise SourceError(
            f"{path} is gray with 32 bits a pixel, and nothing says what white is. Save it with "
            "8 or 16 bits."
        )
    return Image.fromarray((values // 257).astype(np.uint8))
