"""What the mouse finds over the picture: buttons that come when it moves and fade when it rests."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from emoapp.overlay import Overlay
from emoapp.overlay.blend import Painter
from emoapp.overlay.theme import Sizes
from emoapp.overlay.toolbar import KEYS, ToolbarState, button_at, draw_toolbar

if TYPE_CHECKING:
    from emoapp.sinks.window import Window

REST_S = 2.0
"""The buttons stay for so long after the mouse has moved."""
FADE_S = 0.3
FADE_STEPS = 8
"""Steps of opacity in which they fade."""


class Controls:
    """Draw the buttons over what the window shows, and nowhere else: neither recordings nor
    snapshots have them.

    Args:
        window: Where the mouse is.
        overlay: Returns the overlay whose text size and contrast the buttons share.
        state: Returns (whether a recording goes on, whether faces are hidden).
    """

    def __init__(
        self,
        window: Window,
        overlay: Callable[[], Overlay],
        state: Callable[[], tuple[bool, bool]],
    ) -> None:
        self._window = window
        self._overlay = overlay
        self._state = state
        self._size_wh = (0, 0)
        self._drawn: tuple[object, ...] = ()

    def over(self, picture: np.ndarray) -> np.ndarray:
        """Return a picture with the buttons; the picture itself while there are none.

        Args:
            picture: uint8 (H, W, 3), BGR, left as it is.
        """
        height, width = picture.shape[:2]
        self._size_wh = width, height
        self._drawn = self._look()
        opacity = self._opacity()
        if opacity > 0:
            picture = picture.copy()
            draw_toolbar(Painter(picture), self._toolbar(), self._sizes, opacity=opacity)
        return picture

    @property
    def changed(self) -> bool:
        """Whether the last picture shows what is no longer so."""
        return self._size_wh != (0, 0) and self._look() != self._drawn

    def key_at(self, x: int, y: int) -> str | None:
        """Return the key whose button is at a point of the picture; None for none."""
        if self._opacity() == 0:
            return None
        button = button_at(x, y, self._sizes)
        return KEYS[button] if button else None

    @property
    def _sizes(self) -> Sizes:
        return self._overlay().sizes(self._size_wh)

    def _opacity(self) -> float:
        rested = time.monotonic() - self._window.moved_at
        share = min(1.0, max(0.0, (REST_S + FADE_S - rested) / FADE_S))
        return round(share * FADE_STEPS) / FADE_STEPS

    def _toolbar(self) -> ToolbarState:
        pointer = self._window.pointer
        hovered = None if pointer is None else button_at(*pointer, self._sizes)
        recording, private = self._state()
        return ToolbarState(hovered, recording, private)

    def _look(self) -> tuple[object, ...]:
        opacity = self._opacity()
        return (opacity, self._toolbar()) if opacity else ()
