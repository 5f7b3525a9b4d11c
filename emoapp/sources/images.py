"""Pictures from the disk as a source: one, a folder or a pattern."""

from __future__ import annotations

import glob
import os
import warnings
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from emoapp.errors import SourceError
from emoapp.sources import IMAGE_SUFFIXES
from emoapp.sources.base import Source
from emoapp.types import Frame

SECONDS_EACH = 1.0
"""How long a picture stands."""

_FORMATS = ("JPEG", "PNG", "BMP", "TIFF", "WEBP", "GIF", "AVIF", "HEIF")
_UNDERSTOOD = "JPEG, PNG, BMP, TIFF, WebP, GIF, AVIF and HEIC, with 8 or 16 bits a colour,"
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
"""What stands behind `ftyp` in a file of ISO/IEC 23008-12 with pictures coded as HEVC."""

_ORIENTATION = 0x0112  # the EXIF tag
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def read_image(path: str | os.PathLike[str]) -> np.ndarray:
    """The picture as uint8 (H, W, 3) BGR, turned as its EXIF data says.

    What is transparent becomes white; 16 bits become 8; of an animation it is the first picture.

    Raises SourceError, naming the file, where it can't be read.
    """
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            # Oddities of a file that can still be read, and pictures of 90 million pixels.
            warnings.simplefilter("ignore")
            if os.fstat(file.fileno()).st_size == 0:
                raise SourceError(f"{path} is empty.")
            return _decode(file, path)
    except (Image.UnidentifiedImageError, SyntaxError) as exc:
        if _is_heic(path) and "HEIF" not in Image.OPEN:
            raise SourceError(
                f"{path} is a HEIC picture, as phones save them. To read those: "
                'pip install "emoapp[heic]"'
            ) from exc
        raise SourceError(
            f"{path} is not a picture that can be read, or it is damaged. {_UNDERSTOOD} "
            "are understood."
        ) from exc
    except Image.DecompressionBombError as exc:
        most = 2 * Image.MAX_IMAGE_PIXELS // 1_000_000
        raise SourceError(
            f"{path} has more than {most} million pixels. Make it smaller first."
        ) from exc
    except OSError as exc:
        if exc.errno is None:  # from Pillow, not from the disk
            raise _damaged(path) from exc
        raise SourceError(f"{path} cannot be read: {exc.strerror or exc}.") from exc


def _decode(file, path: str | os.PathLike[str]) -> np.ndarray:
    # Pillow, not OpenCV: that leaves turned WebP files as they are, shows what lies hidden under
    # transparent pixels, and takes the half of a cut-off file for a picture.
    Image.init()  # or `formats` knows only the commonest
    _learn_heic()
    image = Image.open(file, formats=[name for name in _FORMATS if name in Image.OPEN])
    try:
        image.load()
        image = _upright(image)
        if image.mode in ("I", "F") or image.mode.startswith("I;16"):
            image = _eight_bits(image, path)
        if image.has_transparency_data:
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        rgb = np.asarray(image.convert("RGB"))
    except (OSError, SourceError, Image.DecompressionBombError):
        raise
    except Exception as exc:  # whatever a format's reader trips over in a damaged file
        raise _damaged(path) from exc
    return np.ascontiguousarray(rgb[..., ::-1])


@cache
def _learn_heic() -> None:
    """Teach Pillow HEIC where pillow-heif is installed."""
    with suppress(ImportError):
        import pillow_heif

        pillow_heif.register_heif_opener()


def _is_heic(path: str | os.PathLike[str]) -> bool:
    with open(path, "rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:] in _HEIC_BRANDS


def _upright(image: Image.Image) -> Image.Image:
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION))
    except Exception:  # EXIF data are often broken where the picture is not
        return image
    return image if turn is None else image.transpose(turn)


def _eight_bits(image: Image.Image, path: str | os.PathLike[str]) -> Image.Image:
    """Grey of 16 bits as 8: Pillow would cut off what is above 255."""
    values = np.asarray(image)
    if image.mode == "F" or values.min() < 0 or values.max() > 0xFFFF:
        raise SourceError(
            f"{path} is grey with 32 bits a pixel, and nothing says what white is. Save it with "
            "8 or 16 bits."
        )
    return Image.fromarray((values // 257).astype(np.uint8))


def _damaged(path: str | os.PathLike[str]) -> SourceError:
    return SourceError(f"{path} is damaged, or its end is missing.")


def list_images(spec: str | os.PathLike[str]) -> list[str]:
    """The pictures that a file, a folder (searched deeply) or a glob pattern stands for, sorted.

    Raises SourceError where there is none.
    """
    if Path(spec).is_dir():
        from imutils.paths import list_files

        found = [
            path
            for path in list_files(str(spec), validExts=tuple(IMAGE_SUFFIXES))
            # As macOS puts them beside each file on a memory stick; they are no pictures.
            if not os.path.basename(path).startswith("._")
        ]
        where = f"the folder {spec}"
    elif Path(spec).exists():
        return [str(spec)]
    elif not glob.has_magic(str(spec)):
        raise SourceError(f"There is no file {spec}. Check the name and the folder.")
    else:
        found = [path for path in glob.glob(str(spec), recursive=True) if not os.path.isdir(path)]
        where = f"the pattern {spec}"
    paths = sorted(found)
    if not paths:
        raise SourceError(f"There is no picture in {where}.")
    return paths


class ImageFiles(Source):
    """Pictures one after another, a second each, read when their turn comes.

    They may differ in size; `size_wh` is the first one's.

    Raises SourceError, naming the file, for one that can't be read.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        *,
        name: str | None = None,
        loop: bool = False,
    ) -> None:
        if not paths:
            raise SourceError("No picture was given.")
        self._paths = [os.fspath(path) for path in paths]
        self.name = name or self._paths[0]
        self.fps = 1 / SECONDS_EACH
        self.frame_count = None if loop else len(self._paths)
        self._loop = loop
        self._index = 0
        self._ahead: np.ndarray | None = read_image(self._paths[0])
        self.size_wh = self._ahead.shape[1], self._ahead.shape[0]

    @property
    def path(self) -> str:
        """The file of the frame that `read` gave last."""
        return self._paths[max(0, self._index - 1) % len(self._paths)]

    def read(self) -> Frame | None:
        if not self._paths or (self._index >= len(self._paths) and not self._loop):
            return None
        index, image, self._ahead = self._index, self._ahead, None
        if image is None:
            image = read_image(self._paths[index % len(self._paths)])
        self._index += 1
        return Frame(image, index, index * SECONDS_EACH)

    def close(self) -> None:
        self._index, self._loop, self._ahead = len(self._paths), False, None
