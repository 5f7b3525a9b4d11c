"""Detect faces again in close-ups: upright, large and centered, all of them in one mosaic."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from emoapp.images import Image
from emoapp.types import Box, Face
from emoapp.utils.geometry import similarity

MOSAIC_SIDE = 160
"""Side of the image that the close-ups are put into, side by side, pixels."""

TARGET_POINTS = np.array([[0.36, 0.38], [0.64, 0.38], [0.5, 0.66]])
"""Eyes and mouth of a face in its close-up, as shares of the close-up's side."""

MAX_POINT_ERROR = 0.12
"""A face is confirmed when its points are at most this far from `TARGET_POINTS`, as a share."""

MAX_ROUNDS = 3
"""Each round starts from the points that the last one found. On real faces they settle at once; in
a cartoon's title 36 of 36 false faces drifted away."""

MAX_FACES = 9
"""Number of faces in one mosaic: three in a row are still larger there than in a search."""

Find = Callable[[np.ndarray], list[Face]]
"""RGB image, uint8 (H, W, 3) -> the faces in it, in its pixels."""


def look_closer(find: Find, faces: list[Face], image: Image) -> list[Face | None]:
    """Detect each face again in a close-up.

    Args:
        find: Returns the faces in an RGB image.
        faces: Faces with eyes and mouth, in pixels of `image`.
        image: The image that they are in.

    Returns:
        For each face the one with the points of the close-up, in pixels of `image`; None where the
        close-up does not confirm it.
    """
    if len(faces) > MAX_FACES:
        return [
            *look_closer(find, faces[:MAX_FACES], image),
            *look_closer(find, faces[MAX_FACES:], image),
        ]
    confirmed: list[Face | None] = [None] * len(faces)
    pending = dict(enumerate(faces))
    for _ in range(MAX_ROUNDS):
        if not pending:
            break
        detected = _detect_in_mosaic(find, pending, image)
        pending = {}
        for i, (face, error) in detected.items():
            if error <= MAX_POINT_ERROR:
                confirmed[i] = face
            else:
                pending[i] = face
    return confirmed


def _detect_in_mosaic(
    find: Find, faces: dict[int, Face], image: Image
) -> dict[int, tuple[Face, float]]:
    """Return the faces that are detected, and the largest error of their points."""
    columns = math.ceil(math.sqrt(len(faces)))
    side = MOSAIC_SIDE // columns
    mosaic, cells = _mosaic(faces, image, columns, side)
    detected: dict[int, tuple[Face, float]] = {}
    for found in find(cv2.cvtColor(mosaic, cv2.COLOR_BGR2RGB)):
        x, y = (int(position // side) for position in found.box.center)
        cell = cells.get((x, y))
        if cell is None:
            continue
        i, transform = cell
        if i in detected and detected[i][0].score >= found.score:
            continue
        points = _eyes_and_mouth(found) - (x * side, y * side)
        error = float(np.linalg.norm(points - TARGET_POINTS * side, axis=1).max()) / side
        detected[i] = transformed(found, cv2.invertAffineTransform(transform)), error
    return detected


def _mosaic(
    faces: dict[int, Face], image: Image, columns: int, side: int
) -> tuple[np.ndarray, dict[tuple[int, int], tuple[int, np.ndarray]]]:
    """Return the close-ups, and (column, row) -> (face, transform from image to mosaic)."""
    mosaic = np.zeros((columns * side, columns * side, 3), np.uint8)
    cells = {}
    for place, (i, face) in enumerate(faces.items()):
        try:
            transform = similarity(_eyes_and_mouth(face), TARGET_POINTS * side)
        except ValueError:  # all points in one place
            continue
        y, x = divmod(place, columns)
        part = mosaic[y * side : (y + 1) * side, x * side : (x + 1) * side]
        part[:] = image.warped(transform, (side, side))
        transform[:, 2] += x * side, y * side
        cells[x, y] = i, transform
    return mosaic, cells


def _eyes_and_mouth(face: Face) -> np.ndarray:
    """Return float32 (3, 2), x and y."""
    assert face.eyes is not None and face.mouth is not None
    return np.vstack([face.eyes, face.mouth])


def transformed(face: Face, transform: np.ndarray) -> Face:
    """Transform a face into another image.

    The box keeps its size relative to the face: it is rotated about its center but stays upright.

    Args:
        face: The face.
        transform: A similarity (2, 3) from pixels of its image to those of the other one.

    Returns:
        The face in pixels of the other image.
    """
    x, y = _transform_points(np.array(face.box.center), transform)
    scale = math.hypot(transform[0, 0], transform[1, 0])
    w, h = face.box.width * scale, face.box.height * scale
    eyes, nose, mouth = (
        None if points is None else _transform_points(points, transform)
        for points in (face.eyes, face.nose, face.mouth)
    )
    return Face(
        box=Box(*(float(v) for v in (x - w / 2, y - h / 2, x + w / 2, y + h / 2))),
        score=face.score,
        eyes=eyes,
        nose=nose,
        mouth=mouth,
    )


def _transform_points(points: np.ndarray, transform: np.ndarray) -> np.ndarray:
    return (points @ transform[:, :2].T + transform[:, 2]).astype(np.float32)
