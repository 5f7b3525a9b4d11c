"""Check the files that a run is to write, before it opens a camera in vain."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from emoapp.sinks import check_log_name
from emoapp.sinks.files import check_rights, check_target
from emoapp.utils.files import is_special
from emoapp.utils.outputs import check_outputs


def check_targets(
    *,
    record: Path | None = None,
    log: Path | None = None,
    others: tuple[Path | None, ...] = (),
    inputs: Iterable[str | os.PathLike[str] | None] = (),
    overwrite: bool,
    codec: str | None = None,
    crf: int | None = None,
) -> None:
    """Raise what opening these files would raise; create none.

    Args:
        record: A recording; None for none.
        log: A table of results; None for none.
        others: Any other files; None is skipped.
        inputs: What is read and must not be overwritten (see `outputs.check_outputs`).
        overwrite: Replace existing files.
        codec: The codec of the recording (see `codecs.choose`).
        crf: The quality of the recording (see `codecs.choose`).

    Raises:
        SinkError: A file exists and must not be replaced, or cannot be written (no folder, no
            rights, disk full).
        UsageError: An output is also an input or another output, a suffix is not supported, or
            options do not go together.
    """
    check_outputs((record, log, *others), inputs)
    if record is not None:
        from emoapp.sinks.codecs import choose

        choose(record, codec, crf)
    if log is not None:
        check_log_name(log)
    for path in filter(None, (record, log, *others)):
        # Devices and pipes, such as /dev/stdout, can be neither replaced nor lost.
        if is_special(path):
            continue
        check_target(path, overwrite=overwrite)
        check_rights(path)
