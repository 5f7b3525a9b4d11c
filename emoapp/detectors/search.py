"""Follows known faces by looking where they were, and searches the picture for others in turn."""

from __future__ import annotations

import math
from typing import Protocol

import cv2
import numpy as np

from emoapp.detectors.base import Detector, largest_first
from emoapp.detectors.closeup import look_closer, transformed
from emoapp.detectors.views import View, last_resorts, parts, whole
from emoapp.images import Image
from emoapp.types import Face
from emoapp.utils.geometry import iou

WORKING_SIDE = 640
"""Longer sides are shrunk to this: the network looks at 128 pixels anyway."""

SEARCH_EVERY = 3
"""A look at where the known faces were gives their points more exactly, and in less time, than a
search of a view; so many frames pass until others are looked for."""

PARTS_BETWEEN = 3
"""So many parts are searched between two searches of the whole picture."""

PARTS_OF_NOBODY = 3
"""So many parts are searched in each frame while nobody is in sight."""

SEARCHES_OF_ALL = 8
"""So many searches it takes until all views of a wide picture had their turn."""

SAME_FACE_IOU = 0.3

CERTAIN_SCORE = 0.75
CERTAIN_TILT_DEG = 10.0
"""Fainter and more tilted faces, and those found in a part, are looked at again: cut out upright,
large and in the middle. It tells faces from other things, and makes their points exact."""

MIN_MEAN_IN_PART = 0.7
"""What the scores of both looks must have on average for a face that was found in a part: there are
many parts to see a false face in. In two clips of a cartoon, 7 of 184 frames had one with 0.5 and
0.5 at least; the highest mean of all was 0.67."""


class Network(Protocol):
    """Remembers nothing from one picture to the next, so that forks of a detector can share it."""

    def find(self, rgb: np.ndarray) -> list[Face]:
        """The faces that are large in a picture, in its pixels.

        rgb: uint8 (H, W, 3).
        """

    def close(self) -> None:
        """Give the network back; called once."""


class SearchingDetector(Detector):
    """Follows the faces that it knows by looking where they were, and searches views for others.

    A picture that comes first is searched in all views, as is each in turn while nobody is in
    sight.
    """

    def __init__(self, network: Network) -> None:
        """network: is closed with the detector."""
        self._network = network
        self.reset()

    def reset(self) -> None:
        self._number = 0
        self._known: list[Face] = []
        self._search_until = 0
        self._searches = 0

    def _detect(self, image: Image) -> list[Face]:
        number, self._number = self._number, self._number + 1
        faces = self._follow(image)
        if len(faces) < len(self._known):
            # Whoever was lost may be where only one of the views shows them.
            self._search_until = number + SEARCHES_OF_ALL
        if (
            not faces
            or self.exhaustive
            or number < self._search_until
            or number % SEARCH_EVERY == 0
        ):
            faces = self._search(image, faces, first=number == 0)
        self._known = largest_first(faces)
        return list(self._known)

    def _follow(self, image: Image) -> list[Face]:
        """The known faces as a look at where they were sees them, without those it does not see."""
        faces: list[Face] = []
        for face in self._look_closer(self._known, image):
            # Two that have become one: somebody stands behind somebody else now.
            if face is not None:
                faces += _new_ones([face], faces)
        return faces

    def _search(self, image: Image, known: list[Face], *, first: bool) -> list[Face]:
        """The known faces and those that are found in the views that are due."""
        small, scale = _shrunk(image)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        due, due_if_nobody = self._due(*small.shape[1::-1], nobody=not known, first=first)
        faces = list(known)
        for view in due:
            faces += self._found(view, rgb, scale, image, faces)
        for view in due_if_nobody:
            if faces:
                break
            faces += self._found(view, rgb, scale, image, faces)
        return faces

    def _due(
        self, width: int, height: int, *, nobody: bool, first: bool
    ) -> tuple[list[View], list[View]]:
        """The views for this frame, and those for it where the others show nobody."""
        everything, pieces = whole(width, height), parts(width, height)
        resorts = last_resorts(width, height)
        count, self._searches = self._searches, self._searches + 1
        if first and not self.in_parts:
            return [everything], []
        if first:
            return [everything, *pieces], resorts
        if nobody:
            begin = count * PARTS_OF_NOBODY
            due = [pieces[(begin + i) % len(pieces)] for i in range(PARTS_OF_NOBODY)]
            return [everything], [*due, resorts[count % len(resorts)]]
        if self.exhaustive:
            return [everything, pieces[count % len(pieces)]], []
        rounds, place = divmod(count, PARTS_BETWEEN + 1)
        if place == 0:
            return [everything], []
        return [pieces[(rounds * PARTS_BETWEEN + place - 1) % len(pieces)]], []

    def _found(
        self, view: View, rgb: np.ndarray, scale: float, image: Image, known: list[Face]
    ) -> list[Face]:
        """The faces in a view that are not known: the certain ones as they are, the others as a
        second look sees them, if it does.

        rgb: the picture `image`, shrunk by `scale`.
        """
        to_image = np.array([[1 / scale, 0.0, 0.0], [0.0, 1 / scale, 0.0]])
        faces = [transformed(face, to_image) for face in view.find(self._network.find, rgb)]
        certain = [face for face in faces if _certain(face) and not view.is_part]
        uncertain = [face for face in _new_ones(faces, known) if face not in certain]
        least = MIN_MEAN_IN_PART if view.is_part else 0.0
        confirmed = [
            closer
            for face, closer in zip(uncertain, self._look_closer(uncertain, image), strict=True)
            if closer is not None and (face.score + closer.score) / 2 >= least
        ]
        found: list[Face] = []
        for face in certain + confirmed:
            found += _new_ones([face], known + found)
        return found

    def _look_closer(self, faces: list[Face], image: Image) -> list[Face | None]:
        return look_closer(self._network.find, faces, image)

    def _close(self) -> None:
        self._network.close()


def _shrunk(image: Image) -> tuple[np.ndarray, float]:
    """The picture with sides of at most `WORKING_SIDE`, and by how much it was shrunk."""
    scale = min(1.0, WORKING_SIDE / max(image.size_wh))
    width, height = (max(1, round(side * scale)) for side in image.size_wh)
    return image.resized((width, height)), scale


def _certain(face: Face) -> bool:
    x, y = face.eyes[1] - face.eyes[0]
    return face.score >= CERTAIN_SCORE and abs(math.degrees(math.atan2(y, x))) <= CERTAIN_TILT_DEG


def _new_ones(candidates: list[Face], known: list[Face]) -> list[Face]:
    """Those candidates that are none of the known faces."""
    return [
        face
        for face in candidates
        if all(iou(face.box, other.box) < SAME_FACE_IOU for other in known)
    ]
