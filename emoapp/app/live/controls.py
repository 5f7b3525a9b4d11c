"""Show over the picture: buttons while the mouse moves, the settings panel, the welcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from emoapp.app.live.welcome import Welcome
from emoapp.overlay import Overlay
from emoapp.overlay.blend import Painter
from emoapp.overlay.settings_panel import draw_settings, plan
from emoapp.overlay.theme import Sizes
from emoapp.overlay.toolbar import KEYS, ToolbarState, button_at, covers_buttons, draw_toolbar
from emoapp.platforms import clock

if TYPE_CHECKING:
    from emoapp.app.live.settings import Settings
    from emoapp.sinks.window import Window

REST_S = 2.0
"""The buttons stay for so long after the mouse has moved."""
FADE_S = 0.3
FADE_STEPS = 8
"""Steps of opacity in which they fade."""


class Controls:
    """Draw buttons and settings over what the window shows.

    Recordings and snapshots do not have them.

    Args:
        window: Where the mouse is.
        overlay: Returns the overlay whose text size and contrast the buttons share.
        state: Returns (whether a recording goes on, whether faces are hidden).

    Attributes:
        settings: What the panel shows; None before there is something to set.
    """

    def __init__(
        self,
        window: Window,
        overlay: Callable[[], Overlay],
        state: Callable[[], tuple[bool, bool]],
    ) -> None:
        self.settings: Settings | None = None
        self._welcome = Welcome()
        self._open = False
        self._selected = 0
        self._window = window
        self._overlay = overlay
        self._state = state
        self._size_wh = (0, 0)
        self._drawn: tuple[object, ...] = ()

    def begin(self, settings: Settings) -> bool:
        """Take the settings once there is something to set.

        Returns:
            Whether the user is welcomed, for the first time.
        """
        self.settings = settings
        return self._welcome.begin()

    def over(self, picture: np.ndarray) -> np.ndarray:
        """Return the picture with the buttons drawn on it; the picture itself if there are none.

        Args:
            picture: uint8 (H, W, 3), BGR, left as it is.
        """
        height, width = picture.shape[:2]
        self._size_wh = width, height
        self._drawn = self._look()
        opacity = self._opacity()
        self._overlay().reserved = None
        welcomes = self._welcome.shown and not self._open and not self._overlay().help
        if opacity == 0 and not self._open and not welcomes:
            return picture
        painter = Painter(picture.copy())
        if self._open and self.settings is not None:
            rows = self.settings.rows()
            draw_settings(painter, rows, self._selected, self._sizes)
            self._overlay().reserved = plan(rows, self._selected, self._sizes).rect
        if welcomes:
            self._welcome.draw(painter, self._overlay(), self._size_wh)
        if opacity > 0 and not self._covers_toolbar():
            draw_toolbar(painter, self._toolbar(), self._sizes, opacity=opacity)
        return painter.image.bgr()

    @property
    def changed(self) -> bool:
        """Whether the picture shown last is out of date."""
        return self._size_wh != (0, 0) and self._look() != self._drawn

    def toggle_settings(self) -> None:
        """Open or close the settings panel."""
        self._open = not self._open and self.settings is not None

    def take_key(self, key: str | None) -> bool:
        """Handle a key in the settings panel; any key ends the welcome.

        Returns:
            Whether the key was for the panel, or only to end the welcome.
        """
        if key is not None and self._welcome.end() and key in ("space", "enter"):
            return True
        if not self._open or self.settings is None:
            return False
        if key == "enter" and self._overlay().alerts.waiting:
            return False
        count = len(self.settings.rows())
        if key in (",", "esc"):
            self.toggle_settings()
        elif key in ("up", "down"):
            self._selected = (self._selected + (1 if key == "down" else -1)) % count
        elif key in ("left", "right"):
            if self._selected < count - 1:  # the last one saves
                self.settings.change(self._selected, 1 if key == "right" else -1)
        elif key == "enter":
            self.settings.save()
        else:
            return False
        return True

    def take_click(self, x: int, y: int) -> bool:
        """Handle a click at a point of the picture in the settings panel, or on the welcome.

        Returns:
            Whether one of them is there.
        """
        if self._welcome.end():
            return True
        if not self._open or self.settings is None:
            return False
        rows = self.settings.rows()
        layout = plan(rows, self._selected, self._sizes)
        hit = layout.hit(x, y, rows)
        if layout.closes(x, y):
            self._open = False
        elif hit is not None:
            self._selected, step = hit
            if step:
                self.settings.change(self._selected, step)
        return layout.rect.contains(x, y)

    def key_at(self, x: int, y: int) -> str | None:
        """Return the key whose button is at a point of the picture; None for none."""
        if self._opacity() == 0 or self._covers_toolbar():
            return None
        button = button_at(x, y, self._sizes)
        return KEYS[button] if button else None

    @property
    def _sizes(self) -> Sizes:
        return self._overlay().sizes(self._size_wh)

    def _opacity(self) -> float:
        rested = clock.now() - self._window.moved_at
        share = min(1.0, max(0.0, (REST_S + FADE_S - rested) / FADE_S))
        return round(share * FADE_STEPS) / FADE_STEPS

    def _covers_toolbar(self) -> bool:
        """Whether the settings reach to where the buttons are, as in a narrow window."""
        if not self._open or self.settings is None:
            return False
        panel = plan(self.settings.rows(), self._selected, self._sizes).rect
        return covers_buttons(panel, self._sizes)

    def _toolbar(self) -> ToolbarState:
        pointer = self._window.pointer
        hovered = None if pointer is None else button_at(*pointer, self._sizes)
        recording, private = self._state()
        return ToolbarState(hovered, recording, private)

    def _look(self) -> tuple[object, ...]:
        opacity = self._opacity()
        panel = self.settings.rows() if self._open and self.settings is not None else None
        # What is reserved takes effect with the next picture.
        reserved = self._overlay().reserved
        toolbar = self._toolbar() if opacity else None
        return opacity, toolbar, panel, self._selected, reserved, self._welcome.shown
