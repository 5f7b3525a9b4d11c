"""One picture of the window, saved."""

from __future__ import annotations

import cv2
import numpy as np

from emoapp.files import free_name, write_whole
from emoapp.live.messages import Messages
from emoapp.sinks.files import cannot_write


def save_snapshot(picture: np.ndarray, messages: Messages) -> None:
    """Save a picture as PNG in the current folder.

    picture: uint8 (H, W, 3), BGR.
    messages: is told where it is, or why it can't be written.
    """
    path = free_name("png")
    _, data = cv2.imencode(".png", picture)
    try:
        write_whole(path, lambda half: half.write_bytes(data))
    except OSError as exc:
        messages.fault("There is no snapshot", cannot_write(path, exc))
    else:
        messages.notice(f"saved {path}")
