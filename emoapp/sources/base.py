"""Define the interface of every source of frames."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from emoapp.colorimetry import Colorimetry
from emoapp.types import Frame


@dataclass(frozen=True, slots=True)
class Waiting:
    """A live source has nothing to show right now, but goes on by itself when it can.

    It also comes between the frames of a slow camera: tell the user once `since_s` exceeds a
    second.

    Attributes:
        reason: One sentence for the user, without the full stop: "Camera 0 was unplugged".
        since_s: Seconds since the last frame, or since the source was opened if none came yet.
    """

    reason: str
    since_s: float


class Source(ABC):
    """A sequence of frames; opened by its constructor, closed by `close` or `with`.

    Iterating yields every `Frame` that `read` returns.

    Attributes:
        name: What the user would call it: a path, an address or "camera 0".
        size_wh: (width, height) of the frames in pixels; before the first frame, the size that the
            source announces.
        fps: Frames per second that the source states; None if it does not say. In the dark, many
            cameras deliver fewer.
        colorimetry: The meaning of the frames' pixels if all of them are YUV; None if they are BGR.
        frame_count: The number of frames to come; None if unknown (cameras, streams).
    """

    name: str
    size_wh: tuple[int, int]
    fps: float | None = None
    colorimetry: Colorimetry | None = None
    frame_count: int | None = None

    @property
    def missed(self) -> int:
        """Number of frames lost because they were not read in time; always 0 for files."""
        return 0

    @abstractmethod
    def read(self) -> Frame | Waiting | None:
        """Return the next frame, or the latest one of a live source, waiting for it.

        Returns:
            None at the end; Waiting only from a source that was opened to reconnect.

        Raises:
            CameraError: The camera breaks off.
            SourceError: Any other source breaks off.
        """

    @abstractmethod
    def close(self) -> None:
        """Release all resources; may be called twice."""

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        while (frame := self.read()) is not None:
            if isinstance(frame, Frame):
                yield frame
