"""Decode images from the disk in bounded memory, whatever a file holds."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from emoapp.errors import SourceError
from emoapp.sources.memory import (
    MAX_PIXELS,
    choose_gray_scale,
    choose_scale,
    file_size,
    max_file_size,
    max_memory,
)
from emoapp.sources.pixels import (
    IN_MEMORY,
    ROTATIONS,
    SIDEWAYS_ORIENTATIONS,
    from_pillow,
    orientation_of,
    to_bgr,
)

__all__ = ["IN_MEMORY", "StillImage", "from_pillow", "load_finer", "load_image", "read_image"]

_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF", "AVIF", "HEIF")
_READABLE = "JPEG, PNG, BMP, TIFF, WebP, GIF, AVIF and HEIC, with 8 or 16 bits a color,"
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""What follows `ftyp` in a file of ISO/IEC 23008-12 with images coded as HEVC."""

StrPath = str | os.PathLike[str]


@dataclass(frozen=True, slots=True, eq=False)
class StillImage:
    """An image from the disk.

    Attributes:
        image: uint8 (H, W, 3), BGR, upright.
        size_wh: (width, height) in pixels of the image in the file, upright.
        scale: How many of the file's pixels, across and down, became one of `image`: 1, 2, 4 or 8.
        source: The file, or its content.
    """

    image: np.ndarray
    size_wh: tuple[int, int]
    scale: int = 1
    source: StrPath | bytes = ""


def read_image(path: StrPath) -> np.ndarray:
    """Decode an image file as `load_image` does.

    Args:
        path: The file.

    Returns:
        uint8 (H, W, 3), BGR.

    Raises:
        SourceError: See `load_image`.
    """
    return load_image(path).image


def load_image(source: StrPath | bytes) -> StillImage:
    """Decode an image, turned as its EXIF data say.

    Images of more than 30 million pixels are decoded at a reduced scale. Transparent pixels become
    white, 16 bits become 8, and only the first frame of an animation is decoded.

    Args:
        source: A file, or its content.

    Raises:
        SourceError: It cannot be read or would take too much memory; the message names the file.
    """
    path = _display_name(source)
    try:
        with _open_file(source) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about oddities of a file that can still be read
            still = _decode(_open_image(file, path), file, path)
    except OSError as exc:
        if exc.errno is None:  # from Pillow, not from the disk
            raise _damaged_error(path) from exc
        raise SourceError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    return replace(still, source=source)


def load_finer(still: StillImage) -> StillImage:
    """Decode a reduced image again, in gray and at the finest scale that fits into memory.

    Args:
        still: What `load_image` returned.

    Returns:
        An image with three equal channels that share memory and cannot be written to; `still`
        itself if no finer scale fits.
    """
    with _open_file(still.source) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = _open_image(file, _display_name(still.source))
        scale = choose_gray_scale(image, file, beside=still.image.nbytes)
        if scale is None or scale >= still.scale:
            return still
        image.draft("L", (image.width // scale, image.height // scale))
        image.load()
        gray = np.asarray(image.convert("L"))
        orientation = orientation_of(image)
    if orientation in ROTATIONS:
        gray = ROTATIONS[orientation](gray)
    shown = np.broadcast_to(gray[..., None], (*gray.shape, 3))
    return StillImage(shown, still.size_wh, scale, still.source)


@contextmanager
def _open_file(source: StrPath | bytes) -> Iterator[BinaryIO]:
    with BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        yield file


def _display_name(source: StrPath | bytes) -> StrPath:
    """Return what messages call an image."""
    return IN_MEMORY if isinstance(source, bytes) else source


def _open_image(file: BinaryIO, path: StrPath) -> ImageFile.ImageFile:
    """Read only the header; raise SourceError if it is no image or too large."""
    size = file_size(file)
    if size == 0:
        raise SourceError(f"{path} is empty.")
    head = file.read(16)
    file.seek(0)
    formats = _matching_formats(head)
    most = min(map(max_file_size, formats), default=0)
    if formats and size > most:
        raise SourceError(
            f"{path} has {size // 1_000_000} MB; {formats[0]} files are read up to "
            f"{most // 1_000_000}. Save the picture anew or smaller."
        )
    try:
        if formats == ["JPEG"]:
            # `Image.open` would refuse large ones, which can be decoded at a reduced scale.
            return Image.OPEN["JPEG"][0](file, "")
        return Image.open(file, formats=formats)
    except Image.DecompressionBombError as exc:
        most = 2 * (Image.MAX_IMAGE_PIXELS or 0) // 1_000_000
        raise SourceError(
            f"{path} has more than {most} million pixels. Make it smaller, or save it as JPEG."
        ) from exc
    except Exception as exc:  # whatever a format's reader trips over
        if getattr(exc, "errno", None) is not None:
            raise
        raise _unreadable_error(path, head) from exc


def _matching_formats(head: bytes) -> list[str]:
    """Return the formats that a file with these first bytes may have."""
    # Pillow instead of OpenCV, which does not turn WebP files, shows what is hidden under
    # transparent pixels, and accepts half of a cut-off file as an image.
    Image.init()
    _register_heic()
    return [name for name in _FORMATS if name in Image.OPEN and _accepts(name, head)]


def _accepts(format_name: str, head: bytes) -> bool:
    accept = Image.OPEN[format_name][1]
    return accept is not None and accept(head) is True


def _decode(image: ImageFile.ImageFile, file: BinaryIO, path: StrPath) -> StillImage:
    width, height = image.size
    scale = choose_scale(image, file)
    if scale is None:
        raise _too_large_error(image, path)
    try:
        image.draft(None, (width // scale, height // scale))
        drafted = round(width / image.width)
        image.load()
        pixels = to_bgr(image, scale // drafted, path)
        orientation = orientation_of(image)
    except (OSError, SourceError):
        raise
    except Exception as exc:  # whatever a format's reader trips over in a damaged file
        raise _damaged_error(path) from exc
    finally:
        image.close()
    if orientation in ROTATIONS:
        pixels = np.ascontiguousarray(ROTATIONS[orientation](pixels))
    size_wh = (height, width) if orientation in SIDEWAYS_ORIENTATIONS else (width, height)
    return StillImage(pixels, size_wh, scale)


@cache
def _register_heic() -> None:
    """Let Pillow read HEIC if pillow-heif is installed."""
    with suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()


def _unreadable_error(path: StrPath, head: bytes) -> SourceError:
    is_heic = head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS
    if is_heic and "HEIF" not in Image.OPEN:
        return SourceError(
            f"{path} is a HEIC picture, as phones save them. To read those: "
            'pip install "emoapp[heic]"'
        )
    return SourceError(
        f"{path} is not a picture that can be read, or it is damaged. {_READABLE} are understood."
    )


def _too_large_error(image: Image.Image, path: StrPath) -> SourceError:
    found = f"{path} has {image.width * image.height // 1_000_000} million pixels"
    if image.width * image.height > MAX_PIXELS:
        return SourceError(f"{found}; at most {MAX_PIXELS // 1_000_000} are read. Make it smaller.")
    most = max_memory(image.format) // 1_000_000
    found += f", which takes more than {most} MB to decode. Make it smaller, or save"
    if image.format in ("JPEG", "MPO"):
        return SourceError(f"{found} it anew, not as a progressive JPEG.")
    return SourceError(f"{found} it as JPEG.")


def _damaged_error(path: StrPath) -> SourceError:
    return SourceError(f"{path} is damaged, or its end is missing.")
