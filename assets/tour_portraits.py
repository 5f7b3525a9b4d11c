"""Portraits whose expression changes: a photograph is warped at control points."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from tour_faces import Face, Points, mouth_gap, mouth_line, mouth_outline

GRID = 6
"""The warp is computed at every sixth pixel and interpolated in between."""

SHADE = 3.5
"""The lips shade what is behind them up to so many pixels of the photograph from their edge."""

GRAIN = 8.0
"""Standard deviation of the noise in retouched skin, before it is blurred."""

LIPS_RGB = (120, 62, 55)
"""The line between closed lips."""

MOUTH_RGB = (52, 18, 18)
"""The color behind open lips, where the photograph shows no teeth."""


def _spline(where: Points, values: Points, at: Points) -> Points:
    """Interpolate values by a thin-plate spline (Bookstein 1989)."""

    def kernel(a: Points, b: Points) -> np.ndarray:
        square = ((a[:, None] - b[None]) ** 2).sum(2)
        return square * np.log(square + 1e-9)

    count = len(where)
    flat = np.hstack([np.ones((count, 1)), where])
    # A little slack keeps neighboring points from folding the picture.
    matrix = np.block(
        [[kernel(where, where) + 2.0 * np.eye(count), flat], [flat.T, np.zeros((3, 3))]]
    )
    solved = np.linalg.solve(matrix, np.vstack([values, np.zeros((3, 2))]))
    return kernel(at, where) @ solved[:count] + solved[count] + at @ solved[count + 1 :]


def _share(mask: np.ndarray) -> np.ndarray:
    """Return a mask, uint8 (H, W), as float32 (H, W, 1) from 0 to 1."""
    return mask.astype(np.float32)[..., None] / 255


def _without_smile(picture: np.ndarray, face: Face) -> np.ndarray:
    """Return the photograph without folds and teeth, for other expressions to start from."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    for line in face.folds:
        points = np.round(np.asarray(line) * 16).astype(np.int32)
        cv2.polylines(mask, [points], False, 255, round(face.fold_width), cv2.LINE_AA, 4)
    filled = cv2.inpaint(picture, mask, 3, cv2.INPAINT_TELEA)
    filled = cv2.GaussianBlur(filled, None, face.fold_width / 2 or 1)
    soft = (
        cv2.GaussianBlur(mask, None, face.fold_width / 4 or 1).astype(np.float32)[..., None] / 255
    )
    # What is blurred gets the grain of the rest of the skin.
    grain = np.random.default_rng(0).normal(0, GRAIN, picture.shape[:2])
    grain = cv2.GaussianBlur(grain, None, 0.8)[..., None]
    calm = np.clip(soft * (filled + grain) + (1 - soft) * picture + 0.5, 0, 255).astype(np.uint8)
    # Closed lips meet in a dark line; teeth would shimmer through.
    ring = np.round(mouth_outline(face.rest()) * 16).astype(np.int32)
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [ring], 255, cv2.LINE_AA, 4)
    cv2.polylines(mask, [ring], True, 120, 1, cv2.LINE_AA, 4)
    soft = _share(mask)
    return (soft * np.float32(LIPS_RGB) + (1 - soft) * calm + 0.5).astype(np.uint8)


