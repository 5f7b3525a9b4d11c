"""Pictures from the disk as a source: one, a folder or a pattern."""

from __future__ import annotations

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emoapp.errors import SourceError
from emoapp.images import as_image
from emoapp.sources import IMAGE_SUFFIXES
from emoapp.sources.base import Source
from emoapp.sources.still import load_image
from emoapp.types import Frame

SECONDS_EACH = 1.0
"""How long a picture stands."""

EMPTY_WH, EMPTY = (1280, 720), 24
"""(width, height) in pixels, and grey, of the frame in the place of a picture that can't be read.
"""


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

    They may differ in size; `size_wh` is the first one's. Large ones come at a reduced scale (see
    `still.load_image`), and what is found in them is in pixels of the frame.

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
        self._ahead: np.ndarray | None = self._load(self._paths[0])
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
            image = self._load(self._paths[index % len(self._paths)])
        self._index += 1
        return Frame(as_image(image), index, index * SECONDS_EACH)

    def _load(self, path: str) -> np.ndarray:
        return load_image(path).image

    def close(self) -> None:
        self._index, self._loop, self._ahead = len(self._paths), False, None


class Stills(ImageFiles):
    """Pictures to be looked at one by one, forwards and backwards.

    One that can't be read is an empty frame, and the others go on; a single one raises SourceError.

    problem: why the picture that `read` gave last can't be read; None where it could be.
    problems: the files of which that was so.
    scale: how many of the file's pixels, across and down, became one of the frame's.
    """

    def __init__(
        self,
        paths: Sequence[str | os.PathLike[str]],
        *,
        name: str | None = None,
        loop: bool = False,
    ) -> None:
        self.problem: str | None = None
        self.problems: set[str] = set()
        self.scale = 1
        super().__init__(paths, name=name, loop=loop)
        self.frame_count = len(paths)
        if self.problem is not None and len(paths) == 1:
            raise SourceError(self.problem)

    @property
    def number(self) -> int:
        """Of the frame that `read` gave last, from 0."""
        return max(0, self._index - 1) % len(self._paths)

    def go(self, step: int) -> bool:
        """Let the next `read` give the picture so many steps from the last one.

        Returns False, and changes nothing, where there is none; with `loop` there always is.
        """
        wanted = self.number + step
        if not self._loop and not 0 <= wanted < len(self._paths):
            return False
        self._index, self._ahead = wanted % len(self._paths), None
        return True

    def _load(self, path: str) -> np.ndarray:
        try:
            loaded = load_image(path)
        except SourceError as exc:
            self.problem, self.scale = str(exc), 1
            self.problems.add(path)
            width, height = EMPTY_WH
            return np.full((height, width, 3), EMPTY, np.uint8)
        self.problem, self.scale = None, loaded.scale
        return loaded.image
