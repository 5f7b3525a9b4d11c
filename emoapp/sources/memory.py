"""How much memory it takes to decode a picture, known from its header."""

from __future__ import annotations

import os
from typing import BinaryIO

from PIL import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

LARGEST = 30_000_000
"""Pixels. Larger pictures are decoded at a half, a quarter or an eighth of their scale: of a whole
picture the detectors see 640 pixels across anyway."""

MEMORY = 350_000_000
"""Bytes that decoding may take. The program takes 150 MB beside."""

_MORE_MEMORY = {"WEBP": 420_000_000, "AVIF": 420_000_000, "HEIF": 420_000_000}
"""The same for formats whose libraries need so much for what phones and cameras write."""

MOST_PIXELS = 400_000_000
"""Pictures of more are refused, whatever memory they take: they would keep a core busy for long.
The largest sensors have 200 million."""

SCALES = (1, 2, 4, 8)
"""What libjpeg decodes to directly; others are decoded whole and averaged."""

_FILE_COPIES = {"JPEG": 2, "WEBP": 3, "AVIF": 3, "HEIF": 3}
"""How often a format's reader holds the file, or parts of it that may be as large; else once."""

_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
"""Bytes a pixel in Pillow's memory; any other mode takes 4."""

_BESIDE = {"WEBP": 12, "AVIF": 6, "HEIF": 4.5}
"""Bytes a pixel that a format's library takes beside (measured with photographs of 24 million)."""

_GREY = 3  # bytes a pixel while a grey picture becomes an array
_HELD = ("WEBP", "AVIF", "HEIF", "TIFF")
"""Formats whose libraries hold, or map, the whole file while they decode."""

_OUTPUT = 3  # bytes a pixel of the array that comes out
_ROWS_PER_STRIP, _SAMPLES, _BITS, _TILE_WIDTH, _TILE_HEIGHT = 278, 277, 258, 322, 323  # TIFF tags


def largest_file(format_name: str) -> int:
    """The size in bytes from which on a file of this format is not even opened."""
    return MEMORY // _FILE_COPIES.get(format_name, 1)


def memory_for(format_name: str | None) -> int:
    """The bytes that decoding a picture of this format may take."""
    return _MORE_MEMORY.get(format_name or "", MEMORY)


def size_of(file: BinaryIO) -> int:
    """The bytes in a file, on the disk or in memory; its position is kept."""
    place = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(place)
    return size


def choose_scale(image: ImageFile.ImageFile, file: BinaryIO) -> int | None:
    """The largest scale of `SCALES` at which a picture can be decoded; None where it fits at none.

    image: opened but not loaded.  file: what it was opened from; its position is kept.
    """
    pixels = image.width * image.height
    if pixels > MOST_PIXELS:
        return None
    whole = pixels * _BESIDE.get(image.format or "", 0)
    if image.format in _HELD:
        whole += size_of(file)
    at_scale = _OUTPUT
    if isinstance(image, JpegImageFile):
        whole += _coefficients(image, file)
        at_scale += _STORED.get(image.mode, 4)
    else:
        whole += pixels * _STORED.get(image.mode, 4)
    decoder = image.tile[0][0] if image.tile else ""
    if isinstance(image, TiffImageFile) and decoder == "libtiff":
        whole += 2 * _strip(image)
    elif decoder == "bmp_rle":
        whole += 4 * pixels
    for scale in SCALES:
        left = pixels // scale**2
        if left <= LARGEST and whole + left * at_scale <= memory_for(image.format):
            return scale
    return None


def choose_grey_scale(image: ImageFile.ImageFile, file: BinaryIO, *, beside: int) -> int | None:
    """The largest scale at which a JPEG can be decoded in grey; None for other formats.

    beside: bytes that are in memory already.
    """
    if not isinstance(image, JpegImageFile) or image.mode not in ("L", "RGB"):
        return None
    pixels, whole = image.width * image.height, beside + _coefficients(image, file)
    fitting = (scale for scale in SCALES if whole + _GREY * pixels // scale**2 <= MEMORY)
    return next(fitting, None)


def _coefficients(image: JpegImageFile, file: BinaryIO) -> int:
    """Bytes for a JPEG's coefficients: all are in memory where each pixel takes several scans."""
    layers = [(across, down) for _, across, down, _ in image.layer]
    if "progressive" not in image.info and _first_scan(file) >= len(layers):
        return 0
    full = max(across for across, _ in layers) * max(down for _, down in layers)
    shares = sum(across * down for across, down in layers) / full
    return int(2 * image.width * image.height * shares)


def _first_scan(file: BinaryIO) -> int:
    """How many of a JPEG's components its first scan has; 0 where none is found."""
    place = file.tell()
    file.seek(2)
    try:
        while (marker := file.read(2))[:1] == b"\xff":
            if marker[1] == 0xFF:  # a filling byte
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


def _strip(image: TiffImageFile) -> int:
    """Bytes of the part of a TIFF file that is decoded at a time."""
    tags = image.tag_v2
    if _TILE_WIDTH in tags:
        pixels = tags[_TILE_WIDTH] * tags.get(_TILE_HEIGHT, image.height)
    else:
        pixels = image.width * min(tags.get(_ROWS_PER_STRIP, image.height), image.height)
    bits = tags.get(_BITS, (8,))
    return pixels * tags.get(_SAMPLES, 1) * max(bits if isinstance(bits, tuple) else (bits,)) // 8
