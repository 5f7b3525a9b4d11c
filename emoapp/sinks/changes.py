"""Tell when the expression of the followed face changes."""

from __future__ import annotations

from dataclasses import dataclass

from emoapp.types import Result


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the followed face's expression.

    Attributes:
        frame: Number of the frame that shows it.
        t: Its time, seconds since the source began.
        arrived: When that frame came, by `time.monotonic()`; None where it was read from a file.
        track: The face; None where none is followed.
        label: The new expression; None where none is believed.
        confidence: The new expression's probability, 0 to 1; None where none is believed.
    """

    frame: int
    t: float
    arrived: float | None
    track: int | None
    label: str | None
    confidence: float | None


class ChangeWatcher:
    """Compare each result with the one before."""

    def __init__(self) -> None:
        self._label: str | None = None

    def see(self, result: Result) -> Change | None:
        """Take a result in.

        Returns:
            The change; None where the label is the same as in the result before. At first none is
            believed.
        """
        track, frame = result.selected_track, result.frame
        believed = track is not None and track.rejection is None
        label = track.label if believed and track is not None else None
        if label == self._label:
            return None
        self._label = label
        return Change(
            frame=frame.index,
            t=frame.t,
            arrived=frame.arrived,
            track=None if track is None else track.id,
            label=label,
            confidence=track.confidence if believed and track is not None else None,
        )
