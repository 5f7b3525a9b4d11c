"""One picture of the window, saved."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.errors import SinkError
from emoapp.files import with_unused_name, write_whole
from emoapp.sinks.files import cannot_write


def save_snapshot(picture: np.ndarray) -> str:
    """Save a picture as PNG in the current folder; gives one line for the user, which says where.

    picture: uint8 (H, W, 3), BGR.
    """
    _, data = cv2.imencode(".png", picture)

    def save(path: Path) -> Path:
        try:
            write_whole(path, lambda half: half.write_bytes(data), overwrite=False)
        except OSError as exc:
            raise cannot_write(path, exc) from exc
        return path

    try:
        return f"saved {with_unused_name('png', save)}"
    except SinkError as exc:
        return str(exc)
