"""Interface of the face detectors."""

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
    """Find faces in images.

    Close it with `close` or `with`. Do not share it between threads. Subclasses implement
    `_detect`, `_close` and, where they remember earlier images, `reset`.

    Attributes:
        name: Name by which users choose it.
        exhaustive: Search the whole image each time: slower, for when no face may be missed.
        in_parts: Search the parts of a first image too; switch it off for images that are parts of
            a larger one already.
    """

    name: str
    exhaustive = False
    in_parts = True

    _closed = False
    _original: Detector | None = None

    @property
    def closed(self) -> bool:
        """Whether `close` was called; of a fork, also whether the original is closed."""
        return self._closed or (self._original is not None and self._original.closed)

    def detect(self, image: Image | np.ndarray) -> list[Face]:
        """Find the faces in an image.

        Args:
            image: An array is uint8 (H, W, 3), BGR.

        Returns:
            The faces, largest first, in pixels of the image.

        Raises:
            ClosedError: After `close`.
            TypeError: If an array has another dtype.
            ValueError: If an array has another shape.
        """
        if self.closed:
            raise ClosedError(f"The detector {self.name} is closed. Open another one.")
        from emoapp.images import as_image  # here, so that the command line can read the table

        return self._detect(as_image(image))

    def fork(self) -> Detector:
        """Return a detector that shares the networks but remembers its own images.

        It costs nothing and is closed with the original; closing the fork leaves the networks open.
        """
        fork = copy.copy(self)
        fork._original = self
        fork.reset()
        return fork

    def reset(self) -> None:  # noqa: B027  (most detectors remember nothing)
        """Forget earlier images: the next one shows something else."""

    def close(self) -> None:
        """Release the networks; may be called twice."""
        if self._closed:
            return
        self._closed = True
        if self._original is None:
            self._close()

    @abstractmethod
    def _detect(self, image: Image) -> list[Face]:
        """Return the faces in an image, largest first."""

    @abstractmethod
    def _close(self) -> None:
        """Release the networks; called once."""

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def largest_first(faces: list[Face]) -> list[Face]:
    """Sort faces by the area of their boxes.

    Args:
        faces: Is not changed.

    Returns:
        The faces, largest first.
    """
    return sorted(faces, key=lambda face: face.box.area, reverse=True)
