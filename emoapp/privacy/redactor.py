"""Keep faces unrecognizable for as long as they are to be hidden."""

from __future__ import annotations

from emoapp.images import Image
from emoapp.privacy.pixelation import pixelate
from emoapp.types import Box, Frame, Result

HIDDEN_S = 1.5
"""A face stays hidden for this long where it was last seen: a detector may lose it for some frames.
"""


class FaceRedactor:
    """Pixelate the faces of results; remembers where they were, so frames must come in order.

    Args:
        spare_selected: Leave the face of the selected track as it is (see
            `tracking.MainPersonSelector`).
        remember: Hide the faces of frames just before, too; not of pictures one by one.
    """

    def __init__(self, *, spare_selected: bool = False, remember: bool = True) -> None:
        self._spare_selected = spare_selected
        self._hidden_s = HIDDEN_S if remember else 0.0
        self._spared: int | None = None
        self._seen: dict[int, tuple[Box, float]] = {}
        self._frame: Frame | None = None

    def hide(self, image: Image, result: Result) -> None:
        """Pixelate the faces of a result, and those that were there just before, in place.

        Args:
            image: A copy of the result's frame, of the same size. Several copies of one frame may
                come one after another.
            result: Where the faces are.
        """
        # By the frame itself: one that is mirrored, or searched by another detector, is a new one.
        if result.frame is not self._frame:
            self._frame = result.frame
            self._remember(result)
        pixelate(image, [box for i, (box, _) in self._seen.items() if i != self._spared])

    def _remember(self, result: Result) -> None:
        t = result.frame.t
        if self._spare_selected and result.selected is not None:
            self._spared = result.selected
        # A file that is looped may begin anew.
        recent = {i: seen for i, seen in self._seen.items() if abs(t - seen[1]) < self._hidden_s}
        self._seen = recent | {track.id: (track.face.box, t) for track in result.tracks}
