"""Remember the recent scores of all tracks in bins of time, whatever the frame rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from emoapp.types import Rejection, Scores, Track

SPAN_S = 30.0
"""Seconds remembered; a track that was not seen for longer is forgotten."""
BIN_S = 0.125
BINS = round(SPAN_S / BIN_S)
SPARE_BINS = 4
"""Bins kept beyond the span, because the timeline's right edge is older than now."""
MAX_GAP_S = 1.0
"""Between two frames further apart nothing is known, even of a track that is in both."""

VALID_REJECTIONS = (None, Rejection.UNSURE)
"""With these the scores count: being undecided is worth showing, a bad image of a face is not."""


@dataclass(slots=True)
class _Bins:
    """The scores of one track.

    Attributes:
        means: Number of the bin -> float32 (K,), the mean of the scores in it, in order of time.
        last_t: When the track was last seen, seconds.
        count: Number of frames in the last bin.
    """

    means: dict[int, np.ndarray] = field(default_factory=dict)
    last_t: float = -math.inf
    count: int = 0


class History:
    """The smoothed probabilities of all tracks of the last 30 seconds.

    Bin n holds the mean over the seconds from n * BIN_S up to (n + 1) * BIN_S.

    Args:
        labels: The K expressions, in the order of the rows to return.
    """

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._tracks: dict[int, _Bins] = {}
        self._t = -math.inf

    def __contains__(self, track_id: int | None) -> bool:
        """Return whether a track is remembered."""
        return track_id in self._tracks

    def add(self, tracks: Iterable[Track], t: float) -> None:
        """Add the tracks of a frame.

        A face that was rejected for any other reason than being unsure counts as not seen.

        Args:
            tracks: Those in the frame.
            t: Time of the frame, seconds since the source began. An earlier time than before means
                another source and clears the history.
        """
        if t == self._t:
            return  # A paused image is drawn again and again.
        if t < self._t:
            self._tracks.clear()  # Another source, with a clock of its own.
        before, self._t = self._t, t
        number = math.floor(t / BIN_S)
        for track in tracks:
            if track.rejection not in VALID_REJECTIONS:
                continue
            bins = self._tracks.setdefault(track.id, _Bins())
            _add_scores(bins, number, self._in_order(track.smoothed), before, t)
        expired = [id for id, bins in self._tracks.items() if t - bins.last_t > SPAN_S]
        for id in expired:
            del self._tracks[id]

    def shares(self, track_id: int, first: int, count: int) -> np.ndarray:
        """Return the mean probabilities of consecutive bins.

        Args:
            track_id: The track.
            first: Number of the first bin.
            count: Number of bins.

        Returns:
            float32 (count, K); zeros where the track was not seen.
        """
        table = np.zeros((count, len(self._labels)), np.float32)
        known = self._tracks.get(track_id)
        if known is not None:
            for row in range(count):
                mean = known.means.get(first + row)
                if mean is not None:
                    table[row] = mean
        return table

    def _in_order(self, scores: Scores) -> np.ndarray:
        if scores.labels == self._labels:
            return scores.probabilities
        known = scores.as_dict()
        return np.array([known.get(label, 0.0) for label in self._labels], np.float32)


def _add_scores(bins: _Bins, number: int, shares: np.ndarray, before: float, t: float) -> None:
    """Add one frame's scores to the bins of a track.

    Args:
        bins: Of the track, changed in place.
        number: Of the frame's bin.
        shares: float32 (K,).
        before: Time of the previous frame, seconds.
        t: Time of the frame, seconds.
    """
    means = bins.means
    last = next(reversed(means), number)
    if last == number:
        bins.count += 1
        mean = means.get(number, shares)
        means[number] = mean + (shares - mean) / bins.count
    else:
        # Frames may be rarer than bins. If the track is in both this and the previous frame, it was
        # there all the time: interpolate.
        if bins.last_t == before and t - before <= MAX_GAP_S:
            for between in range(last + 1, number):
                fraction = (between - last) / (number - last)
                means[between] = (1 - fraction) * means[last] + fraction * shares
        means[number], bins.count = shares, 1
    bins.last_t = t
    while (oldest := next(iter(means))) < number - BINS - SPARE_BINS:
        del means[oldest]
