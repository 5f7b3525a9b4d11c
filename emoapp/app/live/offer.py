"""Offer the demo clip inside the window where no camera can be opened."""

from __future__ import annotations

import time

import numpy as np

from emoapp.config import OverlayConfig
from emoapp.errors import CameraError
from emoapp.platforms import clock
from emoapp.sinks.window import FIRST_WH, Window
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import complain

logger = get_logger(__name__)

ANSWER_S = 30.0
"""For this long the window waits for an answer."""

POLL_S = 0.03


def accepts_demo(
    window: Window, error: CameraError, *, seconds: float | None, parts: OverlayConfig
) -> bool:
    """Say in the window why there is no camera, and ask whether to play the demo clip.

    Args:
        window: The window; keys are read from it.
        error: Why there is no camera.
        parts: How text is drawn.
        seconds: End of the run, after which nobody is asked any more; None for no end.

    Returns:
        Whether the user wants the demo.
    """
    from emoapp.overlay import Overlay

    logger.warning("no camera, the demo is offered: %s", error)
    overlay, until = Overlay((), parts), clock.now() + min(ANSWER_S, seconds or ANSWER_S)
    while (left := until - clock.now()) > 0 and not window.closed:
        width, height = window.fit(FIRST_WH)
        image = np.full((height, width, 3), 32, np.uint8)
        text = f"Enter plays a demo clip instead.  q quits.  ({left:.0f} s)"
        overlay.draw_message(image, "No camera", f"{error}\n\n{text}")
        window.show(image)
        key = window.poll()
        if key in ("enter", "space"):
            complain(error)
            return True
        if key in ("q", "esc"):
            return False
        time.sleep(POLL_S)
    return False
