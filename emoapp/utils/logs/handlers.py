"""Write log records to files of bounded size and to the terminal."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from emoapp.utils.addresses import redact_url
from emoapp.utils.terminal import say

MAX_FILE_BYTES = 1_000_000
"""Size at which the log continues in another file; the first and the last two files are kept."""

CHECK_INTERVAL_S = 5.0

_FORMAT = "%(asctime)s.%(msecs)03d %(levelname)s %(process)d %(threadName)s %(name)s: %(message)s"


class RedactingFormatter(logging.Formatter):
    """Removes users, passwords and queries of addresses, also in tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text."""
        return redact_url(super().format(record))


class FileHandler(logging.Handler):
    """Append records to a file that native code also writes to.

    A thread checks the file's size, since native code writes at any time. Writing never raises an
    error, so that a full disk ends nothing.

    Args:
        folder: The files are FOLDER/NAME.log, FOLDER/NAME.2.log, ...
        name: See `folder`.

    Attributes:
        moved: Called with the descriptor of each further file; None for no call.
        descriptor: The descriptor of the current file.

    Raises:
        OSError: The file cannot be created.
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
        """The current file."""
        return self._path_of(self._part)

    def emit(self, record: logging.LogRecord) -> None:
        """Append a record."""
        try:
            line = self.format(record) + "\n"
            # One call per record, so that native code cannot write into the middle of it.
            os.write(self.descriptor, line.encode("utf-8", "backslashreplace"))
        except OSError:
            return
        except Exception:
            self.handleError(record)

    def go_on_if_full(self) -> None:
        """Start the next file if the current one has `MAX_FILE_BYTES`."""
        self.acquire()
        try:
            try:
                if os.fstat(self.descriptor).st_size < MAX_FILE_BYTES:
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
        if self._part > 3:  # The first says what was run and where.
            self._path_of(self._part - 2).unlink(missing_ok=True)

    def close(self) -> None:
        """Stop checking the file's size; may be called twice."""
        self._closing.set()
        super().close()

    def _path_of(self, part: int) -> Path:
        return self._folder / f"{self._name}{f'.{part}' if part > 1 else ''}.log"

    def _watch(self) -> None:
        while not self._closing.wait(CHECK_INTERVAL_S):
            self.go_on_if_full()


class TerminalHandler(logging.Handler):
    """Show records on the current standard error."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(RedactingFormatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record."""
        try:
            say(self.format(record), file=sys.stderr)
        except (OSError, ValueError):  # the terminal was closed
            return


def _create(path: Path) -> int:
    # Exclusively: an existing file belongs to another process. Readable only by the user.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
    return os.open(path, flags, 0o600)
