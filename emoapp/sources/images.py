"""Pictures from the disk as a source: one, a folder or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from emoapp.errors import SourceError
from emoapp.sources.base import Source
from emoapp.types import Frame

SECONDS_EACH = 1.0
"""How long a picture stands."""


def read_image(path: str | os.PathLike[str]) -> np.ndarray:
    """The picture as uint8 (H, W, 3) BGR, turned as its EXIF data says.

    Raises SourceError, naming the file, where it can't be read.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as exc:
        raise SourceError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    if data.size == 0:
        raise SourceError(f"{path} is empty.")
    # Not cv2.imread: on Windows it can't open names outside the system's code page.
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    if image is None:
        raise SourceError(
            f"{path} is not a picture that can be read, or it is damaged. JPEG, PNG, BMP, TIFF "
            "and WebP are understood."
        )
    return image


def list_images(spec: str | os.PathLike[str]) -> list[str]:
    """The pictures that a file, a folder (searched deeply) or a glob pattern stands for, sorted.

    Raises SourceError where there is none.
    """
    if Path(spec).is_dir():
        from imutils.paths import list_images as walk

        found, where = walk(str(spec)), f"the folder {spec}"
    elif Path(spec).exists():
        return [str(spec)]
    elif not glob.has_magic(str(spec)):
        raise SourceError(f"There is no file {spec}. Check the name and the folder.")
    else:
        found, where = glob.glob(str(spec), recursive=True), f"the pattern {spec}"
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
        self._name = name or self._paths[0]
        self._loop = loop
        self._index = 0
        self._ahead: np.ndarray | None = read_image(self._paths[0])
        self._size_wh = self._ahead.shape[1], self._ahead.shape[0]

    @property
    def name(self) -> str:
        return self._name

    @property
    def size_wh(self) -> tuple[int, int]:
        return self._size_wh

    @property
    def fps(self) -> float:
        return 1 / SECONDS_EACH

    @property
    def frame_count(self) -> int | None:
        return None if self._loop else len(self._paths)

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
