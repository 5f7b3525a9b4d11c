"""What every face detector can do."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

import numpy as np

from emoapp.errors import ClosedError
from emoapp.types import Face

if TYPE_CHECKING:
    from emoapp.images import Image


class Detector(ABC):
    """Find faces in pictures; closed by `close` or `with`. Not to be shared between threads.

    Subclasses implement `_detect`, `_close` and, where they remember earlier pictures, `reset`.
    """

    name: str
    """The word by which users choose it."""

    exhaustive = False
    """Search the whole picture each time: slower, for when no face may be overlooked."""

    in_parts = True
    """Look at the parts of a first picture too; not where it is a part of a picture already."""

    _closed = False
    _original: Detector | None = None

    @property
    def closed(self) -> bool:
        """Whether `close` was called, of a fork also the original's."""
        return self._closed or (self._original is not None and self._original.closed)

    def detect(self, image: Image | np.ndarray) -> list[Face]:
        """Return the faces in a picture, largest first.

        image: an array is uint8 (H, W, 3), BGR.

        Raises ClosedError after `close`.
        """
        if self.closed:
            raise ClosedError(f"The detector {self.name} is closed. Open another one.")
        from emoapp.images import as_image  # here, so that the command line can read the table

        return self._detect(as_image(image))

    def fork(self) -> Detector:
        """Return a detector that shares the networks and remembers pictures of its own.

        It costs nothing and ends with the original: closing the fork leaves the networks open.
        """
        fork = copy.copy(self)
        fork._original = self
        fork.reset()
        return fork

    def reset(self) -> None:  # noqa: B027  (most detectors remember nothing)
        """Forget the pictures before: the next one shows something else."""

    def close(self) -> None:
        """Give everything back; may be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._original is None:
            self._close()

    @abstractmethod
    def _detect(self, image: Image) -> list[Face]:
        """The faces in a picture, largest first."""

    @abstractmethod
    def _close(self) -> None:
        """Give the networks back; called once."""

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def largest_first(faces: list[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: face.box.area, reverse=True)
