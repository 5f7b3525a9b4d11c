"""Follows known faces by looking where they were, and searches the picture for others in turn."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

import cv2
import numpy as np

from emoapp.detectors.base import Detector, largest_first
from emoapp.detectors.closeup import Find, look_closer, transformed
from emoapp.geometry import iou
from emoapp.types import Box, Face

WORKING_SIDE = 640
"""Longer sides are shrunk to this: the networks look at 128 and 192 pixels anyway."""

SEARCH_EVERY = 5
"""A look at where the known faces were gives their points more exactly, and in less time, than a
search of the whole picture; so many frames pass until others are looked for."""

MARGIN = 0.5
"""Border added on each side, as a share of the picture's sides."""

SOFTER = 1 / 200
"""Blur of the picture for another try, as a share of its longer side. Of photographs made of 895
of FER-2013's faces this finds 21 of 34 that all other searches miss, turning 4 more; neither finds
anything in pictures of no faces."""

TURNS_DEG = (-35.0, 35.0)
"""The picture is turned so far, for heads that are tilted too far for the networks."""

SAME_FACE_IOU = 0.3

CERTAIN_SCORE = 0.75
CERTAIN_TILT_DEG = 10.0
"""Fainter and more tilted faces are looked at again: cut out upright, large and in the middle. It
tells faces from other things, and the points of a tilted face are exact only then."""


Search = Callable[[np.ndarray, "tuple[int, int]"], "list[Face]"]
"""A way to find faces in an RGB picture that shows a picture of that (width, height)."""


