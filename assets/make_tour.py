"""Make tour.mp4, the clip of `emoapp live --demo`: two people and several expressions.

    pip install av matplotlib opencv-python scikit-image
    python assets/make_tour.py

The portraits are in the public domain and come with scikit-image and matplotlib. See README.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from math import pi, radians, sin
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from make_demo import FPS, HEIGHT, WIDTH, write_clip
from tour_people import Person, collins, hopper

SECONDS = 12
CHANGE_S = 0.5
"""A face takes so long from one expression to the next."""

SLIDE_S = 0.8
GAP = 8
"""Pixels between the two people."""

GAP_RGB = 28


class View(NamedTuple):
    """How a person is shown.

    Attributes:
        width: Of the panel, in pixels.
        x, y: The middle of the head in it.
        zoom: Of the portrait.
    """

    width: int
    x: float
    y: float
    zoom: float

    def toward(self, other: View, share: float) -> View:
        """Return a view between the two; the width stays."""
        x, y, zoom = (a + share * (b - a) for a, b in zip(self[1:], other[1:], strict=True))
        return View(self.width, x, y, zoom)


ALONE = View(WIDTH, 640, 350, 1.0)
# The program's panel with the bars finds room at the left of them.
TOGETHER_LEFT = View(752, 520, 310, 0.76)
TOGETHER_RIGHT = View(520, 265, 315, 1.0)

COLLINS = ((0, "happy"), (1.6, "neutral"), (3.5, "surprise"), (5.2, "happy"), (7.4, "sad"),
           (9.6, "happy"))  # fmt: skip
HOPPER = ((0, "neutral"), (6.4, "surprise"), (8.2, "happy"), (10.4, "neutral"))
"""From which second on which expression is to be seen."""

HOPPER_S = (4.8, 11.1)
"""When she begins to come in, and when she begins to leave."""


def eased(x: float) -> float:
    """Return 0 up to 0, 1 from 1 on, and smoothly from one to the other."""
    x = min(max(x, 0.0), 1.0)
    return x * x * (3 - 2 * x)


def weights(script: Sequence[tuple[float, str]], t: float) -> dict[str, float]:
    """Return the share of each expression at a time."""
    found = {script[0][1]: 1.0}
    for start, label in script[1:]:
        share = eased((t - start) / CHANGE_S)
        found = {name: weight * (1 - share) for name, weight in found.items()}
        found[label] = found.get(label, 0) + share
    return {label: weight for label, weight in found.items() if weight > 0}


def panel(person: Person, picture: np.ndarray, view: View, t: float, phase: float) -> np.ndarray:
    """Return a person in a panel of the picture, the head swaying.

    Args:
        person: Where head and neck are.
        picture: The portrait with its expression.
        view: The panel's width, and where the head is in it.
        t: Seconds since the clip's beginning.
        phase: Shifts the movements, so that two people do not move alike.
    """

    def wave(times: int, shift: float) -> float:
        # Whole numbers of waves a loop, so that the last frame leads back to the first.
        return sin(2 * pi * (times * t / SECONDS + shift + phase))

    scale = person.portrait.scale
    center = np.float32(person.head_xy) * np.float32(scale)
    width = view.width
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    # The camera is in somebody's hand.
    x = (x - np.float32(view.x - 10 * wave(1, 0.3))) / np.float32(view.zoom) + center[0]
    y = (y - np.float32(view.y - 6 * wave(2, 0.1))) / np.float32(view.zoom) + center[1]
    # All of it within the head, nothing outside of twice its size; the neck bends.
    wide, high = np.float32(person.head_wh) * np.float32(scale)
    share = np.clip(2 - np.hypot((x - center[0]) / wide, (y - center[1]) / high), 0, 1)
    share *= share * (3 - 2 * share)
    neck = np.float32(person.neck_xy) * np.float32(scale)
    angle = np.float32(radians(2.2 * wave(2, 0.0) + 1.2 * wave(3, 0.4))) * share
    dx = angle * (y - neck[1]) + np.float32(5 * wave(1, 0.7)) * share
    dy = -angle * (x - neck[0]) + np.float32(5 * wave(3, 0.2)) * share
    return cv2.remap(picture, x + dx, y + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def pictures() -> Iterator[np.ndarray]:
    """Yield the clip's pictures, uint8 (HEIGHT, WIDTH, 3) RGB."""
    left, right = collins(), hopper()
    for index in range(FPS * SECONDS):
        t = index / FPS
        came = eased((t - HOPPER_S[0]) / SLIDE_S) - eased((t - HOPPER_S[1]) / SLIDE_S)
        shown = round(came * (TOGETHER_RIGHT.width + GAP))
        picture = np.full((HEIGHT, WIDTH, 3), GAP_RGB, np.uint8)
        view = ALONE.toward(TOGETHER_LEFT, came)._replace(width=WIDTH - shown)
        portrait = left.portrait.show(weights(COLLINS, t))
        picture[:, : view.width] = panel(left, portrait, view, t, 0.0)
        if shown > GAP:
            portrait = right.portrait.show(weights(HOPPER, t))
            other = panel(right, portrait, TOGETHER_RIGHT, t, 0.37)
            picture[:, view.width + GAP :] = other[:, : shown - GAP]
        yield picture


if __name__ == "__main__":
    own = Path(__file__).with_name("tour.mp4")
    write_clip(Path(sys.argv[1]) if len(sys.argv) > 1 else own, pictures())
