"""What every sink of results can do."""

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
    """Takes results, one after another; closed by `close` or `with`."""

    wants_picture = False
    """Whether `write` needs the annotated picture; drawing is skipped where no sink does."""

    @abstractmethod
    def write(self, result: Result, picture: Image | None) -> None:
        """Take one result.

        picture: the frame with the overlay drawn on it, not to be changed; None unless some sink
        `wants_picture`.

        Raises SinkError where it can't be written.
        """

    @abstractmethod
    def close(self) -> None:
        """Finish what was written and give everything back; may be called twice."""

    def abandon(self) -> None:
        """End before the end: what is not whole keeps a name that says so."""
        self.close()

    def __enter__(self) -> Sink:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        if kind is None:
            self.close()
            return
        # The error that ends the block is the one to tell.
        with suppress(SinkError):
            self.abandon()


class FileSink(Sink):
    """Takes results into a file of its own.

    path: where the file is in the end.
    """

    path: Path

    @abstractmethod
    def fileno(self) -> int:
        """The descriptor whose lock keeps other processes away."""
