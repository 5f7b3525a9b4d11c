"""Load the icons of expressions, which `assets/make_icons.py` draws."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emoapp.overlay import text
from emoapp.overlay.theme import asset, known, word

NO_LABEL = "other"
"""Stands for no expression: a plain face."""

LETTER_EM = 0.58
"""Size of a letter relative to its icon."""
RING_THICKNESS = 0.12


@lru_cache(maxsize=64)
def mask(label: str, size: int) -> np.ndarray:
    """Return the icon of an expression.

    Args:
        label: The expression; one without an icon of its own gets a ring with its first letter.
        size: Side length in pixels.

    Returns:
        uint8 (size, size), read-only: how much of each pixel the icon covers.
    """
    from PIL import Image

    if known(label) is None and label != NO_LABEL:
        return _lettered(label, size)
    with Image.open(asset("icons", f"{known(label) or 'other'}.png")) as image:
        small = image.getchannel("A").resize((size, size), Image.Resampling.LANCZOS)
    face = np.asarray(small)
    face.setflags(write=False)
    return face


def _lettered(label: str, size: int) -> np.ndarray:
    """Return a ring with the first letter of a label."""
    axis = np.arange(size, dtype=np.float32) + 0.5 - size / 2
    away = np.hypot(axis[None, :], axis[:, None])
    thick = max(1.0, RING_THICKNESS * size)
    covered = np.clip(thick / 2 + 0.5 - np.abs(away - (size / 2 - thick / 2 - 0.5)), 0, 1)
    face = np.rint(255 * covered).astype(np.uint8)
    em = max(1, round(LETTER_EM * size))
    letter = text.mask(word(label)[:1] or "?", em, True)
    x, y = (size - letter.shape[1]) // 2, text.top(size / 2, em, True)
    left, top = max(0, x), max(0, y)
    part = letter[top - y : top - y + size - top, left - x : left - x + size - left]
    into = face[top : top + part.shape[0], left : left + part.shape[1]]
    np.maximum(into, part, out=into)
    face.setflags(write=False)
    return face
