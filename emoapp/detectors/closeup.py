"""Looks at faces again, cut out upright, large and in the middle: all of them in one picture."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from emoapp.images import Image
from emoapp.types import Box, Face
from emoapp.utils.geometry import similarity

SIDE = 160
"""Of the picture that the faces are put into, side by side, pixels."""

POINTS = np.array([[0.36, 0.38], [0.64, 0.38], [0.5, 0.66]])
"""Eyes and mouth of a face in its part of the picture, as shares of that part."""

ERROR = 0.12
"""A face is confirmed when its points are at most so far from where they should be, as a share."""

LOOKS = 3
"""Each look starts from the points that the last one found. On real faces they settle at once; in
a cartoon's title 36 of 36 false faces wandered off."""

MOST = 9
"""So many faces fit into one picture: three in a row, and still larger than a search sees them."""

Find = Callable[[np.ndarray], list[Face]]
"""Gives the faces in an RGB picture, in its pixels."""


def look_closer(find: Find, faces: list[Face], image: Image) -> list[Face | None]:
    """Each face with the points that `find` sees from near; None where it sees no such face.

    faces: with eyes and mouth.
    image: the picture that they are in.
    """
    if len(faces) > MOST:
        return [
            *look_closer(find, faces[:MOST], image),
            *look_closer(find, faces[MOST:], image),
        ]
    settled: list[Face | None] = [None] * len(faces)
    pending = dict(enumerate(faces))
    for _ in range(LOOKS):
        if not pending:
            break
        seen = _look(find, pending, image)
        pending = {}
        for i, (face, error) in seen.items():
            if error <= ERROR:
                settled[i] = face
            else:
                pending[i] = face
    return settled


def _look(find: Find, faces: dict[int, Face], image: Image) -> dict[int, tuple[Face, float]]:
    """Of those that are seen, the face, and its largest distance of a point from its place."""
    across = math.ceil(math.sqrt(len(faces)))
    side = SIDE // across
    mosaic = np.zeros((across * side, across * side, 3), np.uint8)
    cells = {}
    for place, (i, face) in enumerate(faces.items()):
        try:
            transform = similarity(np.vstack([face.eyes, face.mouth]), POINTS * side)
        except ValueError:  # all points in one place
            continue
        y, x = divmod(place, across)
        part = mosaic[y * side : (y + 1) * side, x * side : (x + 1) * side]
        part[:] = image.warped(transform, (side, side))
        transform[:, 2] += x * side, y * side
        cells[x, y] = i, transform
    seen: dict[int, tuple[Face, float]] = {}
    for found in find(cv2.cvtColor(mosaic, cv2.COLOR_BGR2RGB)):
        x, y = (int(position // side) for position in found.box.center)
        i, transform = cells.get((x, y), (None, None))
        if i is None or (i in seen and seen[i][0].score >= found.score):
            continue
        points = np.vstack([found.eyes, found.mouth]) - (x * side, y * side)
        error = float(np.linalg.norm(points - POINTS * side, axis=1).max()) / side
        seen[i] = transformed(found, cv2.invertAffineTransform(transform)), error
    return seen


def transformed(face: Face, transform: np.ndarray) -> Face:
    """The face in the picture that `transform` (a similarity, (2, 3)) leads to.

    The box keeps its size over all: it turns about its centre but stays upright.
    """

    def moved(points: np.ndarray) -> np.ndarray:
        return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)

    x, y = moved(np.array(face.box.center))
    scale = math.hypot(transform[0, 0], transform[1, 0])
    w, h = face.box.width * scale, face.box.height * scale
    return Face(
        box=Box(*(float(v) for v in (x - w / 2, y - h / 2, x + w / 2, y + h / 2))),
        score=face.score,
        eyes=moved(face.eyes),
        nose=moved(face.nose),
        mouth=moved(face.mouth),
    )
