"""What every source of frames can do."""

from __future__ import annotations

from abc import ABC, abstractmethod

from emoapp.types import Frame


class Source(ABC):
    """A sequence of frames; opened by its constructor, closed by `close` or `with`.

    Iterating gives every `Frame` that `read` gives.
    """

    @property
    @abstractmethod
    def name(self) -> str:
        """What the user would call it: a path, an address or "camera 0"."""

    @property
    @abstractmethod
    def size_wh(self) -> tuple[int, int]:
        """(width, height) of the frames in pixels."""

    @property
    @abstractmethod
    def fps(self) -> float | None:
        """Frames a second as the source states them; None where it does not say."""

    @property
    def frame_count(self) -> int | None:
        """How many frames will come; None where nobody knows (cameras, streams)."""
        return None

    @property
    def missed(self) -> int:
        """Frames that came while nobody read and are lost; always 0 for files."""
        return 0

    @abstractmethod
    def read(self) -> Frame | None:
        """The next frame (of a live source: the newest, waiting for it), or None at the end.

        Raises SourceError, or CameraError for a camera, where the source breaks.
        """

    @abstractmethod
    def close(self) -> None:
        """Give everything back; may be called twice."""

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __iter__(self):
        while (frame := self.read()) is not None:
            yield frame
