"""Follow known faces from image to image, and search for others in a few views at a time."""

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
"""Longer sides are shrunk to this: the network sees 128 pixels anyway."""

SEARCH_INTERVAL = 3
"""Frames between searches for other faces. A close-up of a known face finds its points more
exactly, and in less time, than the search of a view."""

PARTS_PER_WHOLE = 3
"""Number of parts that are searched between two searches of the whole image."""

PARTS_WITHOUT_FACES = 3
"""Number of parts that are searched in each frame while no face is known."""

SEARCHES_FOR_ALL_VIEWS = 8
"""Number of searches until all views of a wide image have been searched."""

SAME_FACE_IOU = 0.3
"""Boxes that overlap as much or more are of the same face."""

CERTAIN_SCORE = 0.75
CERTAIN_TILT_DEG = 10.0
"""Faces with a lower score or a larger tilt, and those found in a part, are detected again in a
close-up. It tells faces from other things, and makes their points exact."""

MIN_MEAN_SCORE_IN_PART = 0.7
"""Smallest mean of the scores in the view and in the close-up, for a face that was found in a part:
there are many parts that may show a false face. In two clips of a cartoon, 7 of 184 frames had one
with at least 0.5 in both; the highest mean of all was 0.67."""


class Network(Protocol):
    """A face detection network without memory, so that forks of a detector can share it."""

    def find(self, rgb: np.ndarray) -> list[Face]:
        """Find the faces that are large in an image.

        Args:
            rgb: uint8 (H, W, 3), RGB.

        Returns:
            The faces in pixels of the image.
        """

    def close(self) -> None:
        """Release the network; called once."""


class SearchingDetector(Detector):
    """Follow known faces in close-ups of their last places, and search views for others.

    The first image is searched in all views. While no face is known, each image is searched in
    some of them, in turn.

    Args:
        network: Is closed with the detector.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self.reset()

    def reset(self) -> None:
        """Forget the known faces: the next image shows something else."""
        self._number = 0
        self._known: list[Face] = []
        self._search_until = 0
        self._searches = 0

    def _detect(self, image: Image) -> list[Face]:
        number, self._number = self._number, self._number + 1
        faces = self._follow(image)
        lost = len(faces) < len(self._known)
        if lost:
            # A lost face may be where only one of the views shows it.
            self._search_until = number + SEARCHES_FOR_ALL_VIEWS
        if (
            not faces
            or self.exhaustive
            or number < self._search_until
            or number % SEARCH_INTERVAL == 0
        ):
            faces = self._search(image, faces, first=number == 0 or (lost and self.exhaustive))
        self._known = largest_first(faces)
        return list(self._known)

    def _follow(self, image: Image) -> list[Face]:
        """Return the known faces at their new places, without those that are lost."""
        faces: list[Face] = []
        for face in self._look_closer(self._known, image):
            # Two may have become one: one person stands behind the other now.
            if face is not None:
                faces += _new_faces([face], faces)
        return faces

    def _search(self, image: Image, known: list[Face], *, first: bool) -> list[Face]:
        """Return the known faces and those that are found in the views that are due."""
        small, scale = _shrunk(image)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        due, fallback = self._due(*small.shape[1::-1], none_known=not known, first=first)
        faces = list(known)
        for view in due:
            faces += self._found(view, rgb, scale, image, faces)
        for view in fallback:
            if faces:
                break
            faces += self._found(view, rgb, scale, image, faces)
        return faces

    def _due(
        self, width: int, height: int, *, none_known: bool, first: bool
    ) -> tuple[list[View], list[View]]:
        """Return the views to search in this frame, and more where those show no face."""
        everything, pieces = whole(width, height), parts(width, height)
        resorts = last_resorts(width, height)
        count, self._searches = self._searches, self._searches + 1
        if first and not self.in_parts:
            return [everything], []
        if first:
            return [everything, *pieces], resorts
        if none_known:
            begin = count * PARTS_WITHOUT_FACES
            due = [pieces[(begin + i) % len(pieces)] for i in range(PARTS_WITHOUT_FACES)]
            return [everything], [*due, resorts[count % len(resorts)]]
        if self.exhaustive:
            return [everything, pieces[count % len(pieces)]], []
        rounds, place = divmod(count, PARTS_PER_WHOLE + 1)
        if place == 0:
            return [everything], []
        return [pieces[(rounds * PARTS_PER_WHOLE + place - 1) % len(pieces)]], []

    def _found(
        self, view: View, rgb: np.ndarray, scale: float, image: Image, known: list[Face]
    ) -> list[Face]:
        """Return the unknown faces in a view: the certain ones, and others as their close-ups show.

        Args:
            view: The view.
            rgb: `image` shrunk by `scale`, uint8 (H, W, 3), RGB.
            scale: Size of `rgb` divided by that of `image`.
            image: The image.
            known: Faces that are found already, in pixels of `image`.
        """
        to_image = np.array([[1 / scale, 0.0, 0.0], [0.0, 1 / scale, 0.0]])
        faces = [transformed(face, to_image) for face in view.find(self._network.find, rgb)]
        certain = [face for face in faces if _is_certain(face) and not view.is_part]
        uncertain = [face for face in _new_faces(faces, known) if face not in certain]
        min_mean = MIN_MEAN_SCORE_IN_PART if view.is_part else 0.0
        confirmed = [
            closer
            for face, closer in zip(uncertain, self._look_closer(uncertain, image), strict=True)
            if closer is not None and (face.score + closer.score) / 2 >= min_mean
        ]
        found: list[Face] = []
        for face in certain + confirmed:
            found += _new_faces([face], known + found)
        return found

    def _look_closer(self, faces: list[Face], image: Image) -> list[Face | None]:
        return look_closer(self._network.find, faces, image)

    def _close(self) -> None:
        self._network.close()


def _shrunk(image: Image) -> tuple[np.ndarray, float]:
    """Return the image with sides of at most `WORKING_SIDE`, in BGR, and the scale."""
    scale = min(1.0, WORKING_SIDE / max(image.size_wh))
    width, height = (max(1, round(side * scale)) for side in image.size_wh)
    return image.resized((width, height)), scale


def _is_certain(face: Face) -> bool:
    if face.eyes is None:
        return False
    x, y = face.eyes[1] - face.eyes[0]
    return face.score >= CERTAIN_SCORE and abs(math.degrees(math.atan2(y, x))) <= CERTAIN_TILT_DEG


def _new_faces(candidates: list[Face], known: list[Face]) -> list[Face]:
    """Return the candidates that are none of the known faces."""
    return [
        face
        for face in candidates
        if all(iou(face.box, other.box) < SAME_FACE_IOU for other in known)
    ]
