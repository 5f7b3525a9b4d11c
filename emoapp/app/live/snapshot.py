"""Save a picture of the window, and open the folder of saved files."""

from __future__ import annotations

from pathlib import Path

import click
import cv2
import numpy as np

from emoapp.app.live.media import MediaFolders
from emoapp.app.live.messages import Messages
from emoapp.errors import SinkError
from emoapp.sinks.files import cannot_write
from emoapp.utils.files import with_unused_name, write_whole


def take_snapshot(picture: np.ndarray | None, folders: MediaFolders, messages: Messages) -> None:
    """Save a picture in the folder for pictures, and tell where it is.

    Args:
        picture: uint8 (H, W, 3), BGR; None where there is none yet.
        folders: Where it goes.
        messages: Is told of the file, or why there is none.
    """
    if picture is None:
        return
    try:
        path = save_snapshot(picture, folders.pictures())
        messages.saved(path, picture.copy())
    except SinkError as exc:
        messages.fault("There is no snapshot", exc)


def open_folder(messages: Messages) -> None:
    """Open the folder of the file that was saved last, or tell why not."""
    if messages.last_saved is None:
        messages.notice("nothing was saved yet: s saves a picture, r records")
    elif click.launch(str(messages.last_saved), locate=True) != 0:
        messages.notice(f"no file manager was found; it is {messages.last_saved}")


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
