"""Identify runs and files for the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

from emoapp.classifiers.description import FILE_NAME, sha256_of
from emoapp.config import VideoConfig
from emoapp.errors import EmoappError


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

    The model and the profile count by their contents: either may have been learned again.

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
    version = _version(source)
    text = repr((absolute_name(source), version and version[1:], settings, *_learned(config)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _learned(config: VideoConfig) -> Iterator[str]:
    """Yield what identifies the contents of model and profile, which may be learned again."""
    if config.model is not None:
        folder = config.model if config.model.is_dir() else config.model.parent
        yield _digest(_version(folder / FILE_NAME))
    if config.profile is not None:
        from emoapp.profiles import store
        from emoapp.profiles.use import split_spec

        with suppress(EmoappError):  # a wrong name is reported when the profile is opened
            yield _digest(_version(store.path_of(split_spec(config.profile)[0])))


_Version: TypeAlias = tuple[Path, int, int] | None
"""A file, its size in bytes, and when it was changed; None for a missing one."""


def _version(path: Path) -> _Version:
    try:
        stat = path.stat()
    except OSError:
        return None  # reported when it is read
    return path, stat.st_size, stat.st_mtime_ns


@lru_cache(maxsize=8)
def _digest(version: _Version) -> str:
    return "" if version is None else sha256_of(version[0])


def file_id(path: Path) -> str:
    """Return the device and inode of a file.

    Args:
        path: The file.
    """
    return "{0.st_dev}:{0.st_ino}".format(path.stat())