class SearchingDetector(Detector):
    """Follows the faces that it knows by looking where they were, and searches for others in turn.

    A picture that comes first is searched in all ways, as is each while nobody is in sight.
    """

    def __init__(self, find_near: Find, find_far: Find) -> None:
        """find_near: sees faces that are large in the picture. find_far: sees smaller ones."""
        self._short, self._full = find_near, find_far
        self.reset()

    def reset(self) -> None:
        self._number = 0
        self._known: list[Face] = []
        self._search_until = 0
        # Far and small faces need the searches that cost three times the short range's.
        self._turns = deque(
            [self._near, self._first_half, self._near, self._second_half, self._near, self._far]
        )
        self._resorts = deque(
            [self._with_margin, self._first_half, self._softened, self._second_half]
        )

    def detect(self, image: np.ndarray) -> list[Face]:
        number, self._number = self._number, self._number + 1
        faces = self._follow(image)
        if len(faces) < len(self._known):
            # Whoever was lost may be where only one of the searches finds them.
            self._search_until = number + len(self._turns)
        if not faces or self.thorough or number < self._search_until or number % SEARCH_EVERY == 0:
            faces = self._search(image, faces, first=number == 0)
        self._known = largest_first(faces)
        return list(self._known)

    def _follow(self, image: np.ndarray) -> list[Face]:
        """The known faces as a look at where they were sees them, without those it does not see."""
        faces: list[Face] = []
        for face in self._look_closer(self._known, image):
            # Two that have become one: somebody stands behind somebody else now.
            if face is not None:
                faces += _new_ones([face], faces)
        return faces

    def _search(self, image: np.ndarray, known: list[Face], *, first: bool) -> list[Face]:
        """The known faces and those that are found in the whole picture, or in a part of it."""
        height, width = image.shape[:2]
        size_wh = (width, height)
        scale = min(1.0, WORKING_SIDE / max(height, width))
        small = image
        if scale < 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)

        faces = list(known)
        for search in self._due(nobody=not known, first=first):
            found = self._confirmed(_new_ones(search(rgb, size_wh), faces), image)
            faces += _new_ones(found, faces)
            if faces and not known and not first:
                break
        if first and not faces:
            for search in (self._with_margin, self._softened, self._turned):
                faces = faces or self._confirmed(search(rgb, size_wh), image)
        return faces

    def _due(self, *, nobody: bool, first: bool) -> list[Search]:
        """The searches for this frame; while nobody is known, they end with the first success."""
        if first:
            return [self._near, self._far, self._first_half, self._second_half]
        if nobody:
            self._resorts.rotate()
            return [self._near, self._far, self._resorts[0]]
        self._turns.rotate(-1)
        return [self._near, self._turns[0]] if self.thorough else [self._turns[0]]

    def _confirmed(self, faces: list[Face], image: np.ndarray) -> list[Face]:
        """The certain faces as they are, the others as a second look sees them, if it does."""
        doubtful = [i for i, face in enumerate(faces) if not _certain(face)]
        looked: dict[int, Face | None] = dict(enumerate(faces))
        looked |= zip(doubtful, self._look_closer([faces[i] for i in doubtful], image), strict=True)
        return [face for face in looked.values() if face is not None]

    def _look_closer(self, faces: list[Face], image: np.ndarray) -> list[Face | None]:
        return look_closer(self._short, faces, image)

    def _near(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        return _run(self._short, rgb, size_wh)

    def _far(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        return _run(self._full, rgb, size_wh)

    def _with_margin(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        """Makes the picture wider: the networks miss faces that fill it."""
        height, width = rgb.shape[:2]
        x, y = round(width * MARGIN), round(height * MARGIN)
        wider = cv2.copyMakeBorder(rgb, y, y, x, x, cv2.BORDER_REPLICATE)
        growth = 1 + 2 * MARGIN
        return _run(
            self._short,
            wider,
            (size_wh[0] * growth, size_wh[1] * growth),
            offset=(-size_wh[0] * MARGIN, -size_wh[1] * MARGIN),
        )

    def _softened(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        """Without its finest details, which sometimes hide a face from the networks."""
        blurred = cv2.GaussianBlur(rgb, (0, 0), max(rgb.shape) * SOFTER)
        return _run(self._short, blurred, size_wh)

    def _turned(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        """Turned about its middle, both ways."""
        height, width = rgb.shape[:2]
        to_full = np.diag([size_wh[0] / width, size_wh[0] / width])
        faces: list[Face] = []
        for degrees in TURNS_DEG:
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
            turned = cv2.warpAffine(rgb, turn, (width, height), borderMode=cv2.BORDER_REPLICATE)
            back = to_full @ cv2.invertAffineTransform(turn)
            found = _run(self._short, turned, (width, height))
            faces += _new_ones([transformed(face, back) for face in found], faces)
        return faces

    def _first_half(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        """One end of the longer side: small faces are twice as large there."""
        side = _half(rgb)
        return self._part(rgb, size_wh, 0, 0, side)

    def _second_half(self, rgb: np.ndarray, size_wh: tuple[int, int]) -> list[Face]:
        height, width = rgb.shape[:2]
        side = _half(rgb)
        return self._part(rgb, size_wh, max(0, width - side), max(0, height - side), side)

    def _part(
        self, rgb: np.ndarray, size_wh: tuple[int, int], x: int, y: int, side: int
    ) -> list[Face]:
        height, width = rgb.shape[:2]
        part = np.ascontiguousarray(rgb[y : y + side, x : x + side])
        across, down = size_wh[0] / width, size_wh[1] / height
        shown = part.shape[1] * across, part.shape[0] * down
        return _run(self._full, part, shown, offset=(x * across, y * down))


def _run(
    find: Find, rgb: np.ndarray, size_wh: tuple[float, float], offset: tuple[float, float] = (0, 0)
) -> list[Face]:
    """Faces in pixels of the full picture; `rgb` shows `size_wh` of them, from `offset` on."""
    scale = np.float32(size_wh) / np.float32(rgb.shape[1::-1])
    shift = np.float32(offset)
    return [
        Face(
            box=Box(*(np.reshape(face.box, (2, 2)) * scale + shift).ravel().tolist()),
            score=face.score,
            eyes=face.eyes * scale + shift,
            nose=face.nose * scale + shift,
            mouth=face.mouth * scale + shift,
        )
        for face in find(rgb)
    ]


def _half(rgb: np.ndarray) -> int:
    """The side of the squares that cover both ends of the longer side, and the middle twice."""
    height, width = rgb.shape[:2]
    return max(min(width, height), (max(width, height) + 1) // 2)


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
