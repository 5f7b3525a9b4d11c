"""What a live run writes down of its companion's words."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from emoapp.config import LiveConfig
from emoapp.files import create
from emoapp.sinks.files import cannot_write, check_target

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion

SUFFIX = ".companion.jsonl"
"""Of the file with the companion's words, beside the log."""


def companion_log(log: Path) -> Path:
    """Where the companion's words go, beside a log."""
    return log.with_suffix(SUFFIX)


@contextmanager
def open_companion(config: LiveConfig) -> Iterator[Companion | None]:
    """The companion that is asked for; None for none. It ends with the block, whatever it does.

    Raises SinkError where its file can't be written.
    """
    if config.companion is None:
        yield None
        return
    from emoapp.companion.companion import Companion

    with ExitStack() as stack:
        record = None
        if config.log is not None:
            path = check_target(companion_log(config.log), overwrite=config.overwrite)
            try:
                file = stack.enter_context(create(path, overwrite=config.overwrite))
                record = stack.enter_context(io.TextIOWrapper(file, encoding="utf-8"))
            except OSError as exc:
                raise cannot_write(path, exc) from exc
        companion = Companion(config.companion, log=record)
        stack.callback(companion.close)
        yield companion
