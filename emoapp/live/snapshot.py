"""One picture of the window, saved."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.files import free_name, write_whole
from emoapp.sinks.files import cannot_write


def save_snapshot(picture: np.ndarray) -> Path:
    """Save a picture as PNG in the current folder, and return where.

    picture: uint8 (H, W, 3), BGR.

    Raises SinkError where it can't be written.
    """
    path = free_name("png")
    _, data = cv2.imencode(".png", picture)
    try:
        write_whole(path, lambda half: half.write_bytes(data))
    except OSError as exc:
        raise cannot_write(path, exc) from exc
    return path
