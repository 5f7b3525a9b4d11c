"""One picture of the window, saved."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from emoapp.app.live.messages import Messages
from emoapp.errors import SinkError
from emoapp.sinks.files import cannot_write
from emoapp.utils.files import with_unused_name, write_whole


def save_snapshot(picture: np.ndarray, messages: Messages) -> None:
    """Save a picture as PNG in the current folder.

    picture: uint8 (H, W, 3), BGR.
    messages: is told where it is, or why it can't be written.
    """
    _, data = cv2.imencode(".png", picture)

    def save(path: Path) -> Path:
        try:
            write_whole(path, lambda half: half.write_bytes(data.tobytes()), overwrite=False)
        except OSError as exc:
            raise cannot_write(path, exc) from exc
        return path

    try:
        messages.notice(f"saved {with_unused_name('png', save)}")
    except SinkError as exc:
        messages.fault("There is no snapshot", exc)
