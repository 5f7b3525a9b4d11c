"""Write beside a log how it was made, once there is something in it."""

from __future__ import annotations

from pathlib import Path

from emoapp import provenance
from emoapp.provenance import Provenance
from emoapp.sinks.base import FileSink
from emoapp.types import Result
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)


class DescribedLog(FileSink):
    """A log with a file beside it that says how it was made.

    That file is written with the first result: a log that stays empty is removed, and leaves none.
    The log goes on where it can't be written.

    Args:
        log: The log; taken over, and closed.
        path: The log's final name.
        about: How the log is made.
    """

    def __init__(self, log: FileSink, path: Path, about: Provenance) -> None:
        self._log = log
        self._path = path
        self._about: Provenance | None = about

    def write(self, result: Result) -> None:
        """Add the rows of a result; see `Sink.write`."""
        self._log.write(result)
        if self._about is not None:
            about, self._about = self._about, None
            self._describe(about)

    def _describe(self, about: Provenance) -> None:
        try:
            written = provenance.write(self._path, about)
        except OSError as exc:
            logger.warning("how %s is made is not written beside it: %s", self._path, exc)
            return
        if not written:
            logger.warning("how %s is made is not written beside it", self._path)

    def close(self) -> None:
        """Finish the log; may be called twice."""
        self._log.close()

    def abandon(self) -> None:
        """Abandon the log."""
        self._log.abandon()

    def fileno(self) -> int:
        """Return the descriptor whose lock keeps other processes away."""
        return self._log.fileno()
