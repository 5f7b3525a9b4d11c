"""Pictures from the disk as a source: one, a folder or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emoapp.errors import SourceError
from emoapp.sources import IMAGE_SUFFIXES
from emoapp.sources.base import Source
from emoapp.sources.still import read_image
from emoapp.types import Frame

SECONDS_EACH = 1.0
"""How long a picture stands."""


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
