"""One picture of the window, saved."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.sinks.files import cannot_write
from emoapp.utils.files import with_unused_name, write_whole


def save_snapshot(picture: np.ndarray, folder: Path) -> Path:
    """Save a picture as PNG under a new name, and return its path.

    Args:
        picture: uint8 (H, W, 3), BGR.
        folder: Where it goes.

    Raises:
        SinkError: It can't be written.
    """
    _, data = cv2.imencode(".png", picture)

    def save(path: Path) -> Path:
        try:
            write_whole(path, lambda half: half.write_bytes(data.tobytes()), overwrite=False)
        except OSError as exc:
            raise cannot_write(path, exc) from exc
        return path

    return with_unused_name("png", save, folder)
