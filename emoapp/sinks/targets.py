"""Checks of the files that a run is asked to write, before it opens a camera in vain."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from emoapp.errors import UsageError
from emoapp.sinks import check_log_name
from emoapp.sinks.files import cannot_write, check_target


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
    UsageError: a suffix that names no such file, options that do not go together, one name twice.
    """
    if record is not None:
        from emoapp.sinks.codecs import choose

        choose(record, codec, crf)
    if log is not None:
        check_log_name(log)
    seen: set[Path] = set()
    for path in (record, log, *others):
        # What is no file, such as /dev/stdout, can be neither replaced nor lost.
        if path is None or (path.exists() and not path.is_file() and not path.is_dir()):
            continue
        check_target(path, overwrite=overwrite)
        _check_rights(path)
        if path.resolve() in seen:
            raise UsageError(f"{path} is asked for twice; give each file a name of its own.")
        seen.add(path.resolve())


def _check_rights(path: Path) -> None:
    try:
        if path.exists():
            os.close(os.open(path, os.O_WRONLY))
        # Some folders let nobody write whatever their mode says, so it is tried out.
        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as file:
            file.write(b"\0")
    except OSError as exc:
        raise cannot_write(path, exc) from exc
