"""Estimate how long a recording can go on until its disk is full."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable
from pathlib import Path

LOOK_S = 1.0
"""Between two looks at the file: fragments of about a second are written at once."""

OVER_S = 10.0
"""The rate of writing is that of the last so many seconds."""

GAP_S = 3.0
"""Longer between two looks: nothing was recorded meanwhile, and measuring begins anew."""

ENOUGH_S = 60.0
"""With more room than this nothing needs to be said."""


def free_bytes(folder: Path) -> int:
    """Return how many bytes may still be written there."""
    return shutil.disk_usage(folder).free


class RoomWatch:
    """Watch a growing file and the space left on its disk.

    free: how many bytes are free in a folder.
    """

    def __init__(self, path: Path, *, free: Callable[[Path], int] = free_bytes) -> None:
        self._path, self._free = path, free
        self._looks: deque[tuple[float, int]] = deque()
        self._left_s: float | None = None

    def short_s(self, now: float) -> float | None:
        """Return the seconds until the disk is full if they are few; None if there is enough space.

        now: seconds by a steady clock. To be called often: it looks once a second.
        """
        if not self._looks or now - self._looks[-1][0] >= LOOK_S:
            try:
                self._look(now)
            except OSError:  # Gone, or the disk does not answer: writing to it will say why.
                self._left_s = None
        return self._left_s

    def _look(self, now: float) -> None:
        looks = self._looks
        if looks and now - looks[-1][0] > GAP_S:
            looks.clear()
        looks.append((now, self._path.stat().st_size))
        while now - looks[0][0] > OVER_S:
            looks.popleft()
        (began, before), (_, size) = looks[0], looks[-1]
        if size <= before:
            return
        left_s = self._free(self._path.absolute().parent) * (now - began) / (size - before)
        self._left_s = left_s if left_s < ENOUGH_S else None
