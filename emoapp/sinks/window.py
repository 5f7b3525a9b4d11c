"""Shows the annotated pictures in a window."""

from __future__ import annotations

import time

import cv2
import numpy as np

from emoapp.errors import NoScreenError
from emoapp.images import Image, as_image
from emoapp.sinks.base import Sink
from emoapp.sinks.keys import key_name
from emoapp.sinks.screen import prepare_screen
from emoapp.types import Result

LARGEST_WH = (1280, 720)
"""The window's size at first, (width, height) in pixels; small pictures are doubled at most."""

EMPTY = 24
"""Grey of a window that has nothing to show yet, 0 to 255."""

LARGEST_SCREEN_WH, TRIALS = (3840, 2160), 8
"""Until it is known how much room a full screen has, pictures are made as large as this; a window
manager takes some frames to make the room."""

STAND_POLLS = 8


class Window(Sink):
    """A window that the user may resize; to be used in the main thread only.

    Opens with the first picture. Measured at 1280x720 on an X server without a graphics card:
    0.3 ms for `write`, 2.3 ms for `poll`, which is when the picture is painted.

    Raises NoScreenError where there is no screen.
    """

    wants_picture = True

    def __init__(self, title: str) -> None:
        self._screen = prepare_screen()
        self._title = title
        self._shown = False
        self._size_wh = (0, 0)
        self._closed = False
        self._click: tuple[int, int] | None = None
        self._shown_wh = (0, 0)
        self._full, self._trials = False, 0
        self._room_wh: tuple[int, int] | None = None

    def write(self, result: Result | None, picture: Image | np.ndarray | None) -> None:
        """Show `picture`, an array is uint8 (H, W, 3), BGR; nothing once the window is closed."""
        if self.closed or picture is None:
            return
        picture = as_image(picture, "picture").bgr()
        size_wh = picture.shape[1], picture.shape[0]
        if not self._shown:
            self._open()
        if size_wh != self._size_wh:
            self._size_wh = size_wh
            scale = min(LARGEST_WH[0] / size_wh[0], LARGEST_WH[1] / size_wh[1], 2.0)
            cv2.resizeWindow(self._title, *(round(side * scale) for side in size_wh))
        if self._full:
            picture = self._filling(picture)
        self._shown_wh = picture.shape[1], picture.shape[0]
        cv2.imshow(self._title, picture)
        self._shown = True

    def stand(self) -> None:
        """Open the window, dark and empty, and wait until it is painted (about 50 ms)."""
        width, height = LARGEST_WH
        self.write(None, np.full((height, width, 3), EMPTY, np.uint8))
        for _ in range(STAND_POLLS):
            self.poll()
            time.sleep(0.005)

    def poll(self) -> str | None:
        """Let the window paint itself; the key pressed since the last call, None where none was.

        "esc", "enter", "space", "tab", "backspace", "left", "right", "up", "down", "home", "end",
        "page up", "page down", or one small letter, digit or sign.
        """
        if not self._shown or self._closed:
            return None
        return key_name(cv2.pollKey())

    def clicked(self) -> tuple[int, int] | None:
        """Where the user clicked since the last call: x, y in pixels of the picture, or None."""
        click, self._click = self._click, None
        if click is None:
            return None
        (x, y), (width, height), (wide, high) = click, self._size_wh, self._shown_wh
        return x * width // wide, y * height // high

    def toggle_full_screen(self) -> None:
        """Fill the screen, or go back to a window."""
        if self._shown and not self.closed:
            self._full, self._room_wh, self._trials = not self._full, None, TRIALS
            how = cv2.WINDOW_FULLSCREEN if self._full else cv2.WINDOW_NORMAL
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, how)

    def _filling(self, picture: np.ndarray) -> np.ndarray:
        """The picture, enlarged to the room that the full screen has for it.

        OpenCV 4.11's windows make pictures smaller that find no room, but none larger, and do not
        say how much room there is: so a few are sent too large, to see what becomes of them.
        """
        width, height = self._size_wh
        room_wh = self._room_wh
        if self._trials:
            self._trials -= 1
            room_wh = LARGEST_SCREEN_WH
        elif room_wh is None:
            _, _, *sides = cv2.getWindowImageRect(self._title)
            room_wh = self._room_wh = sides[0], sides[1]
        scale = min(room_wh[0] / width, room_wh[1] / height)
        return cv2.resize(picture, None, fx=scale, fy=scale) if scale > 1 else picture

    @property
    def closed(self) -> bool:
        """Whether the user closed the window, or `close` did."""
        if self._shown and not self._closed:
            try:
                self._closed = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1
            except cv2.error:  # OpenCV 4.14 knows no closed window
                self._closed = True
        return self._closed

    def close(self) -> None:
        if self._shown and not self.closed:
            cv2.destroyWindow(self._title)
            cv2.pollKey()  # without it the window stays on some desktops
        self._closed = True
        if self._screen is not None:
            self._screen.close()

    def _open(self) -> None:
        flags = cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL
        try:
            cv2.namedWindow(self._title, flags)
        except cv2.error as exc:
            raise NoScreenError(
                "This OpenCV cannot open windows (opencv-python-headless?): "
                "`pip install opencv-python`, or add `--no-window`."
            ) from exc
        cv2.setMouseCallback(self._title, self._on_mouse)

    def _on_mouse(self, event: int, x: int, y: int, flags: int, data: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN:
            self._click = x, y
