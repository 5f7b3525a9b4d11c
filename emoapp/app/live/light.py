"""Do less on a machine that is too slow for its camera."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from emoapp.app.live.messages import Messages
from emoapp.pipeline import MAX_DELAY_S

if TYPE_CHECKING:
    from emoapp.app.live.view import WindowView
    from emoapp.pipeline import Pipeline

TOO_SLOW_S = 5.0
"""For so long frames take longer than the camera's interval until light mode begins by itself."""

MEAN_S = 1.0
"""Time constant of the average of the frames' times: single slow frames are no slow machine."""

NOTICE_S = 8.0


def detect_interval(fps: float) -> int:
    """Return in one of how many frames faces are searched: 3, or 2 of a slow camera.

    Args:
        fps: The camera's frames per second.
    """
    return 3 if 2 / fps <= MAX_DELAY_S else 2


class LightMode:
    """Search and classify faces in every second or third frame, and move the panels half as often.

    Args:
        view: Whose overlay is drawn.
        messages: Is told when it begins by itself.
        asked: Whether it is on from the start; None where it begins by itself when frames take
            longer than the camera's interval.
        fps: The source's frames per second.

    Attributes:
        on: Whether it is on. It stays on.
    """

    def __init__(
        self, view: WindowView, messages: Messages, *, asked: bool | None, fps: float
    ) -> None:
        self._view, self._messages = view, messages
        self._automatic = asked is None
        self._interval_s, self._detect_interval = 1 / fps, detect_interval(fps)
        self._mean_s = 0.0
        self._last: float | None = None
        self._slow_since: float | None = None
        self.on = bool(asked)

    def begin(self, pipeline: Pipeline) -> None:
        """Apply the mode to a pipeline.

        Args:
            pipeline: Analyzes the frames.
        """
        if self.on:
            pipeline.detect_interval = self._detect_interval
            self._view.overlay.half_rate = True

    def add(self, took_s: float, pipeline: Pipeline, *, now: float) -> None:
        """Take in how long a frame took; switch the mode on where this machine is too slow.

        Args:
            took_s: From taking it to the end of showing it, seconds.
            pipeline: Analyzes the frames.
            now: When it was shown, seconds by a monotonic clock.
        """
        if self.on or not self._automatic:
            return
        passed = 0.0 if self._last is None else now - self._last
        self._last = now
        self._mean_s += (took_s - self._mean_s) * (1 - math.exp(-passed / MEAN_S))
        if self._mean_s <= self._interval_s:
            self._slow_since = None
            return
        self._slow_since = now if self._slow_since is None else self._slow_since
        if now - self._slow_since >= TOO_SLOW_S:
            self.on = True
            self.begin(pipeline)
            self._messages.notice(self._notice, seconds=NOTICE_S)

    @property
    def _notice(self) -> str:
        # Two whole sentences, for each is translated as a whole.
        ms = f"{self._mean_s * 1e3:.0f}"
        if self._detect_interval == 3:
            return (
                f"light mode: a frame takes {ms} ms here, so faces are searched in every third one"
            )
        return f"light mode: a frame takes {ms} ms here, so faces are searched in every second one"
