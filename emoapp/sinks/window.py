"""Show pictures in a window."""

from __future__ import annotations

import math
import time

import cv2
import numpy as np

from emoapp.errors import NoScreenError
from emoapp.platforms import clock, windows
from emoapp.sinks.keys import key_name
from emoapp.sinks.screen import opencv_version, prepare_screen
from emoapp.utils.geometry import fitted

FIRST_WH = (1280, 720)
"""The window's size at first fits into this one and the screen, (width, height) in pixels."""

BACKGROUND = 24
"""Gray of margins, and of a window that has nothing to show yet, 0 to 255."""

STAND_POLLS = 8

PROBE_S, PROBE_SCALE, SETTLING_S = 2.0, 1.25, 1.0
"""OpenCV 4.11 makes pictures smaller that find no room, but none larger, and does not say how much
room there is. So every 2 s, and all the time for a second after a change, one is made a quarter
larger than the room that is known, to see what becomes of it."""
JITTER_PX = 3
"""A mouse that moves less than this rests: desks shake, and windows open under the mouse."""


class Window:
    """A window that the user may resize; to be used in the main thread only.

    Opens with the first picture, in the shape of its aspect ratio. Closed by `close` or `with`.

    Args:
        title: Of the window.

    Raises:
        NoScreenError: There is no screen.
    """

    def __init__(self, title: str) -> None:
        self._screen = prepare_screen()
        self._title = title
        self._open = False
        self._closed = False
        self._source_wh = (0, 0)
        self._click: tuple[int, int] | None = None
        self._corner_xy = (0, 0)
        self._full = False
        size_wh = self._screen.size_wh if self._screen is not None else FIRST_WH
        self._first_wh = min(FIRST_WH[0], size_wh[0]), min(FIRST_WH[1], size_wh[1])
        self._asked_wh = self._first_wh
        self._hides_room = opencv_version() < (4, 12) and windows.tells_size()
        self._next_probe = self._settled_at = 0.0
        self._pointer_xy: tuple[int, int] | None = None
        self._rest_xy: tuple[int, int] | None = None
        self._moved_at = -math.inf
        self._held = False
        self._told = False

    def fit(self, source_wh: tuple[int, int]) -> tuple[int, int]:
        """Return the (width, height) in pixels at which pictures fill the window.

        Args:
            source_wh: (width, height) of the source's frames, whose aspect ratio is kept. Where it
                changes, the window takes the new shape.
        """
        if self.closed:
            return source_wh
        if source_wh != self._source_wh:
            self._source_wh = source_wh
            self._settled_at = clock.now() + SETTLING_S
            if self._open and not self._full:
                self._resize(source_wh)
        width, height = self._room_wh()
        if self._must_probe():
            width, height = round(width * PROBE_SCALE), round(height * PROBE_SCALE)
        return fitted(source_wh, (width, height))

    def show(self, picture: np.ndarray) -> None:
        """Show a picture; nothing once the window is closed.

        Args:
            picture: uint8 (H, W, 3), BGR. One of the size that `fit` returns is shown pixel by
                pixel, with dark margins where the window has another shape.
        """
        if self.closed:
            return
        if not self._open:
            self._open_window(picture)
        height, width = picture.shape[:2]
        room_w, room_h = self._room_wh()
        left, top = max(0, (room_w - width) // 2), max(0, (room_h - height) // 2)
        if width < room_w or height < room_h:
            canvas = np.full((max(room_h, height), max(room_w, width), 3), BACKGROUND, np.uint8)
            canvas[top : top + height, left : left + width] = picture
            picture = canvas
        self._corner_xy = left, top
        cv2.imshow(self._title, picture)
        if self._screen is not None and not self._told and clock.now() >= self._settled_at:
            # Again: a window manager may have taken its time.
            self._told = True
            self._screen.tell_visible(self._title)

    def stand(self) -> None:
        """Open the window, dark and empty, and wait until it is painted (about 50 ms)."""
        width, height = self._first_wh
        self.show(np.full((height, width, 3), BACKGROUND, np.uint8))
        for left in range(STAND_POLLS, 0, -1):
            self.poll()
            if self._screen is not None:
                self._screen.wait_until_idle()
                if left == STAND_POLLS // 2:
                    self._screen.tell_visible(self._title)
            time.sleep(0.005)

    def poll(self) -> str | None:
        """Let the window paint itself, and return the key pressed since the last call.

        Returns:
            "esc", "enter", "space", "tab", "backspace", "left", "right", "up", "down", "home",
            "end", "page up", "page down", or one small letter, digit or sign; None for no key.
        """
        if not self._open or self._closed:
            return None
        return key_name(cv2.pollKey())

    def clicked(self) -> tuple[int, int] | None:
        """Return where the user clicked since the last call.

        Returns:
            (x, y) in pixels of the picture that was shown last; None for no click.
        """
        click, self._click = self._click, None
        return self._in_picture(click)

    @property
    def pointer(self) -> tuple[int, int] | None:
        """Where the mouse was last, (x, y) in pixels of the picture; None before it came."""
        return self._in_picture(self._pointer_xy)

    @property
    def moved_at(self) -> float:
        """When the mouse moved last, by `platforms.clock.now`; minus infinity before it did."""
        return self._moved_at

    @property
    def held(self) -> bool:
        """Whether the left button is held down."""
        return self._held

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        if self._open and not self.closed:
            self._full = not self._full
            self._settled_at = clock.now() + SETTLING_S
            mode = cv2.WINDOW_FULLSCREEN if self._full else cv2.WINDOW_NORMAL
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, mode)

    @property
    def closed(self) -> bool:
        """Whether the user closed the window, or `close` did."""
        if self._open and not self._closed:
            try:
                visible = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1
                self._closed = not visible and windows.can_be_closed()
            except cv2.error:  # OpenCV 4.14 knows no closed window
                self._closed = True
        return self._closed

    def close(self) -> None:
        """Close the window; may be called twice."""
        if self._open and not self.closed:
            cv2.destroyWindow(self._title)
            cv2.pollKey()  # without it the window stays on some desktops
        self._closed = True
        if self._screen is not None:
            self._screen.close()

    def __enter__(self) -> Window:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _must_probe(self) -> bool:
        now = clock.now()
        if not (
            self._hides_room and self._open and (now < self._settled_at or now >= self._next_probe)
        ):
            return False
        self._next_probe = now + PROBE_S
        return True

    def _room_wh(self) -> tuple[int, int]:
        """The (width, height) of the window's inside in pixels."""
        if not self._open:
            return self._first_wh
        if not windows.tells_size():
            return (windows.screen_wh() or self._first_wh) if self._full else self._asked_wh
        width, height = cv2.getWindowImageRect(self._title)[2:]
        # Some platforms say nothing of a window that is not painted yet, or is minimized.
        return (width, height) if width > 0 and height > 0 else self._first_wh

    def _open_window(self, picture: np.ndarray) -> None:
        # The aspect ratio is kept here and not by OpenCV, which leaves small pictures small.
        flags = cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL
        try:
            cv2.namedWindow(self._title, flags)
        except cv2.error as exc:
            raise NoScreenError(
                "This OpenCV cannot open windows (opencv-python-headless?): "
                "`pip install opencv-python`, or add `--no-window`."
            ) from exc
        self._open = True
        self._settled_at = clock.now() + SETTLING_S
        self._resize((picture.shape[1], picture.shape[0]))
        cv2.setMouseCallback(self._title, self._on_mouse)

    def _resize(self, source_wh: tuple[int, int]) -> None:
        """Give the window the shape of the source."""
        self._asked_wh = fitted(source_wh, self._first_wh)
        cv2.resizeWindow(self._title, *self._asked_wh)

    def _on_mouse(self, event: int, x: int, y: int, flags: int, data: object) -> None:
        self._pointer_xy = x, y
        if event == cv2.EVENT_LBUTTONDOWN:
            self._click, self._held = (x, y), True
        elif event == cv2.EVENT_LBUTTONUP:
            self._held = False
        elif event == cv2.EVENT_MOUSEMOVE:
            # A release outside of the window is reported by nothing but the next move.
            self._held = self._held and bool(flags & cv2.EVENT_FLAG_LBUTTON)
            rest = self._rest_xy
            if rest is None:
                self._rest_xy = x, y
            elif max(abs(x - rest[0]), abs(y - rest[1])) >= JITTER_PX:
                self._rest_xy, self._moved_at = (x, y), clock.now()

    def _in_picture(self, xy: tuple[int, int] | None) -> tuple[int, int] | None:
        """Convert a point of the window to pixels of the picture that was shown last."""
        return None if xy is None else (xy[0] - self._corner_xy[0], xy[1] - self._corner_xy[1])
