"""Control points of a face, and how an expression moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator


@dataclass(frozen=True)
class Pose:
    """Where the parts of a face are moved to, in pixels of the photograph.

    Attributes:
        width: Half the width of the mouth.
        rise: How far the corners are above the middle of the lips.
        drop: Moves the lips down.
        opening: Distance between the lips.
        upper: Thickness of the upper lip.
        lower: Thickness of the lower lip.
        inner_brow: Raises the inner ends of the brows.
        outer_brow: Raises the outer ends.
        knit: Moves the inner ends of the brows together.
        lids: Raises the upper eyelids.
        lower_lids: Raises the lower eyelids.
        cheeks: Raises the cheeks.
        chin: Lowers the chin.
    """

    width: float
    rise: float = 0
    drop: float = 0
    opening: float = 0
    upper: float = 4
    lower: float = 5
    inner_brow: float = 0
    outer_brow: float = 0
    knit: float = 0
    lids: float = 0
    lower_lids: float = 0
    cheeks: float = 0
    chin: float = 0


Places = Sequence[tuple[float, float]]
"""x, y in pixels of the photograph."""

Points = np.ndarray
"""float (N, 2): x, y in pixels of the photograph."""


@dataclass(frozen=True)
class Face:
    """The control points of a photograph; chains run from left to right.

    Attributes:
        center: The middle of the lips when they are closed.
        tilt: Height of the mouth's right end over its left, per pixel of width; downward positive.
        corners: The mouth's two corners.
        upper_inner, upper_outer: The upper lip's lower and upper edge, without the corners.
        lower_inner, lower_outer: The lower lip's upper and lower edge, without the corners.
        brows: Left outer, middle, inner; right inner, middle, outer.
        lids: Left and right upper eyelid.
        lower_lids: Left and right lower eyelid.
        cheeks: Left and right.
        chin: Points along the chin and the lower jaw.
        fixed: Points that stay where they are.
        folds: Lines, (N, 2) each, of the skin that only the photograph's expression has.
        fold_width: How wide they are.
        poses: Expression -> pose. An expression without a pose is the photograph's own.
    """

    center: tuple[float, float]
    tilt: float
    corners: Places
    upper_inner: Places
    upper_outer: Places
    lower_inner: Places
    lower_outer: Places
    brows: Places
    lids: Places
    lower_lids: Places
    cheeks: Places
    chin: Places
    fixed: Places
    poses: Mapping[str, Pose] = field(default_factory=dict)
    folds: tuple[Places, ...] = ()
    fold_width: float = 0

    PARTS = (
        "corners", "upper_inner", "upper_outer", "lower_inner", "lower_outer",
        "brows", "lids", "lower_lids", "cheeks", "chin", "fixed",
    )  # fmt: skip

    def rest(self) -> dict[str, Points]:
        """Return the points as they are in the photograph."""
        return {name: np.array(getattr(self, name), float) for name in self.PARTS}

    def posed(self, pose: Pose) -> dict[str, Points]:
        """Return the points as a pose has them."""
        parts = self.rest()
        parts["corners"] = self._lip(np.array([-1.0, 1.0]), pose, 0, 0)
        for name, side, edge in (
            ("upper_inner", -1, 0.0),
            ("upper_outer", -1, pose.upper),
            ("lower_inner", 1, 0.0),
            ("lower_outer", 1, pose.lower),
        ):
            xs = parts[name][:, 0]
            left, right = np.asarray(self.corners, float)[:, 0]
            along = 2 * (xs - left) / (right - left) - 1
            parts[name] = self._lip(along, pose, side, edge)
        inner, outer = pose.inner_brow, pose.outer_brow
        middle = (inner + outer) / 2
        parts["brows"][:, 1] -= (outer, middle, inner, inner, middle, outer)
        parts["brows"][:, 0] += pose.knit * np.array((0, 0.4, 1, -1, -0.4, 0))
        parts["lids"][:, 1] -= pose.lids
        parts["lower_lids"][:, 1] -= pose.lower_lids
        parts["cheeks"][:, 1] -= pose.cheeks
        parts["chin"][:, 1] += pose.chin
        return parts

    def _lip(self, along: np.ndarray, pose: Pose, side: int, thickness: float) -> Points:
        """Return points of an edge of a lip, `along` from -1 (left corner) to 1 (right corner)."""
        round_ = np.sqrt(np.maximum(1 - along**2, 0))
        # An opening mouth goes down more than up: the jaw moves, not the head.
        gap = pose.opening * (0.25 if side < 0 else 0.75) * round_
        x = self.center[0] + pose.width * along
        y = self.center[1] + pose.drop - pose.rise * along**2 + self.tilt * pose.width * along
        return np.stack([x, y + side * (gap + thickness * round_**0.7)], axis=1)

    def mixed(self, weights: Mapping[str, float]) -> dict[str, Points]:
        """Return the points for a mix of expressions; what is missing to 1 is the photograph's."""
        rest = self.rest()
        moved = {name: points.copy() for name, points in rest.items()}
        for label, weight in weights.items():
            if label in self.poses:
                for name, points in self.posed(self.poses[label]).items():
                    moved[name] += weight * (points - rest[name])
        return moved


def mouth_outline(parts: Mapping[str, Points]) -> Points:
    """Return the outline of the opening between the lips."""
    left, right = parts["corners"]
    upper = np.vstack([left, parts["upper_inner"], right])
    lower = np.vstack([right, parts["lower_inner"][::-1], left])
    steps = np.linspace(0, len(upper) - 1, 40)
    edges = [PchipInterpolator(np.arange(len(e)), e)(steps) for e in (upper, lower)]
    return np.vstack(edges)


def mouth_gap(moved: Mapping[str, Points], xs: np.ndarray) -> np.ndarray:
    """Return the distance between the lips at each of `xs`."""
    left, right = moved["corners"]
    edges = []
    for lip in ("upper_inner", "lower_inner"):
        points = np.vstack([left, moved[lip], right])
        edges.append(np.interp(xs, points[:, 0], points[:, 1]))
    return np.maximum(edges[1] - edges[0], 0)


def mouth_line(moved: Mapping[str, Points]) -> Points:
    """Return the curve in the middle between the lips, corners included."""
    left, right = moved["corners"]
    upper = np.vstack([left, moved["upper_inner"], right])
    lower = np.vstack([left, moved["lower_inner"], right])
    middle = (upper[:, 1] + np.interp(upper[:, 0], lower[:, 0], lower[:, 1])) / 2
    return np.stack([upper[:, 0], middle], axis=1)
