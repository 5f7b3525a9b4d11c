"""What the user of a window is told while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from emoapp.errors import EmoappError, SinkError
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import complain

if TYPE_CHECKING:
    from emoapp.overlay import Overlay

logger = get_logger(__name__)


class Messages:
    """Takes messages at any time, for the next picture to show; what matters is printed too.

    faults: what could not be written, a line each. A run that has one ends with the exit status of
        an error.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._waiting: list[Callable[[Overlay], None]] = []

    def notice(self, text: str) -> None:
        """One quiet line that goes by itself."""
        logger.info("notice: %s", text)
        self._waiting.append(lambda overlay: overlay.notify(text, now=time.monotonic()))

    def warning(self, text: str, about: object) -> None:
        """One line of what may soon go wrong; on standard error also what it is about."""
        complain(f"{text} ({about})")
        line = text[0].upper() + text[1:]
        self._waiting.append(lambda overlay: overlay.warn(line, now=time.monotonic()))

    def alert(self, title: str, text: str) -> None:
        """A panel that stays until the user has acknowledged it."""
        self._waiting.append(lambda overlay: overlay.alerts.add(title, text))

    def fault(self, title: str, error: EmoappError) -> None:
        """An alert of what could not be written; the error itself goes to standard error at once.

        title: what has ended, in a few words.
        """
        logger.error("%s", error, exc_info=error)
        complain(error)
        self.faults.append(str(error))
        self.alert(title, _short(error))

    def show(self, overlay: Overlay) -> None:
        """Hand over what came since the last call."""
        waiting, self._waiting = self._waiting, []
        for put in waiting:
            put(overlay)


def _short(error: EmoappError) -> str:
    """What finds room in the window: no folders, for their names may be long."""
    if not isinstance(error, SinkError) or not error.reason:
        return str(error)
    kept = f"What was written is kept as {error.kept.name}." if error.kept else ""
    return " ".join(filter(None, [f"{error.reason}.", kept, error.advice]))
