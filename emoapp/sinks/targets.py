"""Checks of the files that a run is asked to write, before it opens a camera in vain."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from emoapp.sinks import check_log_name
from emoapp.sinks.files import check_rights, check_target
from emoapp.utils.files import check_outputs, is_special


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
    """Raise what opening these files would raise; None is passed over, and no file is made.

    record: a recording, encoded with `codec` and `crf` (see `codecs.choose`).
    log: a table of results.
    others: any other file.
    inputs: what is read, which must not be written (see `files.check_outputs`).
    overwrite: replace files that are there.

    Raises SinkError: a file exists and must not be replaced, no folder, no rights, disk full.
    UsageError: an output that is an input or another output, a suffix that names no such file,
    options that do not go together.
    """
    check_outputs((record, log, *others), inputs)
    if record is not None:
        from emoapp.sinks.codecs import choose

        choose(record, codec, crf)
    if log is not None:
        check_log_name(log)
    for path in filter(None, (record, log, *others)):
        # What is no file, such as /dev/stdout, can be neither replaced nor lost.
        if is_special(path):
            continue
        check_target(path, overwrite=overwrite)
        check_rights(path)
