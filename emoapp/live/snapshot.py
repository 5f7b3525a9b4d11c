"""One picture of the window, saved."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.files import with_unused_name, write_whole
from emoapp.sinks.files import cannot_write


def save_snapshot(picture: np.ndarray) -> Path:
    """Save a picture as PNG in the current folder, and return where.

    picture: uint8 (H, W, 3), BGR.

    Raises SinkError where it can't be written.
    """
    _, data = cv2.imencode(".png", picture)

    def save(path: Path) -> Path:
        try:
            write_whole(path, lambda half: half.write_bytes(data), overwrite=False)
        except OSError as exc:
            raise cannot_write(path, exc) from exc
        return path

    return with_unused_name("png", save)
