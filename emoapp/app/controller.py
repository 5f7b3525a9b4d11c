"""Steer a run from outside; `app.live.controller` does so by the keys of a window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from emoapp.pipeline import Pipeline
from emoapp.sinks import Sink
from emoapp.sources import Source, Waiting
from emoapp.types import Frame, Result
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import say

logger = get_logger(__name__)

WAITING_S = 1.0
"""A silence of this length is worth a message: slow cameras wait between frames too."""

PAUSE_S = 0.02
"""Seconds between two looks at the keys while the picture stands still."""

SETTLE_S = 7.0
"""For this long after a key a picture that stands still is drawn anew: bars glide, notices fade."""


_Self = TypeVar("_Self", bound="Controller")


class Controller:
    """Steer a run from outside; this one runs to the source's end without a window.

    Args:
        source: What is read.

    Attributes:
        ended: Whether the run is to end.
        limit_reached: Returns whether the run has lasted as long as it was asked to.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.ended = False
        self.limit_reached: Callable[[], bool] = lambda: False
        self._said = ""

    @property
    def missed(self) -> int:
        """Number of frames that arrived before anything was ready for them."""
        return self.source.missed

    def begin(self, pipeline: Pipeline) -> Iterable[Sink]:
        """Take the pipeline once it is open; return further sinks, which the controller closes.

        They take each result before `serve`.
        """
        return ()

    def accept(self, frame: Frame) -> Frame | None:
        """Return the frame to analyze, changed or not; None to leave it out."""
        return frame

    def preview(self, frame: Frame) -> None:
        """Handle a frame that arrived before the pipeline was open; may wait for the pipeline."""

    def wait(self, waiting: Waiting) -> None:
        """Handle a live source that has nothing to show right now."""
        if waiting.since_s < WAITING_S:
            self._said = ""
        elif self._said != waiting.reason:
            self._said = waiting.reason
            logger.warning("waiting: %s", waiting.reason)
            say(f"{waiting.reason}; waiting for it")

    def serve(self, result: Result) -> float | None:
        """Handle the user's input, after the controller's sinks have received the result.

        Returns:
            When the result was on the screen, by `platforms.clock.now`; None without a screen.
        """
        return None

    def rest(self, result: Result) -> None:
        """Hold the run after a result for as long as the user wants to look at it."""

    def close(self) -> None:
        """Release what was opened; may be called twice."""

    def __enter__(self: _Self) -> _Self:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
