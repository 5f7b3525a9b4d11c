"""Select the track that the bars, the companion and the privacy filter follow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from emoapp.types import Track

AREA_RATIO = 1.3
"""A face must be this many times larger than the selected one to replace it."""

STAY_S = 0.7
"""How long a lost track stays selected, so that a missed detection does not change the choice."""

MAIN_LOST_S = 1.5
"""After the main person has been missing for this long, another one may take its place."""

MAIN_AREA_SHARE = 0.5
"""Least area of the next main person's face, relative to that of the previous one."""


class TrackSelector:
    """Select the largest face, or the one that the user chose.

    Remembers the last selection, so frames must come in order and each source needs its own
    selector.

    Attributes:
        followed: Id of the track that the user chose. With None, or a track that is not in the
            frame, the largest face is selected.
    """

    def __init__(self) -> None:
        self.followed: int | None = None
        self._selected: int | None = None
        self._seen_t = -math.inf

    def select(self, tracks: Sequence[Track], t: float) -> int | None:
        """Select a track.

        Args:
            tracks: All tracks in the frame.
            t: Time of the frame, seconds since the source began.

        Returns:
            The id of one of `tracks`; None if none is selected.
        """
        in_frame = {track.id: track for track in tracks}
        before = in_frame.get(self._selected or 0)
        chosen = in_frame.get(self.followed or 0)
        if chosen is None:
            if before is None and 0 <= t - self._seen_t <= STAY_S:
                return None
            chosen = max(tracks, key=_area, default=None)
            # The selection must not alternate between two faces of about the same size.
            if chosen and before and _area(chosen) < AREA_RATIO * _area(before):
                chosen = before
        if chosen is None:
            return None
        self._selected, self._seen_t = chosen.id, t
        return chosen.id


class MainPersonSelector(TrackSelector):
    """Select the face that was the largest in the first frame with faces, and keep it.

    Another face, if it is about as large, is selected only after `MAIN_LOST_S` without the first:
    a person who is to stay unrecognizable must not be mistaken for the main person.
    """

    def __init__(self) -> None:
        super().__init__()
        self._main: Track | None = None

    def select(self, tracks: Sequence[Track], t: float) -> int | None:
        """Select the main person's track, as `TrackSelector.select` does for the largest face."""
        in_frame = {track.id: track for track in tracks}
        if self._main is None:
            self._main = max(tracks, key=_area, default=None)
        elif self._main.id in in_frame:
            self._main = in_frame[self._main.id]
        elif t - self._main.last_t > MAIN_LOST_S:
            min_area = MAIN_AREA_SHARE * _area(self._main)
            large = [track for track in tracks if _area(track) >= min_area]
            self._main = max(large, key=_area, default=self._main)
        return self._main.id if self._main and self._main.id in in_frame else None


def _area(track: Track) -> float:
    return track.face.box.area
