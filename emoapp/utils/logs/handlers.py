"""Where the records of the command line go: a file of bounded size, and the terminal."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from emoapp.utils.addresses import redact_url
from emoapp.utils.terminal import say

PART_BYTES = 1_000_000
"""When a file is followed by another; of these the first and the last two stay."""

CHECK_S = 5.0

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Formats without the users, passwords and queries of addresses, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        return redact_url(super().format(record))


class FileHandler(logging.Handler):
    """Append records to a file that native code writes to as well.

    The file's size is looked at from a thread: native code writes without asking. Raises OSError
    where the file can't be created; writing later never fails, so that a full disk ends nothing.

    folder, name: the files are FOLDER/NAME.log, FOLDER/NAME.2.log, ...
    moved: called with the descriptor of each further file.
    """

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__()
        self._folder, self._name = folder, name
        self._part = 1
        self.moved: Callable[[int], object] | None = None
        self.descriptor = _create(self.path)
        self.setFormatter(RedactingFormatter(_FORMAT, "%Y-%m-%d %H:%M:%S"))
        self._closing = threading.Event()
        threading.Thread(target=self._watch, name="log size", daemon=True).start()

    @property
    def path(self) -> Path:
        """The file that is written at present."""
        return self._path_of(self._part)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record) + "\n"
            # One call for each record, so that native code can't write into the middle of it.
            os.write(self.descriptor, line.encode("utf-8", "backslashreplace"))
        except OSError:
            return
        except Exception:
            self.handleError(record)

    def go_on_if_full(self) -> None:
        """Begin the next file where this one has `PART_BYTES`."""
        self.acquire()
        try:
            try:
                if os.fstat(self.descriptor).st_size < PART_BYTES:
                    return
                following = _create(self._path_of(self._part + 1))
            except OSError:
                return  # The disk may have room later.
            self._begin_next(following)
        finally:
            self.release()

    def _begin_next(self, descriptor: int) -> None:
        self._part += 1
        if self.moved is not None:
            self.moved(descriptor)
        os.close(self.descriptor)
        self.descriptor = descriptor
        if self._part > 3:  # The first says what was run where.
            self._path_of(self._part - 2).unlink(missing_ok=True)

    def close(self) -> None:
        self._closing.set()
        super().close()

    def _path_of(self, part: int) -> Path:
        return self._folder / f"{self._name}{f'.{part}' if part > 1 else ''}.log"

    def _watch(self) -> None:
        while not self._closing.wait(CHECK_S):
            self.go_on_if_full()


class TerminalHandler(logging.Handler):
    """Show records on standard error, whatever that is at the time."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        try:
            say(self.format(record), file=sys.stderr)
        except (OSError, ValueError):  # the terminal was closed
            return


def _create(path: Path) -> int:
    # Exclusively: a file of that name is another process's. For the user's eyes only.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
    return os.open(path, flags, 0o600)
