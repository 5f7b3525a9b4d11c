"""The live window as a sink: draw each result at the window's resolution, and show it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from emoapp.app.live.messages import Messages
from emoapp.app.rendering import Renderer, enlarged_or_shrunk
from emoapp.config import OverlayConfig
from emoapp.images import BgrImage, Image
from emoapp.overlay import Overlay, Status
from emoapp.platforms import clock
from emoapp.privacy.pixelation import pixelate_all
from emoapp.privacy.redactor import FaceRedactor
from emoapp.sinks import Sink
from emoapp.sinks.window import Window
from emoapp.sources import Waiting
from emoapp.types import Frame, Result
from emoapp.utils.language import N_

STARTING = N_("Starting …")


class WindowView(Sink):
    """Draw results at the window's resolution and show them.

    Args:
        window: Where to; the caller closes it.
        messages: Shown as they come.
        parts: Which parts of the overlay are drawn at first.
        private: Whether faces are hidden at first.
        status: What the status row says of a result.

    Attributes:
        redactor: Remembers where faces were; shared with a recording.
        private: Whether faces are hidden.
        banner: (title, text) of a panel in place of the overlay; None for the overlay.
        picture: uint8 (H, W, 3), BGR, what was shown last; None before the first result.
        decorate: Returns a picture with what is on the screen only; leaves its argument as it is.
    """

    def __init__(
        self,
        window: Window,
        messages: Messages,
        *,
        parts: OverlayConfig,
        private: bool,
        status: Callable[[Result], Status],
    ) -> None:
        self._renderer = Renderer(Overlay((), parts), reuse=True)
        self.redactor = FaceRedactor()
        self.private = private
        self.banner: tuple[str, str] | None = None
        self.picture: np.ndarray | None = None
        self.decorate: Callable[[np.ndarray], np.ndarray] = lambda picture: picture
        self._window = window
        self._messages = messages
        self._status = status
        self._result: Result | None = None

    def keep_moments(self, keep: Callable[..., None]) -> None:
        """Pass each picture on before the overlay is drawn on it.

        Args:
            keep: Called with the picture, its time in seconds, and `private=`, whether faces are
                hidden in it.
        """
        self._renderer.before_overlay = lambda image, t: keep(image, t, private=self.private)

    @property
    def overlay(self) -> Overlay:
        """The overlay; its switches may be changed at any time."""
        return self._renderer.overlay

    def renew(self, overlay: Overlay) -> None:
        """Draw with another overlay from now on, which takes over the user's switches."""
        overlay.take_switches(self.overlay)
        overlay.take_messages(self.overlay)
        self._renderer.overlay = overlay

    def write(self, result: Result) -> None:
        """Draw a result and show it; nothing once the window is closed."""
        began = perf_counter()
        self._messages.show(self.overlay)
        size_wh = self._window.fit(result.frame.size_wh)
        if self.banner is not None and not self.overlay.help:
            image: Image = BgrImage(enlarged_or_shrunk(result.frame.pixels, size_wh))
            self.overlay.draw_message(image.bgr(), *self.banner)
        else:
            self._renderer.redactor = self.redactor if self.private else None
            status = self._status(result)
            image = self._renderer.render(result, status, now=clock.now(), size_wh=size_wh)
        self.picture, self._result = image.bgr(), result
        drawn = perf_counter()
        self._window.show(self.decorate(self.picture))
        self.ms = {"draw": (drawn - began) * 1e3, "show": (perf_counter() - drawn) * 1e3}

    def snapshot(self) -> np.ndarray | None:
        """Return the picture shown last in the form meant for others.

        Returns:
            uint8 (H, W, 3), BGR, without status row, notices, alerts and help; None before the
            first result.
        """
        if self.banner is not None or self._result is None or self.picture is None:
            return self.picture
        overlay = self.overlay.for_recording()
        overlay.take_switches(self.overlay)
        renderer = Renderer(overlay, self.redactor if self.private else None)
        size_wh = self.picture.shape[1], self.picture.shape[0]
        return renderer.render(self._result, Status(), now=clock.now(), size_wh=size_wh).bgr()

    def preview(self, frame: Frame) -> None:
        """Show a frame with its faces unknown yet; pixelate all of it if faces are to be hidden."""
        image = BgrImage(enlarged_or_shrunk(frame.pixels, self._window.fit(frame.size_wh)))
        if self.private:
            pixelate_all(image)
        self._messages.show(self.overlay)
        self.overlay.draw_notice(image, STARTING)
        self._window.show(image.bgr())

    def wait(self, waiting: Waiting, last: Frame | None, size_wh: tuple[int, int]) -> None:
        """Show over the last frame why nothing comes.

        Args:
            waiting: The reason, and for how long.
            last: The last frame that came; None before the first.
            size_wh: Of the source's frames, (width, height) in pixels.
        """
        width, height = self._window.fit(size_wh)
        image = BgrImage(np.zeros((height, width, 3), np.uint8))
        if last is not None:
            image = BgrImage(enlarged_or_shrunk(last.pixels, (width, height)))
            if self.private:
                pixelate_all(image)
        self._messages.show(self.overlay)
        text = f"Goes on by itself when it is back ({waiting.since_s:.0f} s). q quits."
        self.overlay.draw_waiting(image.bgr(), waiting.reason, text)
        self._window.show(image.bgr())

    def close(self) -> None:
        """Do nothing: whoever opened the window closes it."""
