"""Define the interface of every sink of results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.errors import SinkError
from emoapp.types import Result

if TYPE_CHECKING:
    from emoapp.images import Image


class Sink(ABC):
    """Takes results, one after another; closed by `close` or `with`.

    Attributes:
        wants_picture: Whether `write` needs the annotated image; drawing is skipped if no sink
            does.
    """

    wants_picture = False

    @abstractmethod
    def write(self, result: Result, picture: Image | None) -> None:
        """Take one result.

        Args:
            result: The result.
            picture: The frame with the overlay drawn on it, not to be changed; None unless some
                sink `wants_picture`.

        Raises:
            SinkError: The result cannot be written.
        """

    @abstractmethod
    def close(self) -> None:
        """Finish the output and release all resources; may be called twice.

        Raises:
            SinkError: The output cannot be finished.
        """

    def abandon(self) -> None:
        """End early: incomplete output keeps a name that says so."""
        self.close()

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        if kind is None:
            self.close()
            return
        # The error that ends the block is the one to report.
        with suppress(SinkError):
            self.abandon()


class FileSink(Sink):
    """Writes results to a file of its own.

    Attributes:
        path: The finished file.
    """

    path: Path

    @abstractmethod
    def fileno(self) -> int:
        """Return the descriptor whose lock keeps other processes away."""
