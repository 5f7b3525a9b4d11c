"""The interfaces of sinks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from emoapp.errors import SinkError

if TYPE_CHECKING:
    from emoapp.images import Image
    from emoapp.types import Result


_Self = TypeVar("_Self", bound="_Closable")


class _Closable(ABC):
    """Closed by `close` or `with`, which abandons it where the block ends in an error."""

    @abstractmethod
    def close(self) -> None:
        """Finish what was written and release everything; may be called twice.

        Raises:
            SinkError: It can't be finished.
        """

    def abandon(self) -> None:
        """End before the end: what is not complete keeps a name that says so."""
        self.close()

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *exc_info: object) -> None:
        if kind is None:
            self.close()
            return
        # The error that ends the block is the one to tell.
        with suppress(SinkError):
            self.abandon()


class Sink(_Closable):
    """Takes results, one after another.

    Attributes:
        ms: Milliseconds of the last `write` by stage, where they are worth counting.
    """

    ms: Mapping[str, float] = MappingProxyType({})

    @abstractmethod
    def write(self, result: Result) -> None:
        """Take one result.

        Raises:
            SinkError: It can't be written.
        """


class FileSink(Sink):
    """Writes results into a file."""

    @abstractmethod
    def fileno(self) -> int:
        """Return the descriptor of the file, whose lock keeps other processes away."""


class PictureSink(_Closable):
    """Takes pictures, one after another."""

    @abstractmethod
    def write(self, picture: Image, t: float) -> None:
        """Take one picture.

        Args:
            picture: Taken over; not to be changed afterwards.
            t: Seconds since the source began.

        Raises:
            SinkError: It can't be written.
        """
