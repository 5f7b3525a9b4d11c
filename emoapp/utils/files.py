"""Write files atomically and exclusively, and pick unused names.

- The process that creates a file locks it while writing: `create`, `create_part`. Files of other
  running processes are left alone; those of killed processes are no longer locked.
- A file that is complete only at its end has another name until then, and is moved without
  replacing anything unasked: `move`, `write_whole`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TypeVar

from emoapp.errors import OutputExistsError, OutputInUseError
from emoapp.platforms.files import can_rename_open
from emoapp.utils.locks import create_locked, unused

ANNOTATED = "annotated by emoapp"
"""Comment in the metadata of every video that the program writes."""

_STALE_AGE_S = 3600.0  # a temporary file older than this was left by a killed process

_TEMPORARY = re.compile(r"emoapp-half(-\d+)?\..+", re.DOTALL)  # see `_create_temporary`

_T = TypeVar("_T")


def is_special(path: Path) -> bool:
    """Return whether a path is a terminal, a pipe or the like, where writing replaces nothing.

    Args:
        path: Any path.
    """
    return path.exists() and not path.is_file() and not path.is_dir()


def create(path: Path, *, overwrite: bool = False) -> FileIO:
    """Create a file that belongs to this process as long as it is open.

    A file to replace is removed first, never written into: its hard links keep their content.

    Args:
        path: The file.
        overwrite: Replace an existing file.

    Returns:
        The file, open for writing and unbuffered.

    Raises:
        OutputExistsError: It exists and must not be replaced.
        OutputInUseError: Another program is writing it.
        OSError: It cannot be created.
    """
    try:
        return create_locked(path, replace=overwrite)
    except BlockingIOError:
        raise in_use(path) from None
    except FileExistsError:
        raise already_there(path) from None


def create_part(path: Path, *, suffix: str | None = None) -> FileIO:
    """Create the file that finally becomes `path`; see `part_of` and `create`.

    A part that a killed process left keeps its content, and the new one gets a number.

    Args:
        path: The final file.
        suffix: See `part_of`.

    Raises:
        OutputInUseError: Another program is writing `path`.
        OSError: The part cannot be created.
    """
    number = 1
    while True:
        try:
            return create_locked(part_of(path, suffix, number), replace=False)
        except BlockingIOError:
            raise in_use(path) from None
        except FileExistsError:
            number += 1


def part_of(path: Path, suffix: str | None = None, number: int = 1) -> Path:
    """Return the name of a file until it is complete: "NAME.part.mp4", "NAME.part-2.mp4", ...

    Args:
        path: The final file.
        suffix: With the dot; None for that of `path`.
        number: Counts from 1.
    """
    numbered = f".part-{number}" if number > 1 else ".part"
    return path.with_suffix(numbered + (path.suffix if suffix is None else suffix))


def move(part: Path, path: Path, *, overwrite: bool = False) -> None:
    """Rename a complete file within its folder.

    Args:
        part: The file.
        path: Its final name.
        overwrite: Replace an existing file.

    Raises:
        FileExistsError: `path` exists, even if only since a moment ago, and must not be replaced.
    """
    if overwrite:
        part.replace(path)
    elif not can_rename_open():
        part.rename(path)  # never replaces a file on Windows
    else:
        _move_to_unused(part, path)


def write_whole(path: Path, write: Callable[[Path], object], *, overwrite: bool = True) -> None:
    """Write a file beside `path` and rename it, so that a killed process leaves the old or the new.

    Args:
        path: The file.
        write: Called with the name of an empty file that ends with the name of `path`.
        overwrite: Replace an existing file.

    Raises:
        OutputExistsError: `path` exists and must not be replaced.
        OSError: It cannot be written.
    """
    if is_special(path):
        write(path)
        return
    temporary = _create_temporary(path)
    try:
        write(temporary)
        try:
            move(temporary, path, overwrite=overwrite)
        except FileExistsError:
            raise already_there(path) from None
    except BaseException:
        # Only on failure: once moved, the name may be another file's.
        temporary.unlink(missing_ok=True)
        raise


def with_unused_name(suffix: str, use: Callable[[Path], _T], folder: Path | None = None) -> _T:
    """Return `use(path)` for an unused name that contains the date and the time.

    Args:
        suffix: Without the dot, such as "png".
        use: Creates the file. If it raises OutputExistsError, another program was faster, and the
            next name is tried.
        folder: Where the file goes; None for the current folder.
    """
    stem = time.strftime("emoapp-%Y%m%d-%H%M%S")
    number = 1
    while True:
        name = f"{stem}-{number}.{suffix}" if number > 1 else f"{stem}.{suffix}"
        path = Path(name) if folder is None else folder / name
        if not os.path.lexists(path):
            with suppress(OutputExistsError):
                return use(path)
        number += 1


def already_there(path: Path) -> OutputExistsError:
    """Return the error for an existing file, which another program may be writing.

    Args:
        path: The file.
    """
    try:
        with unused(path):
            pass
    except BlockingIOError:
        return in_use(path)
    except OSError:
        pass  # it cannot be determined
    return OutputExistsError(f"{path} is there already. Choose another name, or add `--overwrite`.")


def in_use(path: Path) -> OutputInUseError:
    """Return the error for a file that another program is writing.

    Args:
        path: The file.
    """
    return OutputInUseError(
        f"{path} is being written by another program. Wait for its end, or choose another name."
    )


def is_temporary(name: str) -> bool:
    """Return whether a name is that of a file which `write_whole` has not completed.

    Args:
        name: Name of the file, without folders.
    """
    return _TEMPORARY.fullmatch(name) is not None


def _create_temporary(path: Path) -> Path:
    """Create an empty file beside `path` that no other process uses."""
    # The end of the name matters to `write`, and file systems limit names to 255 bytes.
    tail = os.fsdecode(os.fsencode(path.name)[-200:])
    number = 1
    while True:
        head = f"emoapp-half-{number}" if number > 1 else "emoapp-half"
        temporary = path.with_name(f"{head}.{tail}")
        with suppress(FileExistsError):
            open(temporary, "xb").close()
            return temporary
        with suppress(FileNotFoundError):
            if time.time() - temporary.stat().st_mtime > _STALE_AGE_S:
                temporary.unlink()  # then try the next number: another process may do the same
        number += 1


def _move_to_unused(part: Path, path: Path) -> None:
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links, as on FAT. An empty file reserves the name first; a program that is killed
        # between this line and the next leaves it behind.
        open(path, "xb").close()
        try:
            part.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    else:
        part.unlink()
