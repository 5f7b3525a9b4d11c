"""Decode pictures from the disk with a bounded amount of memory, whatever a file holds."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile

from emoapp.errors import SourceError
from emoapp.sources.memory import (
    MOST_PIXELS,
    choose_grey_scale,
    choose_scale,
    largest_file,
    memory_for,
    size_of,
)

_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF", "AVIF", "HEIF")
_UNDERSTOOD = "JPEG, PNG, BMP, TIFF, WebP, GIF, AVIF and HEIC, with 8 or 16 bits a colour,"
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""What stands behind `ftyp` in a file of ISO/IEC 23008-12 with pictures coded as HEVC."""

_BAND = 256
"""Rows that are converted at a time; all at once, a picture would be in memory three times."""

_ORIENTATION = 0x0112  # the EXIF tag
_ROTATIONS: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, -1),
    7: lambda image: image[::-1, ::-1].swapaxes(0, 1),
    8: lambda image: np.rot90(image),
}
_SIDEWAYS = (5, 6, 7, 8)

Path = str | os.PathLike[str]

IN_MEMORY = "The picture in memory"


@dataclass(frozen=True, slots=True, eq=False)
class StillImage:
    """A picture from the disk.

    image: uint8 (H, W, 3), BGR, upright.
    size_wh: (width, height) in pixels of the picture in the file, upright.
    scale: how many of the file's pixels, across and down, became one of `image`: 1, 2, 4 or 8.
    source: the file, or what was in it.
    """

    image: np.ndarray
    size_wh: tuple[int, int]
    scale: int = 1
    source: Path | bytes = ""


def read_image(path: Path) -> np.ndarray:
    """Return the picture as uint8 (H, W, 3) BGR, decoded as `load_image` does."""
    return load_image(path).image


def load_image(source: Path | bytes) -> StillImage:
    """Decode a picture, turned as its EXIF data says.

    source: a file, or what is in one.

    Pictures of more than 30 million pixels come at a reduced scale. What is transparent becomes
    white; 16 bits become 8; of an animation only the first picture is decoded.

    Raises SourceError, naming the file, where it can't be read or would take too much memory.
    """
    path = _name(source)
    try:
        with _reading(source) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # oddities of a file that can still be read
            still = _decode(_open(file, path), file, path)
    except OSError as exc:
        if exc.errno is None:  # from Pillow, not from the disk
            raise _damaged(path) from exc
        raise SourceError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    return replace(still, source=source)


def from_pillow(image: Image.Image) -> np.ndarray:
    """A picture that Pillow has in memory, as `load_image` would have read it: (H, W, 3) BGR.

    Raises SourceError for grey of 32 bits.
    """
    rgb = np.asarray(_as_rgb(image, IN_MEMORY))
    rotate = _ROTATIONS.get(_orientation(image) or 1)
    return np.ascontiguousarray((rgb if rotate is None else rotate(rgb))[..., ::-1])


