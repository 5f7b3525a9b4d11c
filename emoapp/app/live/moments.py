"""Look back at small pictures of the last 30 seconds while the timeline is held down."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import cv2
import numpy as np

from emoapp.app.rendering import enlarged_or_shrunk
from emoapp.images import Image
from emoapp.overlay import Overlay
from emoapp.overlay.blend import Painter
from emoapp.overlay.history import SPAN_S
from emoapp.overlay.moment import draw_moment, moment_at
from emoapp.overlay.timeline import LAG_S

if TYPE_CHECKING:
    from emoapp.sinks.window import Window

INTERVAL_S = 0.25
"""Seconds of the source between two pictures."""
KEPT_S = SPAN_S + LAG_S
MAX_WIDTH = 640
"""Larger pictures are shrunk to this width, pixels: about 40 kB each as JPEG, 5 MB in all."""
QUALITY = 85


class Moments:
    """Keep small pictures of the last seconds.

    They are compressed in a thread of their own, so that a frame costs 0.08 ms on average.
    """

    def __init__(self) -> None:
        self._kept: deque[tuple[float, Future[bytes]]] = deque()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="moments")

    def add(self, image: Image, t: float) -> None:
        """Keep a picture, unless there is one of almost the same time.

        Args:
            image: The picture; may be changed afterwards.
            t: Seconds since the source began. An earlier time than before means another source.
        """
        kept = self._kept
        if kept and t < kept[-1][0]:
            kept.clear()
        if kept and (t - kept[-1][0] < INTERVAL_S or not kept[-1][1].done()):
            return
        kept.append((t, self._worker.submit(_compressed, _small(image))))
        while t - kept[0][0] > KEPT_S:
            kept.popleft()

    def nearest(self, t: float) -> np.ndarray | None:
        """Return the picture nearest to a time: uint8 (h, w, 3), BGR; None if there is none."""
        if not self._kept:
            return None
        _, data = min(self._kept, key=lambda kept: abs(kept[0] - t))
        return cv2.imdecode(np.frombuffer(data.result(), np.uint8), cv2.IMREAD_COLOR)

    def clear(self) -> None:
        """Forget all pictures."""
        self._kept.clear()

    def close(self) -> None:
        """End the thread."""
        self._worker.shutdown()


class LookBack:
    """Show the frame of a moment while the mouse holds the timeline down there.

    Args:
        window: Where the mouse is.
        overlay: Returns the overlay whose timeline it is.
    """

    def __init__(self, window: Window, overlay: Callable[[], Overlay]) -> None:
        self._window = window
        self._overlay = overlay
        self._moments = Moments()
        self._private = False
        self._size_wh = (0, 0)
        self._t = 0.0
        self._held_x: int | None = None
        self._moment: float | None = None
        self._drawn: float | None = None

    def add(self, image: Image, t: float, *, private: bool) -> None:
        """Take a frame as it is shown, before anything is drawn on it.

        Args:
            image: The frame, in which faces are hidden if they are to be.
            t: Seconds since the source began.
            private: Whether they are.
        """
        if private and not self._private:
            self._moments.clear()  # in what was kept until now, faces can be seen
        self._private, self._t = private, t
        self._moments.add(image, t)

    def press(self, x: int, y: int) -> bool:
        """Handle a click; return whether it was on the timeline."""
        arrangement = self._overlay().arrangement
        rect = arrangement.timeline if arrangement else None
        if rect is None or not rect.contains(x, y):
            return False
        self._look_at(x)
        return True

    def follow_mouse(self) -> bool:
        """Follow the mouse while its button is held down.

        Returns:
            Whether the picture has to be drawn anew.
        """
        if self._held_x is not None and not self._window.held:
            self._held_x = self._moment = None
        pointer = self._window.pointer
        if self._held_x is not None and pointer is not None and pointer[0] != self._held_x:
            self._look_at(pointer[0])
        return self._moment != self._drawn

    def over(self, picture: np.ndarray) -> np.ndarray:
        """Return the picture of the selected moment; `picture` itself if there is none.

        Args:
            picture: uint8 (H, W, 3), BGR, left as it is; its timeline is kept.
        """
        height, width = picture.shape[:2]
        self._size_wh = width, height
        self._drawn = self._moment
        arrangement = self._overlay().arrangement
        rect = arrangement.timeline if arrangement else None
        if self._moment is None or rect is None:
            return picture
        small = self._moments.nearest(self._moment)
        if small is None:
            return picture
        past = cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)
        past[rect.y0 : rect.y1, rect.x0 : rect.x1] = picture[rect.y0 : rect.y1, rect.x0 : rect.x1]
        sizes = self._overlay().sizes(self._size_wh)
        draw_moment(Painter(past), self._t - self._moment, sizes)
        return past

    def close(self) -> None:
        """End the thread."""
        self._moments.close()

    def _look_at(self, x: int) -> None:
        self._held_x = x
        age = moment_at(x, self._overlay().sizes(self._size_wh))
        self._moment = None if age is None else max(0.0, self._t - age)


def _small(image: Image) -> np.ndarray:
    width, height = image.size_wh
    if width <= MAX_WIDTH:
        return image.bgr().copy()
    return enlarged_or_shrunk(image, (MAX_WIDTH, max(1, round(height * MAX_WIDTH / width))))


def _compressed(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()
