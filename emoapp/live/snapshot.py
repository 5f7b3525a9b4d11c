"""One picture of the window, saved."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.files import free_name


def save_snapshot(picture: np.ndarray) -> str:
    """Save a picture as PNG in the current folder; gives one line for the user, which says where.

    picture: uint8 (H, W, 3), BGR.
    """
    path = free_name("png")
    _, data = cv2.imencode(".png", picture)
    try:
        path.write_bytes(data)
    except OSError as exc:
        return f"{path} cannot be saved: {exc.strerror}"
    return f"saved {path}"
