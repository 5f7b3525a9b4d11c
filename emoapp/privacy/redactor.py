"""Redact the faces of a sequence of frames without gaps."""

from __future__ import annotations

from collections.abc import Iterable

from emoapp.images import Image
from emoapp.privacy.pixelation import pixelate, pixelate_all
from emoapp.types import Box, Result, Track

MIN_HIDDEN_S = 1.5
"""How long a face stays hidden where it was last seen: a detector may lose it for some frames."""

MIN_AREA_RATIO = 0.5
"""The successor of a lost main person has at least this share of its area."""


class FaceRedactor:
    """Hides faces in frames, in place; it remembers where they were, so frames must be in order.

    Args:
        spare_main: Do not hide the main person, whose face is the largest when faces first appear.
            Once it has been out of sight for a while, a person of similar size succeeds it.
    """

    def __init__(self, *, spare_main: bool = False) -> None:
        self._spare_main = spare_main
        self._main: Track | None = None
        self._seen: dict[int, tuple[Box, float]] = {}

    def hide(self, result: Result) -> None:
        """Hide the faces of a result in its frame, and those seen just before.

        Args:
            result: The result; its frame is changed in place.
        """
        t = result.frame.t
        if self._spare_main:
            self._choose_main(result.tracks, t)
        spared = self._main.id if self._main else None
        self._seen = {i: (box, at) for i, (box, at) in self._seen.items() if t - at < MIN_HIDDEN_S}
        self._seen |= {track.id: (track.face.box, t) for track in result.tracks}
        pixelate(result.frame.pixels, [box for i, (box, _) in self._seen.items() if i != spared])

    def hide_all(self, image: Image) -> None:
        """Hide the whole image while the faces are not yet known.

        Args:
            image: The image, changed in place.
        """
        pixelate_all(image)

    def _choose_main(self, tracks: Iterable[Track], t: float) -> None:
        found = {track.id: track for track in tracks}
        if self._main is None:
            self._main = max(tracks, key=_area, default=None)
        elif self._main.id in found:
            self._main = found[self._main.id]
        elif t - self._main.last_t > MIN_HIDDEN_S:
            min_area = MIN_AREA_RATIO * _area(self._main)
            large = [track for track in tracks if _area(track) >= min_area]
            self._main = max(large, key=_area, default=self._main)


def _area(track: Track) -> float:
    return track.face.box.area
