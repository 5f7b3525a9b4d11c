"""Load the icons of expressions, which `assets/make_icons.py` draws."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emoapp.overlay.theme import asset, known


@lru_cache(maxsize=64)
def mask(label: str, size: int) -> np.ndarray:
    """Return the icon of an expression.

    Args:
        label: The expression; one without an icon of its own gets a plain face.
        size: Side length in pixels.

    Returns:
        uint8 (size, size), read-only: how much of each pixel the icon covers.
    """
    from PIL import Image

    with Image.open(asset("icons", f"{known(label) or 'other'}.png")) as image:
        small = image.getchannel("A").resize((size, size), Image.Resampling.LANCZOS)
    face = np.asarray(small)
    face.setflags(write=False)
    return face
