"""Watch a resting face for three seconds."""

from __future__ import annotations

import numpy as np

from emoapp.overlay.blend import Painter
from emoapp.overlay.guide import StepCard, draw_guide
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import Sizes, word
from emoapp.profiles.lessons import Observation
from emoapp.utils.language import N_

WATCH_S = 3.0
INTERVAL_S = 0.08
"""Frames that are used are at least so far apart."""

MAX_FRAME_S = 0.2
LABEL, LINE = "neutral", "Relax your face and look ahead."
KEY = "n"
KEYS = ((KEY, N_("cancel")),)
STEPS = 60


class RestingFace:
    """Collect frames of a resting face; the time stands still while none can be used.

    Attributes:
        seen: The frames.
        card: Rectangle of the card where it was drawn last, pixels; None before.
        cancel: That of its key.
    """

    def __init__(self) -> None:
        self.seen: list[Observation] = []
        self.card: Rect | None = None
        self.cancel: Rect | None = None
        self._watched_s = 0.0
        self._now: float | None = None
        self._hint = ""

    @property
    def done(self) -> bool:
        """Whether there is enough."""
        return self._watched_s >= WATCH_S

    def see(self, seen: Observation | None, hint: str, *, now: float) -> None:
        """Take a frame.

        Args:
            seen: The face, where it can be used; None where not.
            hint: What to do so that it can; "" where it can.
            now: Seconds, monotonic.
        """
        self._hint = hint
        if seen is None and not hint:
            return  # one of several faces, which are not classified in every frame
        passed = 0.0 if self._now is None else min(max(0.0, now - self._now), MAX_FRAME_S)
        self._now = now
        if seen is None:
            return
        self._watched_s += passed
        if not self.seen or seen.t - self.seen[-1].t >= INTERVAL_S:
            self.seen.append(seen)

    def over(self, picture: np.ndarray, sizes: Sizes) -> np.ndarray:
        """Return the picture with a card that says what to do.

        Args:
            picture: uint8 (H, W, 3), BGR, left as it is.
            sizes: Of the picture.
        """
        painter = Painter(picture.copy())
        share = round(min(1.0, self._watched_s / WATCH_S) * STEPS) / STEPS
        count = f"{max(1, round(WATCH_S - self._watched_s + 0.5))}"
        line, warning = self._hint or LINE, bool(self._hint)
        card = StepCard(LABEL, word(LABEL), line, warning, True, share, count, (), KEYS)
        self.card, keys = draw_guide(painter, card, sizes)
        self.cancel = keys[KEY]
        return painter.image.bgr()
