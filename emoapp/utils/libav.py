"""Import PyAV after OpenCV; everything that needs PyAV imports it from here.

Both wheels bundle libxcb. From OpenCV 4.13 on, `cv2.namedWindow` never returns in a process that
loaded PyAV's first.
"""

from __future__ import annotations

import os

import cv2  # noqa: F401  (must be loaded before av)

# isort: split
import av

__all__ = ["av", "is_playable"]


def is_playable(path: str | os.PathLike[str]) -> bool:
    """Return whether a file holds at least one video frame that can be decoded.

    Args:
        path: The file; it may be incomplete.
    """
    try:
        with av.open(os.fspath(path)) as container:
            return next(container.decode(video=0), None) is not None
    except (OSError, av.error.FFmpegError):
        return False
