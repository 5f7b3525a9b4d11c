"""Select the track that the bars, the companion and the privacy filter follow."""

from __future__ import annotations

import math
from collections.abc import Sequence

from emoapp.types import Track

AREA_RATIO = 1.3
"""How many times larger a face must be to be selected in another one's place."""

STAY_S = 0.7
"""A lost track stays selected for this long: a detector that blinks must not change the choice."""

MAIN_LOST_S = 1.5
"""After this long without the main person, somebody else may become it."""

MAIN_AREA_SHARE = 0.5
"""The next main person's face has at least this share of the area of the one before."""


class TrackSelector:
    """Select the largest face, or the one that the user chose.

    Remembers the last selection, so frames must come in order and each source needs its own.

    Attributes:
        followed: Id of the track that the user chose. None, or a track that is gone, selects the
            largest face.
    """

    def __init__(self) -> None:
        self.followed: int | None = None
        self._selected: int | None = None
        self._seen_t = -math.inf

    def select(self, tracks: Sequence[Track], t: float) -> int | None:
        """Return the id of the selected track.

        Args:
            tracks: Those in the frame.
            t: Seconds since the source began.

        Returns:
            The id of one of `tracks`, or None where none is selected.
        """
        in_frame = {track.id: track for track in tracks}
        before = in_frame.get(self._selected or 0)
        chosen = in_frame.get(self.followed or 0)
        if chosen is None:
            if before is None and 0 <= t - self._seen_t <= STAY_S:
                return None
            chosen = max(tracks, key=_area, default=None)
            # Two faces of about the same size must not take turns from frame to frame.
            if chosen and before and _area(chosen) < AREA_RATIO * _area(before):
                chosen = before
        if chosen is None:
            return None
        self._selected, self._seen_t = chosen.id, t
        return chosen.id


class MainPersonSelector(TrackSelector):
    """Select the face that was the largest in the first frame with faces, and stay with it.

    Only after `MAIN_LOST_S` without it, the next face that is about as large is selected: whoever
    is to stay unrecognizable must not be taken for the main person.
    """

    def __init__(self) -> None:
        super().__init__()
        self._main: Track | None = None

    def select(self, tracks: Sequence[Track], t: float) -> int | None:
        in_frame = {track.id: track for track in tracks}
        if self._main is None:
            self._main = max(tracks, key=_area, default=None)
        elif self._main.id in in_frame:
            self._main = in_frame[self._main.id]
        elif t - self._main.last_t > MAIN_LOST_S:
            smallest = MAIN_AREA_SHARE * _area(self._main)
            large = [track for track in tracks if _area(track) >= smallest]
            self._main = max(large, key=_area, default=self._main)
        return self._main.id if self._main and self._main.id in in_frame else None


def _area(track: Track) -> float:
    return track.face.box.area
