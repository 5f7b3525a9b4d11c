"""Show annotated images in a window."""

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

INITIAL_MAX_WH = (1280, 720)
"""Largest initial size of the window, (width, height) in pixels; images are doubled at most."""

EMPTY_GREY = 24
"""Grey level of a window that has nothing to show yet, 0 to 255."""

MAX_SCREEN_WH, OVERSIZED_FRAMES = (3840, 2160), 8
"""While the size of the full screen is unknown, so many frames are enlarged to this (width, height)
in pixels: a window manager takes some frames to switch."""

EMPTY_WINDOW_POLLS = 8


class Window(Sink):
    """A window that the user may resize; to be used in the main thread only.

    It opens with the first image. Measured at 1280x720 on an X server without a graphics card:
    0.3 ms for `write`, 2.3 ms for `poll`, which is when the image is painted.

    Args:
        title: The window's title.

    Raises:
        NoScreenError: There is no screen.
    """

    wants_picture = True

    def __init__(self, title: str) -> None:
        self._screen = prepare_screen()
        self._title = title
        self._is_open = False
        self._size_wh = (0, 0)
        self._closed = False
        self._click: tuple[int, int] | None = None
        self._shown_wh = (0, 0)
        self._is_full_screen, self._oversized_left = False, 0
        self._screen_wh: tuple[int, int] | None = None

    def write(self, result: Result | None, picture: Image | np.ndarray | None) -> None:
        """Show an image, unless the window is closed.

        Args:
            result: Not used.
            picture: The image; an array is uint8 (H, W, 3), BGR. None shows nothing.
        """
        if self.closed or picture is None:
            return
        picture = as_image(picture, "picture").bgr()
        size_wh = picture.shape[1], picture.shape[0]
        if not self._is_open:
            self._open()
        if size_wh != self._size_wh:
            self._size_wh = size_wh
            scale = min(INITIAL_MAX_WH[0] / size_wh[0], INITIAL_MAX_WH[1] / size_wh[1], 2.0)
            cv2.resizeWindow(self._title, *(round(side * scale) for side in size_wh))
        if self._is_full_screen:
            picture = self._enlarged(picture)
        self._shown_wh = picture.shape[1], picture.shape[0]
        cv2.imshow(self._title, picture)
        self._is_open = True

    def stand(self) -> None:
        """Open the window, dark and empty, and wait until it is painted (about 50 ms)."""
        width, height = INITIAL_MAX_WH
        self.write(None, np.full((height, width, 3), EMPTY_GREY, np.uint8))
        for _ in range(EMPTY_WINDOW_POLLS):
            self.poll()
            time.sleep(0.005)

    def poll(self) -> str | None:
        """Paint the window and return the key pressed since the last call.

        Returns:
            The key's name (see `keys.key_name`); None if there was none.
        """
        if not self._is_open or self._closed:
            return None
        return key_name(cv2.pollKey())

    def clicked(self) -> tuple[int, int] | None:
        """Return where the user clicked since the last call.

        Returns:
            (x, y) in pixels of the image; None if there was no click.
        """
        click, self._click = self._click, None
        if click is None:
            return None
        (x, y), (width, height), (wide, high) = click, self._size_wh, self._shown_wh
        return x * width // wide, y * height // high

    def toggle_full_screen(self) -> None:
        """Switch between the full screen and a window."""
        if self._is_open and not self.closed:
            self._is_full_screen = not self._is_full_screen
            self._screen_wh, self._oversized_left = None, OVERSIZED_FRAMES
            mode = cv2.WINDOW_FULLSCREEN if self._is_full_screen else cv2.WINDOW_NORMAL
            cv2.setWindowProperty(self._title, cv2.WND_PROP_FULLSCREEN, mode)

    def _enlarged(self, picture: np.ndarray) -> np.ndarray:
        """Return the image enlarged to fill the full screen.

        OpenCV 4.11's windows shrink images that are too large, but enlarge none, and do not say how
        much room there is: so the first ones are oversized, to see what size they are shown in.
        """
        width, height = self._size_wh
        screen_wh = self._screen_wh
        if self._oversized_left:
            self._oversized_left -= 1
            screen_wh = MAX_SCREEN_WH
        elif screen_wh is None:
            _, _, *sides = cv2.getWindowImageRect(self._title)
            screen_wh = self._screen_wh = sides[0], sides[1]
        scale = min(screen_wh[0] / width, screen_wh[1] / height)
        return cv2.resize(picture, None, fx=scale, fy=scale) if scale > 1 else picture

    @property
    def closed(self) -> bool:
        """Whether the user closed the window, or `close` did."""
        if self._is_open and not self._closed:
            try:
                self._closed = cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) < 1
            except cv2.error:  # OpenCV 4.14 does not know a closed window
                self._closed = True
        return self._closed

    def close(self) -> None:
        """Close the window; may be called twice."""
        if self._is_open and not self.closed:
            cv2.destroyWindow(self._title)
            cv2.pollKey()  # without this, the window stays on some desktops
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
