"""PyAV, imported after OpenCV: everything that needs it takes it from here.

Both wheels bundle libxcb. From OpenCV 4.13 on, `cv2.namedWindow` never returns in a process that
loaded PyAV's first.
"""

from __future__ import annotations

import cv2  # noqa: F401  (must be loaded before av)

# isort: split
import av

__all__ = ["av"]
