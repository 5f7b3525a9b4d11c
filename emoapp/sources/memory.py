"""Estimate from an image's header how much memory it takes to decode it."""

from __future__ import annotations

import os
from typing import BinaryIO

from PIL import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

MAX_DECODED_PIXELS = 30_000_000
"""Larger images are decoded at a half, a quarter or an eighth of their scale: the detectors see
only 640 pixels across the whole image anyway."""

MAX_MEMORY = 350_000_000
"""Bytes that decoding may take. The program takes another 150 MB."""

_MAX_MEMORY_BY_FORMAT = {"WEBP": 420_000_000, "AVIF": 420_000_000, "HEIF": 420_000_000}
"""The same for formats whose libraries need this much for what phones and cameras write."""

MAX_PIXELS = 400_000_000
"""Larger images are refused, whatever memory they take: they would keep a core busy for long.
The largest sensors have 200 million pixels."""

SCALES = (1, 2, 4, 8)
"""Scales to which libjpeg decodes directly; other formats are decoded whole and averaged."""

_FILE_COPIES = {"JPEG": 2, "WEBP": 3, "AVIF": 3, "HEIF": 3}
"""How often a format's reader holds the file, or parts that may be as large; otherwise once."""

_PIXEL_BYTES = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
"""Bytes per pixel in Pillow's memory by mode; any other mode takes 4."""

_LIBRARY_PIXEL_BYTES = {"WEBP": 12, "AVIF": 6, "HEIF": 4.5}
"""Bytes per pixel that a format's library takes in addition (measured with 24-megapixel photos)."""

_GRAY_PIXEL_BYTES = 3  # while a gray image becomes an array
_FILE_HOLDING_FORMATS = ("WEBP", "AVIF", "HEIF", "TIFF")
"""Formats whose libraries hold, or map, the whole file while they decode."""

_OUTPUT_PIXEL_BYTES = 3  # of the resulting array
_ROWS_PER_STRIP, _SAMPLES, _BITS, _TILE_WIDTH, _TILE_HEIGHT = 278, 277, 258, 322, 323  # TIFF tags


def max_file_size(format_name: str) -> int:
    """Return the largest size in bytes of a file that may be opened.

    Args:
        format_name: Pillow's name of the format.
    """
    return MAX_MEMORY // _FILE_COPIES.get(format_name, 1)


def max_memory(format_name: str | None) -> int:
    """Return how many bytes decoding an image may take.

    Args:
        format_name: Pillow's name of the format.
    """
    return _MAX_MEMORY_BY_FORMAT.get(format_name or "", MAX_MEMORY)


def file_size(file: BinaryIO) -> int:
    """Return the size of a file in bytes.

    Args:
        file: A file on the disk or in memory; its position is kept.
    """
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(place)
    return size


def choose_scale(image: ImageFile.ImageFile, file: BinaryIO) -> int | None:
    """Return the finest scale at which an image can be decoded.

    Args:
        image: Opened but not loaded.
        file: What it was opened from; its position is kept.

    Returns:
        One of `SCALES`; None if it fits at none of them.
    """
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        return None
    whole = pixels * _LIBRARY_PIXEL_BYTES.get(image.format or "", 0)
    if image.format in _FILE_HOLDING_FORMATS:
        whole += file_size(file)
    at_scale = _OUTPUT_PIXEL_BYTES
    if isinstance(image, JpegImageFile):
        whole += _coefficient_bytes(image, file)
        at_scale += _PIXEL_BYTES.get(image.mode, 4)
    else:
        whole += pixels * _PIXEL_BYTES.get(image.mode, 4)
    decoder = image.tile[0][0] if image.tile else ""
    if isinstance(image, TiffImageFile) and decoder == "libtiff":
        whole += 2 * _strip_bytes(image)
    elif decoder == "bmp_rle":
        whole += 4 * pixels
    for scale in SCALES:
        left = pixels // scale**2
        if left <= MAX_DECODED_PIXELS and whole + left * at_scale <= max_memory(image.format):
            return scale
    return None


def choose_gray_scale(image: ImageFile.ImageFile, file: BinaryIO, *, beside: int) -> int | None:
    """Return the finest scale at which a JPEG can be decoded in gray.

    Args:
        image: Opened but not loaded.
        file: What it was opened from; its position is kept.
        beside: Bytes that are in memory already.

    Returns:
        One of `SCALES`; None for other formats and if it fits at none of them.
    """
    if not isinstance(image, JpegImageFile) or image.mode not in ("L", "RGB"):
        return None
    pixels, whole = image.width * image.height, beside + _coefficient_bytes(image, file)
    fitting = (
        scale for scale in SCALES if whole + _GRAY_PIXEL_BYTES * pixels // scale**2 <= MAX_MEMORY
    )
    return next(fitting, None)


def _coefficient_bytes(image: JpegImageFile, file: BinaryIO) -> int:
    """Return the bytes of a JPEG's coefficients, all in memory if a pixel takes several scans."""
    layers = [(across, down) for _, across, down, _ in image.layer]
    if "progressive" not in image.info and _first_scan_components(file) >= len(layers):
        return 0
    full = max(across for across, _ in layers) * max(down for _, down in layers)
    shares = sum(across * down for across, down in layers) / full
    return int(2 * image.width * image.height * shares)


def _first_scan_components(file: BinaryIO) -> int:
    """Return how many of a JPEG's components its first scan has; 0 if none is found."""
    place = file.tell()
    file.seek(2)
    try:
        while (marker := file.read(2))[:1] == b"\xff":
            if marker[1] == 0xFF:  # a fill byte
                file.seek(-1, 1)
                continue
            length = int.from_bytes(file.read(2), "big")
            if marker[1] == 0xDA:
                return file.read(1)[0]
            file.seek(length - 2, 1)
        return 0
    except IndexError:
        return 0
    finally:
        file.seek(place)


def _strip_bytes(image: TiffImageFile) -> int:
    """Return the bytes of the part of a TIFF file that is decoded at a time."""
    tags = image.tag_v2
    if _TILE_WIDTH in tags:
        pixels = tags[_TILE_WIDTH] * tags.get(_TILE_HEIGHT, image.height)
    else:
        pixels = image.width * min(tags.get(_ROWS_PER_STRIP, image.height), image.height)
    bits = tags.get(_BITS, (8,))
    return pixels * tags.get(_SAMPLES, 1) * max(bits if isinstance(bits, tuple) else (bits,)) // 8
