"""Welcome those who start the window for the first time."""

from __future__ import annotations

import os
from pathlib import Path

from emoapp.overlay import Overlay
from emoapp.overlay.blend import Painter
from emoapp.overlay.panels import message
from emoapp.platforms import clock
from emoapp.utils.language import N_, _
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

TITLE = N_("emoapp reads facial expressions")
LINES = (
    N_("Nothing leaves this computer or is saved unless you ask for it."),
    N_("h shows the keys; the mouse brings buttons."),
)
SECONDS = 8.0
VARIABLE = "EMOAPP_STATE_DIR"
"""Names the folder of what is remembered between two starts."""


def state_folder() -> Path:
    """Return the folder of what is remembered: EMOAPP_STATE_DIR, or the platform's for state."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    import platformdirs

    return Path(platformdirs.user_state_dir("emoapp", appauthor=False))


class Welcome:
    """Three lines that the first start shows, and no other: on the screen, in no recording."""

    def __init__(self) -> None:
        self._until: float | None = None

    def begin(self) -> bool:
        """Show the lines if this is the first start; where that cannot be noted, it is not.

        Returns:
            Whether they are shown.
        """
        try:
            folder = state_folder()
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "welcomed").open("x"):
                pass
        except OSError as exc:
            logger.debug("no welcome: %s", exc)
            return False
        self._until = clock.now() + SECONDS
        return True

    @property
    def shown(self) -> bool:
        """Whether the lines are on display now."""
        return self._until is not None and clock.now() < self._until

    def end(self) -> bool:
        """Take the lines away; return whether they were there."""
        shown, self._until = self.shown, None
        return shown

    def draw(self, painter: Painter, overlay: Overlay, size_wh: tuple[int, int]) -> None:
        """Draw the lines low in the middle of the picture.

        Args:
            painter: Draws on the picture.
            overlay: Whose text size and contrast they share.
            size_wh: Of the picture, (width, height) in pixels.
        """
        sizes = overlay.sizes(size_wh)
        panel = message(_(TITLE), "\n".join(map(_, LINES)), sizes)
        lowest = sizes.height - panel.height - sizes.margin
        y = max(0, min(lowest, lowest - 3 * sizes.text))
        painter.paste(panel, (sizes.width - panel.width) // 2, y)
