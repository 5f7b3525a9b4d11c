"""What each person showed lately, in bins of time: the same whatever the frame rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from emoapp.types import Rejection, Scores, Track

SPAN_S = 30.0
"""How far back it remembers; a person who was not seen for longer is forgotten."""
BIN_S = 0.125
BINS = round(SPAN_S / BIN_S)
HOLD_S = 1.0
"""Between two frames further apart nothing is known, even of a person who is on both."""

BELIEVED = (None, Rejection.UNSURE)
"""Of a face that can't be read well nothing is kept; being undecided is something to show."""


@dataclass(slots=True)
class _Person:
    """bins: number -> float32 (K,), the mean of what was seen in it, in order of time."""

    bins: dict[int, np.ndarray] = field(default_factory=dict)
    last_t: float = -math.inf
    count: int = 0


class History:
    """The smoothed probabilities of everyone seen in the last 30 seconds.

    Bin n holds the mean over the seconds from n * BIN_S up to (n + 1) * BIN_S.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._people: dict[int, _Person] = {}
        self._t = -math.inf

    def __contains__(self, person: int | None) -> bool:
        """Whether the track with this id is remembered."""
        return person in self._people

    def add(self, tracks: Iterable[Track], t: float) -> None:
        """What the frame at `t`, in seconds since the source began, shows.

        A face whose scores are not to be believed counts as not seen.
        """
        if t == self._t:
            return  # A paused picture is drawn again and again.
        if t < self._t:
            self._people.clear()  # Another source, which counts its own seconds.
        before, self._t = self._t, t
        number = math.floor(t / BIN_S)
        for track in tracks:
            if track.rejection not in BELIEVED:
                continue
            person = self._people.setdefault(track.id, _Person())
            self._see(person, number, self._in_order(track.smoothed), before, t)
        gone = [id for id, person in self._people.items() if t - person.last_t > SPAN_S]
        for id in gone:
            del self._people[id]

    def shares(self, person: int, first: int, count: int) -> np.ndarray:
        """float32 (count, K): bins `first` and following of a person; zeros where unseen."""
        table = np.zeros((count, len(self._labels)), np.float32)
        known = self._people.get(person)
        if known is not None:
            for row in range(count):
                mean = known.bins.get(first + row)
                if mean is not None:
                    table[row] = mean
        return table

    def _see(
        self, person: _Person, number: int, shares: np.ndarray, before: float, t: float
    ) -> None:
        bins = person.bins
        last = next(reversed(bins), number)
        if last == number:
            person.count += 1
            mean = bins.get(number, shares)
            bins[number] = mean + (shares - mean) / person.count
        else:
            # Frames may be rarer than bins: where no frame in between said otherwise, the person
            # was there all the time.
            if person.last_t == before and t - before <= HOLD_S:
                for between in range(last + 1, number):
                    way = (between - last) / (number - last)
                    bins[between] = (1 - way) * bins[last] + way * shares
            bins[number], person.count = shares, 1
        person.last_t = t
        # A few more than are shown, because the timeline's right edge is older than now.
        while (oldest := next(iter(bins))) < number - BINS - 4:
            del bins[oldest]

    def _in_order(self, scores: Scores) -> np.ndarray:
        if scores.labels == self._labels:
            return scores.probabilities
        known = scores.as_dict()
        return np.array([known.get(label, 0.0) for label in self._labels], np.float32)
