"""Keep what is drawn from jumping to and fro."""

from __future__ import annotations


class Patience:
    """Delay a change until it was wanted for a while without a break.

    Args:
        seconds: For how long.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._since: float | None = None

    def over(self, wanted: bool, now: float, seconds: float | None = None) -> bool:
        """Return whether the change is due.

        Args:
            wanted: Whether it is wanted now.
            now: Seconds, by any clock; an earlier time than before begins the wait anew.
            seconds: For how long it must have been wanted; None for the usual time.
        """
        if not wanted:
            self._since = None
            return False
        if self._since is None or now < self._since:
            self._since = now
        if now - self._since < (self._seconds if seconds is None else seconds):
            return False
        self._since = None
        return True
