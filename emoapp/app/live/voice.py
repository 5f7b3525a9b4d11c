"""Say the followed face's expression by the platform's voice, for those who cannot see it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable

from emoapp.app.live.messages import Messages
from emoapp.types import Track
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

INTERVAL_S = 3.0
"""Shortest time between two words."""

Say = Callable[[str], None]
"""Says a text and returns when it is said."""


def open_voice() -> Say:
    """Return the platform's voice; call this in the thread that speaks.

    Raises:
        Exception: There is none; pyttsx3 raises several kinds.
    """
    import pyttsx3

    engine = pyttsx3.init()

    def say(text: str) -> None:
        engine.say(text)
        engine.runAndWait()

    return say


class Voice:
    """Say the label of the followed face whenever it changes, in a background thread.

    What comes while it speaks is not queued: once it is silent, it says what is so by then.

    Args:
        messages: Is told where there is no voice.
        open_it: Returns what speaks; called in the thread.
    """

    def __init__(self, messages: Messages, open_it: Callable[[], Say] = open_voice) -> None:
        self._messages = messages
        self._open = open_it
        self._words: queue.Queue[str | None] = queue.Queue(maxsize=1)
        self._said: tuple[int, str] | None = None
        self._said_at = float("-inf")
        self._speaking = False
        self._failed = False
        # A voice that hangs must not keep the program from ending.
        threading.Thread(target=self._run, name="voice", daemon=True).start()

    def update(self, track: Track | None, *, now: float) -> None:
        """Take the followed track of a frame. Never waits.

        Args:
            track: The track; None for none.
            now: Seconds, monotonic.
        """
        if track is None or track.rejection is not None or self._speaking or self._failed:
            return
        new = track.id, track.label
        if new == self._said or now - self._said_at < INTERVAL_S:
            return
        try:
            self._words.put_nowait(track.label)
        except queue.Full:
            return
        self._said, self._said_at = new, now

    def close(self) -> None:
        """Let the thread end after its current word, without waiting for it."""
        try:
            self._words.put_nowait(None)
        except queue.Full:
            pass

    def _run(self) -> None:
        try:
            say = self._open()
            while (word := self._words.get()) is not None:
                self._speaking = True
                say(word)
                self._speaking = False
        except Exception as exc:  # whatever the platform's voice raises
            self._failed = True
            logger.warning("no voice: %s", exc, exc_info=exc)
            self._messages.alert("There is no voice", _reason(exc))


def _reason(error: Exception) -> str:
    """Return the first line of an error: pyttsx3 adds instructions for other platforms."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return f"{first} (on Linux, the packages espeak-ng and alsa-utils bring one)"
