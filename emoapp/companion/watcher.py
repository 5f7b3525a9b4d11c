"""Decides when there is a reason to speak: a pure function of what one face showed over time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from emoapp.config import Pace
from emoapp.labels import canonical_label
from emoapp.types import Track

HEAVY = ("sad", "fear")
"""Expressions that, where they stay for long, are worth a word about human help."""

REMINDER = 3
"""Each further word about the same lasting expression waits so many times as long."""

KEPT = 4
"""How many changes an occasion tells of, at most."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """A reason to speak, and all that may be told of it.

    kind: "lasted", "changed", or "long" (sadness or fear that stays).
    label: the expression, as the model calls it.
    confidence: 0 to 1.
    lasted_s: how long it is there already.
    changes: (label, seconds) of what the same face showed before, the oldest first.
    heavy_s: seconds of sadness or fear lately; 0 unless the kind is "long".
    """

    kind: str
    label: str
    confidence: float
    lasted_s: float
    changes: tuple[tuple[str, float], ...] = ()
    heavy_s: float = 0.0


@dataclass(slots=True)
class _Span:
    label: str
    start: float
    end: float
    changed: bool = False
    """Whether it followed upon another expression that had lasted."""
    due: float = 0.0
    """It is worth a word when it has lasted so long."""

    @property
    def seconds(self) -> float:
        return self.end - self.start


class Watcher:
    """Follows one face through the frames; `see` takes a microsecond or two."""

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._spoken_t = self._helped_t = float("-inf")
        self._t = float("-inf")
        self._forget(None)

    def see(self, track: Track | None, t: float) -> Occasion | None:
        """The reason to speak that there is now, if any; to be confirmed by `told`.

        track: the person who is followed; None while there is nobody.
        t: seconds since the source began.
        """
        if t < self._t:  # A file began again.
            self._spoken_t = self._helped_t = float("-inf")
            self._forget(None)
        self._t = t
        if track is None or track.rejection is not None:
            if self._now is not None and t - self._now.end > self._pace.gone_s:
                self._now = self._next = None
            return None
        if track.id != self._person:
            self._forget(track.id)
        if not self._take(track.label, t) or t - self._spoken_t < self._pace.every_s:
            return None
        return self._occasion(track, t)

    def told(self, occasion: Occasion) -> None:
        """It was spoken of: the rate limit begins, and the next word waits longer."""
        self._spoken_t = self._t
        if occasion.kind == "long":
            self._helped_t = self._t
        if self._now is not None:
            self._now.changed = False
            self._now.due = REMINDER * max(self._now.seconds, self._pace.lasted_s)

    def _forget(self, person: int | None) -> None:
        """Another person: what one face showed says nothing about another."""
        self._person = person
        self._spans: deque[_Span] = deque()
        self._now: _Span | None = None
        self._next: tuple[str, float] | None = None

    def _take(self, label: str, t: float) -> bool:
        """Take in what the face shows at `t`; False while that is not settled."""
        now, pace = self._now, self._pace
        if now is not None and label == now.label and t - now.end <= pace.gone_s:
            now.end, self._next = t, None
            return True
        if self._next is None or self._next[0] != label:
            self._next = label, t
        since = self._next[1]
        if t - since < pace.blink_s:
            return False
        before = now
        lasting = before is not None and before.label != label and before.seconds >= pace.before_s
        due = pace.neutral_s if canonical_label(label) == "neutral" else pace.lasted_s
        self._now = _Span(label, since, t, changed=lasting, due=due)
        self._next = None
        self._spans.append(self._now)
        while self._spans[0].end < t - max(pace.window_s, 2 * pace.long_s):
            self._spans.popleft()
        return True

    def _occasion(self, track: Track, t: float) -> Occasion | None:
        now, pace = self._now, self._pace
        kind, heavy = None, 0.0
        if canonical_label(now.label) in HEAVY and t - self._helped_t >= pace.help_every_s:
            heavy = self._heavy(t)
            if heavy >= pace.long_s:
                kind = "long"
        if kind is None:
            heavy = 0.0
            if now.seconds >= now.due:
                kind = "lasted"
            # A change is news only while it is fresh; after that it is something that lasts.
            elif now.changed and pace.changed_s <= now.seconds < 2 * pace.changed_s + 1:
                kind = "changed"
        if kind is None:
            return None
        before = [span for span in self._spans if span is not now][-KEPT:]
        changes = tuple((span.label, span.seconds) for span in before)
        return Occasion(kind, now.label, track.confidence, now.seconds, changes, heavy)

    def _heavy(self, t: float) -> float:
        """Seconds of sadness or fear lately."""
        start = t - max(self._pace.window_s, 2 * self._pace.long_s)
        return sum(
            span.end - max(span.start, start)
            for span in self._spans
            if canonical_label(span.label) in HEAVY
        )
