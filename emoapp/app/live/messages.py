"""Show messages to the user of a window."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from emoapp.errors import EmoappError, SinkError
from emoapp.platforms import clock
from emoapp.platforms.windows import quit_hint
from emoapp.utils.language import N_, translated
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import complain, say

if TYPE_CHECKING:
    from emoapp.overlay import Overlay
    from emoapp.profiles.profile import Profile

logger = get_logger(__name__)

HINT_S = 6.0
NOTICE_S, SAVED_S = 2.5, 5.0
"""Seconds that a notice stays; the name of a file takes longer to read."""


class Messages:
    """Collect messages for the next picture; print those that matter, too.

    Attributes:
        faults: What could not be written, a line each. A run that has one ends with the exit status
            of an error.
        last_saved: The file that was saved last; None for none.
        profile: What was learned of a face; None for nothing.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.last_saved: Path | None = None
        self.profile: Profile | None = None
        self._waiting: deque[Callable[[Overlay], None]] = deque()

    def notice(
        self,
        text: str,
        *,
        seconds: float = NOTICE_S,
        picture: np.ndarray | None = None,
        logged: bool = True,
    ) -> None:
        """Show one quiet line that disappears by itself.

        Args:
            text: The line.
            seconds: How long it stays.
            picture: uint8 (H, W, 3), BGR, shown small above it; None for none.
            logged: Whether it goes into the diagnostic log, which holds no expressions.
        """
        if logged:
            logger.info("notice: %s", text)
        self._waiting.append(
            lambda overlay: overlay.notify(text, now=clock.now(), seconds=seconds, picture=picture)
        )

    def hint(self) -> None:
        """Tell during the first seconds which keys explain all others and end the program."""
        hints = map(translated, filter(None, (N_("h: keys"), quit_hint())))
        self.notice("    ".join(hints), seconds=HINT_S)

    def clear(self) -> None:
        """Forget the messages that were not shown yet."""
        self._waiting.clear()

    def saved(self, path: Path, picture: np.ndarray | None = None) -> None:
        """Tell where a file is, in the window and on the terminal.

        Args:
            path: The file.
            picture: uint8 (H, W, 3), BGR, a picture of what it holds; None for none.
        """
        self.last_saved = path.absolute()
        say(f"saved {self.last_saved}")
        self.notice(f"saved {self.last_saved}", seconds=SAVED_S, picture=picture)

    def warning(self, text: str, about: object) -> None:
        """Show one line about what may soon go wrong; standard error also gets the details."""
        complain(f"{text} ({about})")
        line = text[0].upper() + text[1:]
        self._waiting.append(lambda overlay: overlay.warn(line, now=clock.now()))

    def alert(self, title: str, text: str) -> None:
        """Show a panel that stays until the user has acknowledged it."""
        self._waiting.append(lambda overlay: overlay.alerts.add(title, text))

    def fault(self, title: str, error: EmoappError) -> None:
        """Show an alert about what could not be written, and print the error at once.

        Args:
            title: What has ended, in a few words.
            error: Why.
        """
        logger.error("%s", error, exc_info=error)
        complain(error)
        self.faults.append(str(error))
        self.alert(title, _short(error))

    def show(self, overlay: Overlay) -> None:
        """Hand the messages since the last call to an overlay."""
        while self._waiting:  # another thread may add to them
            self._waiting.popleft()(overlay)


def _short(error: EmoappError) -> str:
    """Return the error without folders, whose names may be long."""
    if not isinstance(error, SinkError) or not error.reason:
        return str(error)
    kept = f"What was written is kept as {error.kept.name}." if error.kept else ""
    return " ".join(filter(None, [f"{error.reason}.", kept, error.advice]))
