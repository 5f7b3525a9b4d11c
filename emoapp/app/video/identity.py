"""Identify runs and files for the ledger."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from emoapp.config import VideoConfig


def absolute_name(path: Path) -> str:
    """Return the same text for all spellings of a path; a link at its end is not followed.

    Args:
        path: Any path.
    """
    return str(path.parent.resolve() / path.name)


def relative_to(path: Path, folder: Path) -> Path:
    """Return a path relative to a folder, or the absolute path if it lies elsewhere.

    Args:
        path: Any path.
        folder: The folder.
    """
    whole = Path(absolute_name(path))
    try:
        return whole.relative_to(folder.resolve())
    except ValueError:
        return whole


def run_id(config: VideoConfig) -> str:
    """Return an id of a run: of the file in its current version and of all relevant settings.

    Args:
        config: The run.
    """

    def resolved(path: Path | None) -> Path | None:
        return None if path is None else Path(absolute_name(path))

    settings = replace(
        config,
        source="",
        overwrite=False,
        stats=None,
        output=resolved(config.output),
        log=resolved(config.log),
        model=resolved(config.model),
    )
    source = Path(config.source)
    try:
        stat = source.stat()
        version = stat.st_size, stat.st_mtime_ns
    except OSError:
        version = None  # missing: reported when it is read
    text = repr((absolute_name(source), version, settings))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def file_id(path: Path) -> str:
    """Return the device and inode of a file.

    Args:
        path: The file.
    """
    return "{0.st_dev}:{0.st_ino}".format(path.stat())
