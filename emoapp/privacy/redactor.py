"""Faces that stay unrecognisable for as long as they are hidden."""

from __future__ import annotations

from collections.abc import Iterable

from emoapp.images import Image
from emoapp.privacy.pixelation import pixelate, pixelate_all
from emoapp.types import Box, Result, Track

HIDDEN_S = 1.5
"""So long a face stays hidden where it was last seen: a detector may lose it for some frames."""

AS_LARGE = 0.5
"""Whoever takes the place of a lost main person has at least this share of that one's area."""


class FaceRedactor:
    """Hides faces in pictures, in place. Remembers where they were, so frames come in order.

    spare_main: leave the main person as it is: the largest face when the first faces came. Once
        that one has been out of sight for a while, the next person about as large is taken.
    """

    def __init__(self, *, spare_main: bool = False) -> None:
        self._spare_main = spare_main
        self._main: Track | None = None
        self._seen: dict[int, tuple[Box, float]] = {}

    def hide(self, result: Result) -> None:
        """Hide the faces of a result in its own frame, and those that were there just before."""
        t = result.frame.t
        if self._spare_main:
            self._choose_main(result.tracks, t)
        spared = self._main.id if self._main else None
        self._seen = {i: (box, at) for i, (box, at) in self._seen.items() if t - at < HIDDEN_S}
        self._seen |= {track.id: (track.face.box, t) for track in result.tracks}
        pixelate(result.frame.pixels, [box for i, (box, _) in self._seen.items() if i != spared])

    def hide_all(self, image: Image) -> None:
        """Hide everything, while it is not known yet where the faces are."""
        pixelate_all(image)

    def _choose_main(self, tracks: Iterable[Track], t: float) -> None:
        found = {track.id: track for track in tracks}
        if self._main is None:
            self._main = max(tracks, key=_area, default=None)
        elif self._main.id in found:
            self._main = found[self._main.id]
        elif t - self._main.last_t > HIDDEN_S:
            smallest = AS_LARGE * _area(self._main)
            large = [track for track in tracks if _area(track) >= smallest]
            self._main = max(large, key=_area, default=self._main)


def _area(track: Track) -> float:
    return track.face.box.area
