"""The faces beside the words, drawn by assets/make_icons.py."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from emoapp.overlay.theme import asset, known


@lru_cache(maxsize=64)
def mask(label: str, size: int) -> np.ndarray:
    """uint8 (size, size): the face for `label`; a plain one where we drew none for it."""
    from PIL import Image

    with Image.open(asset("icons", f"{known(label) or 'other'}.png")) as image:
        small = image.getchannel("A").resize((size, size), Image.Resampling.LANCZOS)
    face = np.asarray(small)
    face.setflags(write=False)
    return face