class Portrait:
    """A photograph that takes on expressions.

    Args:
        picture: uint8 (H, W, 3) RGB.
        face: Its control points.
        scale: How many pixels a pixel of the photograph gets.
        teeth: What is behind the lips, as large as `picture`; by default what the photograph shows.
    """

    def __init__(
        self, picture: np.ndarray, face: Face, scale: float, teeth: np.ndarray | None = None
    ) -> None:
        self.face, self.scale = face, scale
        calm = _without_smile(picture, face)
        self.calm = cv2.resize(calm, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        self.picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
        points = face.rest()["fixed"]
        # The spline is fixed at the outermost points; outside of them nothing moves.
        self.left, self.top = np.floor(points.min(0) * scale).astype(int).clip(0)
        self.right, self.bottom = np.ceil(points.max(0) * scale).astype(int)
        self.right = min(self.right, self.picture.shape[1])
        self.bottom = min(self.bottom, self.picture.shape[0])
        if teeth is None:
            self.mouth = self._mouth()
        else:
            self.mouth = cv2.resize(teeth, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)

    def _mouth(self) -> np.ndarray:
        """Return what is behind the lips: the photograph's teeth, dark around them."""
        face = self.face.rest()
        opening = mouth_outline(face)
        mask = np.zeros(self.picture.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(opening * self.scale).astype(np.int32)], 255)
        soft = _share(cv2.GaussianBlur(mask, None, 0.5 * self.scale))
        return soft * self.picture + (1 - soft) * np.array(MOUTH_RGB, np.float32)

    def _map(self, moved: Mapping[str, Points], lip: str) -> np.ndarray:
        """Return for each pixel where it comes from, float32 (H, W, 2), by one lip's points."""
        names = [n for n in Face.PARTS if not n.startswith(("upper_", "lower_i", "lower_o"))]
        names += [f"{lip}_inner", f"{lip}_outer"]
        rest = self.face.rest()
        target = np.vstack([moved[n] for n in names])
        source = np.vstack([rest[n] for n in names])
        xs = np.arange(self.left, self.right + GRID, GRID)
        ys = np.arange(self.top, self.bottom + GRID, GRID)
        grid = np.stack(np.meshgrid(xs, ys), axis=2).reshape(-1, 2) / self.scale
        shift = _spline(target, source - target, grid).reshape(len(ys), len(xs), 2)
        # Fades to nothing toward the region's edges.
        edge = np.ones((len(ys), len(xs)), np.float32)
        for axis, length in ((0, len(ys)), (1, len(xs))):
            ramp = np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.12 * length)
            edge *= np.expand_dims(np.clip(ramp, 0, 1), 1 - axis)
        shift = (shift * edge[..., None]).astype(np.float32) * self.scale
        # Not cv2.resize: it aligns the pixels' borders, the grid is aligned to their centers.
        wide, high = self.right - self.left, self.bottom - self.top
        x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
        fine = cv2.remap(shift, x / GRID, y / GRID, cv2.INTER_LINEAR)
        return fine + np.dstack([x + np.float32(self.left), y + np.float32(self.top)])

    def show(self, weights: Mapping[str, float]) -> np.ndarray:
        """Return the portrait with an expression.

        Args:
            weights: Expression -> its share; what is missing to 1 is the photograph's own.

        Returns:
            uint8 (H, W, 3), RGB.
        """
        moved = self.face.mixed(weights)
        strength = min(sum(w for label, w in weights.items() if label in self.face.poses), 1.0)
        base = cv2.addWeighted(self.picture, 1 - strength, self.calm, strength, 0)
        upper, lower = (
            cv2.remap(base, self._map(moved, lip), None, cv2.INTER_CUBIC).astype(np.float32)
            for lip in ("upper", "lower")
        )
        high, wide = upper.shape[:2]
        line = mouth_line(moved) * self.scale - (self.left, self.top)
        border = np.interp(np.arange(wide), line[:, 0], line[:, 1])
        below = np.clip(np.arange(high)[:, None] - border[None] + 0.5, 0, 1)[..., None]
        inside, alpha = self._opening(moved, strength, (high, wide))
        out = alpha * inside + (1 - alpha) * ((1 - below) * upper + below * lower)
        picture = self.picture.copy()
        picture[self.top : self.bottom, self.left : self.right] = np.clip(out + 0.5, 0, 255)
        return picture

    def _opening(
        self, moved: Mapping[str, Points], strength: float, size_hw: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return what is between the lips, and the share (H, W, 1) to which it is seen."""
        ring = mouth_outline(moved) * self.scale - (self.left, self.top)
        mask = np.zeros(size_hw, np.uint8)
        cv2.fillPoly(mask, [np.round(ring * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        alpha = _share(cv2.GaussianBlur(mask, None, 0.35 * self.scale))
        # Lips that touch show nothing; a narrow gap is in the shade of the lips.
        gap = mouth_gap(moved, (np.arange(size_hw[1]) + self.left) / self.scale)
        alpha = alpha * np.clip(gap - 0.3, 0, 1)[None, :, None]
        depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3) / self.scale
        depth = cv2.GaussianBlur(depth, None, 0.5 * self.scale)[..., None]
        light = 1 - strength * (1 - np.clip(0.25 + depth / SHADE, 0, 1))
        return self.mouth[self.top : self.bottom, self.left : self.right] * light, alpha
