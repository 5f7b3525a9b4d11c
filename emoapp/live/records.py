"""What a live run writes down of its companion's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from emoapp.config import LiveConfig
from emoapp.sinks.files import cannot_write, check_target

if TYPE_CHECKING:
    from emoapp.companion.companion import Companion

SUFFIX = ".companion.jsonl"
"""Of the file with the companion's words, beside the log."""


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
            path = check_target(config.log.with_suffix(SUFFIX), overwrite=config.overwrite)
            try:
                record = stack.enter_context(open(path, "w", encoding="utf-8"))
            except OSError as exc:
                raise cannot_write(path, exc) from exc
        companion = Companion(config.companion, log=record)
        stack.callback(companion.close)
        yield companion