def load_finer(still: StillImage) -> StillImage:
    """Decode a reduced picture again, in grey and at the finest scale that memory has room for.

    Its image has three equal channels that are one in memory, and can't be written to. Returns
    `still` itself where that is the finest.
    """
    with _reading(still.source) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = _open(file, _name(still.source))
        scale = choose_grey_scale(image, file, beside=still.image.nbytes)
        if scale is None or scale >= still.scale:
            return still
        image.draft("L", (image.width // scale, image.height // scale))
        image.load()
        grey = np.asarray(image.convert("L"))
        orientation = _orientation(image)
    if orientation in _ROTATIONS:
        grey = _ROTATIONS[orientation](grey)
    shown = np.broadcast_to(grey[..., None], (*grey.shape, 3))
    return StillImage(shown, still.size_wh, scale, still.source)


@contextmanager
def _reading(source: Path | bytes) -> Iterator[BinaryIO]:
    with BytesIO(source) if isinstance(source, bytes) else open(source, "rb") as file:
        yield file


def _name(source: Path | bytes) -> Path:
    """What messages call it."""
    return IN_MEMORY if isinstance(source, bytes) else source


def _open(file: BinaryIO, path: Path) -> ImageFile.ImageFile:
    """Read no more than the header. Raises SourceError for what is no picture, or too large."""
    size = size_of(file)
    if size == 0:
        raise SourceError(f"{path} is empty.")
    head = file.read(16)
    file.seek(0)
    formats = _formats(head)
    most = min(map(largest_file, formats), default=0)
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
        raise _no_picture(path, head) from exc


def _formats(head: bytes) -> list[str]:
    """The formats that a file which begins like this may have."""
    # Pillow, not OpenCV: that leaves turned WebP files as they are, shows what lies hidden under
    # transparent pixels, and takes the half of a cut-off file for a picture.
    Image.init()
    _learn_heic()
    return [name for name in _FORMATS if name in Image.OPEN and _accepts(name, head)]


def _accepts(format_name: str, head: bytes) -> bool:
    accept = Image.OPEN[format_name][1]
    return accept is not None and accept(head) is True


def _decode(image: ImageFile.ImageFile, file: BinaryIO, path: Path) -> StillImage:
    width, height = image.size
    scale = choose_scale(image, file)
    if scale is None:
        raise _too_large(image, path)
    try:
        image.draft(None, (width // scale, height // scale))
        drafted = round(width / image.width)
        image.load()
        pixels = _pixels(image, scale // drafted, path)
        orientation = _orientation(image)
    except (OSError, SourceError):
        raise
    except Exception as exc:  # whatever a format's reader trips over in a damaged file
        raise _damaged(path) from exc
    finally:
        image.close()
    if orientation in _ROTATIONS:
        pixels = np.ascontiguousarray(_ROTATIONS[orientation](pixels))
    size_wh = (height, width) if orientation in _SIDEWAYS else (width, height)
    return StillImage(pixels, size_wh, scale)


def _pixels(image: Image.Image, shrink: int, path: Path) -> np.ndarray:
    """Convert a picture to uint8 (H, W, 3) BGR, averaging `shrink` x `shrink` pixels."""
    width, height = image.size
    out = np.empty((-(-height // shrink), -(-width // shrink), 3), np.uint8)
    for top in range(0, len(out), _BAND):
        rows = out[top : top + _BAND]
        box = (0, top * shrink, width, min(height, (top + len(rows)) * shrink))
        band = _as_rgb(image.crop(box), path)
        rows[:] = np.asarray(band.reduce(shrink) if shrink > 1 else band)[..., ::-1]
    return out


def _as_rgb(image: Image.Image, path: Path) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image, path)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


@cache
def _learn_heic() -> None:
    """Teach Pillow HEIC where pillow-heif is installed."""
    with suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()


def _orientation(image: Image.Image) -> int | None:
    try:
        return image.getexif().get(_ORIENTATION)
    except Exception:  # EXIF data are often broken where the picture is not
        return None


def _eight_bits(image: Image.Image, path: Path) -> Image.Image:
    """Grey of 16 bits as 8: Pillow would cut off what is above 255."""
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 0xFFFF:
        raise SourceError(
            f"{path} is grey with 32 bits a pixel, and nothing says what white is. Save it with "
            "8 or 16 bits."
        )
    return Image.fromarray((values // 257).astype(np.uint8))


def _no_picture(path: Path, head: bytes) -> SourceError:
    is_heic = head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS
    if is_heic and "HEIF" not in Image.OPEN:
        return SourceError(
            f"{path} is a HEIC picture, as phones save them. To read those: "
            'pip install "emoapp[heic]"'
        )
    return SourceError(
        f"{path} is not a picture that can be read, or it is damaged. {_UNDERSTOOD} are understood."
    )


def _too_large(image: Image.Image, path: Path) -> SourceError:
    found = f"{path} has {image.width * image.height // 1_000_000} million pixels"
    if image.width * image.height > MOST_PIXELS:
        return SourceError(
            f"{found}; at most {MOST_PIXELS // 1_000_000} are read. Make it smaller."
        )
    most = memory_for(image.format) // 1_000_000
    found += f", which takes more than {most} MB to decode. Make it smaller, or save"
    if image.format in ("JPEG", "MPO"):
        return SourceError(f"{found} it anew, not as a progressive JPEG.")
    return SourceError(f"{found} it as JPEG.")


def _damaged(path: Path) -> SourceError:
    return SourceError(f"{path} is damaged, or its end is missing.")
