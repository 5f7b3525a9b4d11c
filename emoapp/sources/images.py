"""Read image files as a source of frames: a file, a folder or a glob pattern."""

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

IMAGE_DURATION_S = 1.0
"""How long each image is shown."""

PLACEHOLDER_WH, PLACEHOLDER_GRAY = (1280, 720), 24
"""(width, height) in pixels, and gray level, of the frame that replaces an unreadable image."""


def list_images(spec: str | os.PathLike[str]) -> list[str]:
    """Return the image files that a spec stands for, sorted.

    Args:
        spec: A file, a folder (searched recursively) or a glob pattern.

    Raises:
        SourceError: There is none.
    """
    if Path(spec).is_dir():
        from imutils.paths import list_files

        found = [
            path
            for path in list_files(str(spec), validExts=tuple(IMAGE_SUFFIXES))
            # macOS puts these beside each file on a memory stick; they are not images.
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
    """Show image files one after another, a second each, and load each only when it is due.

    They may differ in size; `size_wh` is that of the first. Large ones are decoded at a reduced
    scale (see `still.load_image`), and detections are in pixels of the frame.

    Args:
        paths: The files.
        name: The name of the source; None for that of the first file.
        loop: Start again after the last file.

    Raises:
        SourceError: A file cannot be read; the message names it.
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
        self.fps = 1 / IMAGE_DURATION_S
        self.frame_count = None if loop else len(self._paths)
        self._loop = loop
        self._index = 0
        self._preloaded: np.ndarray | None = self._load(self._paths[0])
        self.size_wh = self._preloaded.shape[1], self._preloaded.shape[0]

    @property
    def path(self) -> str:
        """The file of the frame that `read` returned last."""
        return self._paths[max(0, self._index - 1) % len(self._paths)]

    def read(self) -> Frame | None:
        """Return the next image; None at the end."""
        if not self._paths or (self._index >= len(self._paths) and not self._loop):
            return None
        index, image, self._preloaded = self._index, self._preloaded, None
        if image is None:
            image = self._load(self._paths[index % len(self._paths)])
        self._index += 1
        return Frame(as_image(image), index, index * IMAGE_DURATION_S)

    def _load(self, path: str) -> np.ndarray:
        return load_image(path).image

    def close(self) -> None:
        """End the source; may be called twice."""
        self._index, self._loop, self._preloaded = len(self._paths), False, None


class Stills(ImageFiles):
    """Step through image files one by one, forwards and backwards.

    A file that cannot be read becomes an empty frame.

    Args:
        paths: The files.
        name: The name of the source; None for that of the first file.
        loop: Continue with the first file after the last, and the other way round.

    Attributes:
        problem: Why the file of the last frame cannot be read; None if it was read.
        problems: The files that could not be read.
        scale: How many of the file's pixels, across and down, became one pixel of the frame.

    Raises:
        SourceError: There is only one file and it cannot be read.
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
        """Index in the files of the frame that `read` returned last, from 0."""
        return max(0, self._index - 1) % len(self._paths)

    def go(self, step: int) -> bool:
        """Move by a number of files from the last one returned; the next `read` returns that one.

        Args:
            step: How many files to move forwards; negative for backwards.

        Returns:
            False, with no effect, if there is no such file; with `loop` there always is.
        """
        wanted = self.number + step
        if not self._loop and not 0 <= wanted < len(self._paths):
            return False
        self._index, self._preloaded = wanted % len(self._paths), None
        return True

    def _load(self, path: str) -> np.ndarray:
        try:
            loaded = load_image(path)
        except SourceError as exc:
            self.problem, self.scale = str(exc), 1
            self.problems.add(path)
            width, height = PLACEHOLDER_WH
            return np.full((height, width, 3), PLACEHOLDER_GRAY, np.uint8)
        self.problem, self.scale = None, loaded.scale
        return loaded.image
