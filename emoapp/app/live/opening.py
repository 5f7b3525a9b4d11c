"""Open what is to be read while the window is served: cameras may take their time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np

from emoapp.config import OverlayConfig
from emoapp.errors import CameraError
from emoapp.platforms import clock, waits
from emoapp.platforms.cameras import ALLOW, PERMISSION_S, Opening, opening
from emoapp.sinks.window import BACKGROUND, FIRST_WH, Window
from emoapp.sources import Source
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import say

logger = get_logger(__name__)

POLL_S = 0.03
"""Seconds between two looks at the keys."""

RETRY_S = 1.0
"""Seconds between two attempts while the user may be asked for a permission."""

OPENING = "Opening the camera"


class Nothing(Source):
    """A source that ends at once: the user has ended the program before there was another."""

    def __init__(self) -> None:
        self.name, self.size_wh = "nothing", FIRST_WH

    def read(self) -> None:
        """Return None: the end."""

    def close(self) -> None:
        """Nothing to close."""


def open_served(
    open_it: Callable[[], Source],
    window: Window | None,
    *,
    parts: OverlayConfig,
    present: Callable[[], bool],
    how: Opening | None = None,
) -> Source:
    """Open a camera, and serve the window meanwhile, as this system wants it.

    Args:
        open_it: Opens the camera.
        window: The window; None for none.
        parts: How text is drawn.
        present: Returns whether the camera is connected; where it is not, waiting is in vain.
        how: How cameras are opened; None for this system's way.

    Returns:
        The camera; `Nothing` where the user has closed the window meanwhile.

    Raises:
        CameraError: It cannot be opened.
    """
    how = how or opening()
    if how.permission:
        return _open_when_allowed(open_it, window, parts, present)
    return _open_beside(open_it, window, parts) if how.beside and window else open_it()


def _open_beside(open_it: Callable[[], Source], window: Window, parts: OverlayConfig) -> Source:
    """Open in a thread of its own."""
    future: Future[Source] = Future()

    threading.Thread(target=waits.settle, args=(future, open_it), name="open", daemon=True).start()
    card, began = _Card(window, parts), clock.now()
    while not future.done():
        if not card.show(OPENING, f"This may take some seconds ({clock.now() - began:.0f} s)."):
            future.add_done_callback(_close_result)
            return Nothing()
        time.sleep(POLL_S)
    return future.result(timeout=0)


def _open_when_allowed(
    open_it: Callable[[], Source],
    window: Window | None,
    parts: OverlayConfig,
    present: Callable[[], bool],
) -> Source:
    """Open in this thread, again and again while the user may be asked for a permission."""
    card, began, said = _Card(window, parts), clock.now(), False
    while True:
        try:
            return open_it()
        except CameraError as exc:
            if clock.now() - began >= PERMISSION_S or not present():
                raise
            logger.info("not open yet: %s", exc)
        if not said:
            say(f"{ALLOW}; emoapp goes on trying for a minute")
            said = True
        again = clock.now() + RETRY_S
        while (now := clock.now()) < again:
            left_s = PERMISSION_S - (now - began)
            if not card.show(ALLOW, f"emoapp goes on by itself.  q quits.  ({left_s:.0f} s)"):
                return Nothing()
            time.sleep(POLL_S)


class _Card:
    """A message in the window, for as long as there is nothing else to show.

    Args:
        window: The window; None for none.
        parts: How text is drawn.
    """

    def __init__(self, window: Window | None, parts: OverlayConfig) -> None:
        from emoapp.overlay import Overlay

        self._window, self._overlay = window, Overlay((), parts)

    def show(self, title: str, text: str) -> bool:
        """Show a message; return False once the user has ended the program."""
        if self._window is None:
            return True
        width, height = self._window.fit(FIRST_WH)
        image = np.full((height, width, 3), BACKGROUND, np.uint8)
        self._overlay.draw_message(image, title, text)
        self._window.show(image)
        return self._window.poll() not in ("q", "esc") and not self._window.closed


def _close_result(future: Future[Source]) -> None:
    """Close what was opened when nobody waits for it any more."""
    if future.exception() is None:
        future.result(timeout=0).close()
