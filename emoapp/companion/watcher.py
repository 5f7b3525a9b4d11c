"""Decide when there is a reason to speak, from what one face shows over time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from emoapp.config import Pace
from emoapp.labels import canonical_label
from emoapp.types import Track

DISTRESS_LABELS = ("sad", "fear")
"""Expressions that, if they stay for long, are worth a word about human help."""

REPEAT_FACTOR = 3
"""Each further word about the same lasting expression waits this many times as long."""

MAX_CHANGES = 4
"""Most earlier expressions that an occasion lists."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to speak, with everything that may be said about it.

    Attributes:
        kind: "lasted", "changed", or "long" (sadness or fear that stays).
        label: The expression, as the model calls it.
        confidence: Its probability, 0 to 1.
        lasted_s: Seconds for which it has been shown.
        changes: Pairs (label, seconds) that the same face showed before, oldest first.
        heavy_s: Recent seconds of sadness or fear; 0 unless the kind is "long".
    """

    kind: str
    label: str
    confidence: float
    lasted_s: float
    changes: tuple[tuple[str, float], ...] = ()
    heavy_s: float = 0.0


@dataclass(slots=True)
class _Span:
    """A stretch of one expression.

    Attributes:
        label: The expression.
        start: First sighting in seconds.
        end: Last sighting in seconds.
        changed: Whether it followed another expression that had lasted.
        due_s: How long it has to last to be worth a word.
    """

    label: str
    start: float
    end: float
    changed: bool = False
    due_s: float = 0.0

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Watcher:
    """Follow one face through the frames; `see` takes a microsecond or two.

    Args:
        pace: When to speak; None for the defaults.
    """

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._t = self._believed_t = float("-inf")
        self._person: int | None = None
        self._spans: deque[_Span] = deque()
        self._current: _Span | None = None
        self._candidate: tuple[str, float] | None = None
        self._forget_speech()

    def see(self, track: Track | None, t: float) -> Occasion | None:
        """Take in a frame and return the current reason to speak, if any.

        Args:
            track: The followed track; None while there is none.
            t: Seconds since the source began.

        Returns:
            An occasion, to be confirmed by `told` if it is spoken of; None without a reason.
        """
        if t < self._t:  # A looped file began again.
            self._forget_speech()
            self._forget_face(None)
        self._t = t
        if t - self._believed_t > self._pace.gone_s:
            self._candidate = None
        if track is None or track.rejection is not None:
            if self._current is not None and t - self._current.end > self._pace.gone_s:
                self._current = None
            return None
        self._believed_t = t
        if track.id != self._person:
            self._forget_face(track.id)
        label = track.smoothed.label if track.label is None else track.label
        current = self._settle(label, t)
        if current is None or t - self._spoken_t < self._pace.every_s:
            return None
        return self._occasion(current, track.confidence, t)

    def told(self, occasion: Occasion) -> None:
        """Confirm that an occasion was spoken of: the rate limit begins."""
        self._spoken_t = self._t
        if occasion.kind == "long":
            self._helped_t = self._t
        if self._current is not None:
            self._current.changed = False
            self._current.due_s = REPEAT_FACTOR * max(self._current.seconds, self._pace.lasted_s)

    def _forget_speech(self) -> None:
        self._spoken_t = self._helped_t = float("-inf")

    def _forget_face(self, person: int | None) -> None:
        """Start over for another person: one face's history says nothing about another's."""
        self._person = person
        self._spans.clear()
        self._current = self._candidate = None

    def _settle(self, label: str, t: float) -> _Span | None:
        """Take in the label shown at `t` and return its span, None while it may be a blink."""
        current, pace = self._current, self._pace
        if current is not None and label == current.label and t - current.end <= pace.gone_s:
            current.end, self._candidate = t, None
            return current
        if self._candidate is None or self._candidate[0] != label:
            self._candidate = label, t
        since = self._candidate[1]
        if t - since < pace.blink_s:
            return None
        changed = (
            current is not None and current.label != label and current.seconds >= pace.before_s
        )
        due_s = pace.neutral_s if canonical_label(label) == "neutral" else pace.lasted_s
        span = _Span(label, since, t, changed=changed, due_s=due_s)
        self._current, self._candidate = span, None
        self._spans.append(span)
        while self._spans[0].end < t - self._memory_s:
            self._spans.popleft()
        return span

    def _occasion(self, current: _Span, confidence: float, t: float) -> Occasion | None:
        kind = self._kind(current, t)
        if kind is None:
            return None
        before = [span for span in self._spans if span is not current][-MAX_CHANGES:]
        changes = tuple((span.label, span.seconds) for span in before)
        distress_s = self._distress_s(t) if kind == "long" else 0.0
        return Occasion(kind, current.label, confidence, current.seconds, changes, distress_s)

    def _kind(self, current: _Span, t: float) -> str | None:
        pace = self._pace
        if (
            canonical_label(current.label) in DISTRESS_LABELS
            and t - self._helped_t >= pace.help_every_s
        ):
            if self._distress_s(t) >= pace.long_s:
                return "long"
        if current.seconds >= current.due_s:
            return "lasted"
        # A change is news only while it is fresh; after that it is something that lasts.
        if current.changed and pace.changed_s <= current.seconds < 2 * pace.changed_s + 1:
            return "changed"
        return None

    @property
    def _memory_s(self) -> float:
        return max(self._pace.window_s, 2 * self._pace.long_s)

    def _distress_s(self, t: float) -> float:
        """Return the recent seconds of sadness or fear."""
        start = t - self._memory_s
        return sum(
            span.end - max(span.start, start)
            for span in self._spans
            if canonical_label(span.label) in DISTRESS_LABELS
        )
