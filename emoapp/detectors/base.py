"""What every face detector can do."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from emoapp.types import Face


class Detector(ABC):
    """Finds faces in pictures; closed by `close` or `with`. Not to be shared between threads."""

    name: str
    """The word by which users choose it."""

    thorough = False
    """Search the whole picture each time: slower, for when no face may be overlooked."""

    @abstractmethod
    def detect(self, image: np.ndarray) -> list[Face]:
        """The faces in a picture, largest first.

        image: uint8 (H, W, 3), BGR.
        """

    def reset(self) -> None:  # noqa: B027  (most detectors remember nothing)
        """Forget the pictures before: the next one shows something else."""

    def close(self) -> None:  # noqa: B027  (most detectors hold nothing but memory)
        """Give everything back; may be called twice."""

    def __enter__(self) -> Detector:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()


def largest_first(faces: list[Face]) -> list[Face]:
    return sorted(faces, key=lambda face: face.box.area, reverse=True)
