"""Write the log of a live run and the words of its companion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.app.live.messages import Messages
from emoapp.config import LiveConfig
from emoapp.errors import SinkError
from emoapp.sinks import Sink
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sinks.lines import LineFile
from emoapp.types import Result
from emoapp.utils.files import create

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion

SUFFIX = ".companion.jsonl"
"""Of the file with the companion's words, beside the log."""


class LastingLog(Sink):
    """A log that ends when it can't be written any more, without ending the window.

    Takes `log` over and closes it; `messages` is told why it ended.
    """

    def __init__(self, log: Sink, messages: Messages) -> None:
        self._log: Sink | None = log
        self._messages = messages

    def write(self, result: Result) -> None:
        """Write a result, unless the log has ended."""
        if self._log is None:
            return
        try:
            self._log.write(result)
        except SinkError as exc:
            log, self._log = self._log, None
            with suppress(SinkError):
                log.abandon()
            self._messages.fault("The log has ended", exc)

    def close(self) -> None:
        """Finish the log; report a failure instead of raising it."""
        log, self._log = self._log, None
        if log is None:
            return
        try:
            log.close()
        except SinkError as exc:
            self._messages.fault("The log could not be finished", exc)


class CompanionRecord:
    """A file of whole lines, for `print`; its failure ends it and nothing else."""

    def __init__(self, file: LineFile, messages: Messages) -> None:
        self._file, self._messages = file, messages
        self._line = ""

    def write(self, text: str) -> int:
        """Collect text until `flush`."""
        self._line += text
        return len(text)

    def flush(self) -> None:
        """Write the collected text as one line."""
        line, self._line = self._line, ""
        if self._file.closed:
            return
        try:
            self._file.add(line)
        except SinkError as exc:
            self._messages.fault("The companion's log has ended", exc)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def report_unwritten(config: LiveConfig, messages: Messages) -> None:
    """Report what was asked for and not written, as the run ended before it had begun."""
    for path in filter(None, (config.record, config.log)):
        error = SinkError(f"{path} was not written: it was over before a face was analyzed.")
        messages.fault("Nothing was written", error)


def companion_path(config: LiveConfig) -> Path | None:
    """Return where the companion's words are written; None for nowhere."""
    if config.companion is None or config.log is None:
        return None
    return config.log.with_suffix(SUFFIX)


@contextmanager
def open_companion(config: LiveConfig, messages: Messages) -> Iterator[Companion | None]:
    """Open the requested companion, None for none; it ends with the block, whatever it does.

    Raises SinkError where its file can't be written.
    """
    if config.companion is None:
        yield None
        return
    from emoapp.companion.companion import Companion

    with ExitStack() as stack:
        record, path = None, companion_path(config)
        if path is not None:
            check_target(path, overwrite=config.overwrite)
            try:
                file = create(path, overwrite=config.overwrite)
            except OSError as exc:
                raise cannot_write(path, exc) from exc
            record = CompanionRecord(LineFile(file, path), messages)
            stack.callback(record.close)
        companion = Companion(config.companion, log=record)
        stack.callback(companion.close)
        yield companion
