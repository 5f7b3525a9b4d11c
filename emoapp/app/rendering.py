"""Draw results on pictures of their own."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import cv2
import numpy as np

from emoapp.images import BgrImage, Image
from emoapp.overlay import Overlay, Status
from emoapp.privacy.redactor import FaceRedactor
from emoapp.sinks.base import PictureSink, Sink
from emoapp.types import Frame, Result


class Renderer:
    """Draw results on copies of their frames: faces hidden where asked for, then the overlay.

    Args:
        overlay: See the attributes.
        redactor: See the attributes.
        reuse: Whether each picture may take the memory of the one before, for whoever has no more
            need of it then.

    Attributes:
        overlay: Draws; remembers a little between frames, so a renderer serves one source.
        redactor: Hides faces; None for not at all.
        before_overlay: Is called with each picture before the overlay is drawn on it, and its time
            in seconds; None for nothing.
    """

    def __init__(
        self, overlay: Overlay, redactor: FaceRedactor | None = None, *, reuse: bool = False
    ) -> None:
        self.overlay = overlay
        self.redactor = redactor
        self.before_overlay: Callable[[Image, float], None] | None = None
        self._reuse = reuse
        self._canvas: Image | None = None

    def render(
        self,
        result: Result,
        status: Status,
        *,
        now: float,
        size_wh: tuple[int, int] | None = None,
    ) -> Image:
        """Return the annotated picture of a result.

        Args:
            result: Its frame is left as it is.
            status: What the status row says.
            now: Seconds, monotonic; moves the bars.
            size_wh: (width, height) of the picture in pixels, with the frame's aspect ratio; None
                for the frame's own. The overlay is drawn after scaling, so its text stays sharp.
        """
        image = result.frame.pixels
        if self.redactor is not None:
            image = image.copy()
            self.redactor.hide(image, result)
        if size_wh is not None and size_wh != image.size_wh:
            image, result = _scaled(image, result, size_wh)
        elif self.redactor is None:
            image = image.copy_to(self._canvas)
        if self._reuse:
            self._canvas = image
        if self.before_overlay is not None:
            self.before_overlay(image, result.frame.t)
        self.overlay.draw(image, result, status, now=now)
        return image


class RenderingSink(Sink):
    """Render results and pass the pictures on.

    Args:
        renderer: Draws; bars and timeline move by the source's own time.
        sink: Takes the pictures; taken over, and closed.
    """

    def __init__(self, renderer: Renderer, sink: PictureSink) -> None:
        self._renderer = renderer
        self._sink = sink

    def write(self, result: Result) -> None:
        """Render a result and pass the picture on."""
        began = perf_counter()
        image = self._renderer.render(result, Status(), now=result.frame.t)
        self.ms = {"draw": (perf_counter() - began) * 1e3}
        self._sink.write(image, result.frame.t)

    def close(self) -> None:
        """Finish the pictures."""
        self._sink.close()

    def abandon(self) -> None:
        """Abandon the pictures."""
        self._sink.abandon()


def _scaled(image: Image, result: Result, size_wh: tuple[int, int]) -> tuple[Image, Result]:
    picture = BgrImage(enlarged_or_shrunk(image, size_wh))
    frame = Frame(picture, result.frame.index, result.frame.t)
    return picture, result.scaled(size_wh[0] / image.size_wh[0], frame)


def enlarged_or_shrunk(image: Image, size_wh: tuple[int, int]) -> np.ndarray:
    """Return the image at another size: uint8 (h, w, 3), BGR, memory of its own."""
    if size_wh[0] < image.size_wh[0]:
        return image.resized(size_wh)
    return cv2.resize(image.bgr(), size_wh, interpolation=cv2.INTER_LINEAR)
