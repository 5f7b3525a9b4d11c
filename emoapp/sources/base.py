"""What every source of frames can do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from emoapp.colorimetry import Colorimetry
from emoapp.types import Frame


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live source has nothing to show right now, but goes on by itself when it can.

    It comes between the frames of a slow camera too: tell the user once `since_s` is over a second.

    reason: one sentence for the user, without the full stop: "Camera 0 was unplugged".
    since_s: seconds since the last frame, or since the source was opened where none came yet.
    """

    reason: str
    since_s: float


class Source(ABC):
    """A sequence of frames; opened by its constructor, closed by `close` or `with`.

    Iterating gives every `Frame` that `read` gives.
    """

    name: str
    """What the user would call it: a path, an address or "camera 0"."""

    size_wh: tuple[int, int]
    """(width, height) of the frames in pixels; before the first one, as the source announces it."""

    fps: float | None = None
    """Frames a second as the source states them; None where it does not say. In the dark, many
    cameras give fewer."""

    colorimetry: Colorimetry | None = None
    """What the frames' pixels mean where all of them come as YUV; None where they come as BGR."""

    frame_count: int | None = None
    """How many frames will come; None where nobody knows (cameras, streams)."""

    @property
    def missed(self) -> int:
        """Frames that came while nobody read and are lost; always 0 for files."""
        return 0

    @abstractmethod
    def read(self) -> Frame | Waiting | None:
        """The next frame (of a live source: the newest, waiting for it), or None at the end.

        Waiting comes only from a source that was opened to reconnect.

        Raises SourceError, or CameraError for a camera, where the source breaks.
        """

    @abstractmethod
    def close(self) -> None:
        """Give everything back; may be called twice."""

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            if isinstance(frame, Frame):
                yield frame
