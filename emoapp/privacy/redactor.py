"""Keep faces unrecognizable for as long as they are to be hidden."""

from __future__ import annotations

from emoapp.images import Image
from emoapp.privacy.pixelation import pixelate
from emoapp.types import Box, Result

HIDDEN_S = 1.5
"""A face stays hidden for this long where it was last seen: a detector may lose it for some frames.
"""


class FaceRedactor:
    """Pixelate the faces of results; remembers where they were, so frames must come in order.

    Args:
        spare_selected: Leave the face of the selected track as it is (see
            `tracking.MainPersonSelector`).
    """

    def __init__(self, *, spare_selected: bool = False) -> None:
        self._spare_selected = spare_selected
        self._spared: int | None = None
        self._seen: dict[int, tuple[Box, float]] = {}
        self._frame: tuple[int, float] | None = None

    def hide(self, image: Image, result: Result) -> None:
        """Pixelate the faces of a result, and those that were there just before, in place.

        Args:
            image: A copy of the result's frame, of the same size. Several copies of one frame may
                come one after another.
            result: Where the faces are.
        """
        frame = result.frame.index, result.frame.t
        if frame != self._frame:
            self._frame = frame
            self._remember(result)
        pixelate(image, [box for i, (box, _) in self._seen.items() if i != self._spared])

    def _remember(self, result: Result) -> None:
        t = result.frame.t
        if self._spare_selected and result.selected is not None:
            self._spared = result.selected
        self._seen = {i: (box, at) for i, (box, at) in self._seen.items() if t - at < HIDDEN_S}
        self._seen |= {track.id: (track.face.box, t) for track in result.tracks}
