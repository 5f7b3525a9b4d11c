"""Checks of the files that a run is asked to write, before it opens a camera in vain."""

from __future__ import annotations

from pathlib import Path

from emoapp.sinks import check_log_name
from emoapp.sinks.files import check_rights, check_target


def check_targets(
    *,
    record: Path | None = None,
    log: Path | None = None,
    others: tuple[Path | None, ...] = (),
    overwrite: bool,
    codec: str | None = None,
    crf: int | None = None,
) -> None:
    """Raise what opening these files would raise; None is passed over, and no file is made.

    record: a recording, encoded with `codec` and `crf` (see `codecs.choose`).
    log: a table of results.
    others: any other file.

    Raises SinkError: a file exists and `overwrite` is False, no folder, no rights, disk full.
    UsageError: a suffix that names no such file, options that do not go together.
    """
    if record is not None:
        from emoapp.sinks.codecs import choose

        choose(record, codec, crf)
    if log is not None:
        check_log_name(log)
    for path in filter(None, (record, log, *others)):
        # What is no file, such as /dev/stdout, can be neither replaced nor lost.
        if path.exists() and not path.is_file() and not path.is_dir():
            continue
        check_target(path, overwrite=overwrite)
        check_rights(path)
