"""Write files atomically and exclusively, never into an input, and pick unused names.

- A file that is written must not be one that is read: `check_outputs`, before anything is opened.
- One process creates a file and locks it while it writes: `create`, `create_part`. What another
  process is writing is left alone; what a killed process has left is locked no more.
- What is whole only at its end has another name until then, and is moved without replacing anything
  that was not to be replaced: `move`, `write_whole`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import TypeVar

from emoapp.errors import OutputExistsError, OutputInUseError, UsageError
from emoapp.utils.locks import create_locked, unused

ANNOTATED = "annotated by emoapp"
"""The comment in the metadata of every video that the program writes."""

_STALE_S = 3600.0  # a temporary file that old was left by a killed process

_Used = TypeVar("_Used")


def check_outputs(
    outputs: Iterable[Path | None], inputs: Iterable[str | os.PathLike[str] | None]
) -> None:
    """Raise UsageError where an output is the same file as an input or as another output.

    Hard links, symbolic links and other spellings are the same file. `--overwrite` changes nothing:
    nobody means to replace what is being read.

    outputs, inputs: None, names of cameras and addresses are passed over; of a folder among the
        inputs the files directly in it count.
    """
    read = {_identity(path): path for path in _files(inputs)}
    written: dict[tuple, Path] = {}
    for path in filter(None, outputs):
        identity = _identity(path)
        if identity in read:
            same = f"the same file as {read[identity]}, which is" if path != read[identity] else ""
            raise UsageError(
                f"{path} is {same or 'itself'} to be read. Choose another name for the result; "
                "nothing was written."
            )
        if identity in written:
            raise UsageError(
                f"{written[identity]} and {path} are one file, and two results are to be written. "
                "Choose another name for one of them."
            )
        written[identity] = path


def is_special(path: Path) -> bool:
    """Whether this is a terminal, a pipe or the like: what is written there replaces nothing."""
    return path.exists() and not path.is_file() and not path.is_dir()


def create(path: Path, *, overwrite: bool = False) -> FileIO:
    """Create a file for this process alone, which is known as long as it is open.

    A file that is replaced is removed first, never written into: its hard links keep their content.

    Returns it open for writing, unbuffered. Raises OutputExistsError where it is there and must not
    be replaced, OutputInUseError where another program is writing it, OSError.
    """
    try:
        return create_locked(path, replace=overwrite)
    except BlockingIOError:
        raise in_use(path) from None
    except FileExistsError:
        raise already_there(path) from None


def create_part(path: Path, *, suffix: str | None = None) -> FileIO:
    """Create the file that becomes `path` in the end; see `part_of` and `create`.

    A part that a killed process left keeps its content, and the new one gets a number.

    Raises OutputInUseError where another program is writing `path`, OSError.
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
    """What a file is called until it is whole: "NAME.part.mp4", then "NAME.part-2.mp4", ...

    suffix: with the dot; None for that of `path`.
    """
    numbered = f".part-{number}" if number > 1 else ".part"
    return path.with_suffix(numbered + (path.suffix if suffix is None else suffix))


def move(part: Path, path: Path, *, overwrite: bool = False) -> None:
    """Give a whole file its name, in the same folder.

    Raises FileExistsError where `path` is there, even since a moment ago, and must not be replaced.
    """
    if overwrite:
        part.replace(path)
    elif os.name == "nt":
        part.rename(path)  # replaces nothing there
    else:
        _move_to_unused(part, path)


def write_whole(path: Path, write: Callable[[Path], object], *, overwrite: bool = True) -> None:
    """Let `write` write beside `path`, then rename: whoever is killed leaves the old or the new.

    write: is given the name of an empty file, which ends with the name of `path`.

    Raises OutputExistsError where `path` is there and must not be replaced, OSError.
    """
    if is_special(path):
        write(path)
        return
    half = _create_half(path)
    try:
        write(half)
        try:
            move(half, path, overwrite=overwrite)
        except FileExistsError:
            raise already_there(path) from None
    except BaseException:
        half.unlink(missing_ok=True)  # on failure only: once it is moved the name is another's
        raise


def with_unused_name(suffix: str, use: Callable[[Path], _Used]) -> _Used:
    """Return `use(path)` for a name in the current folder that nothing has, with the time in it.

    suffix: without the dot, such as "png".
    use: creates the file; where it raises OutputExistsError, another program was faster, and the
        next name is tried.
    """
    stem = time.strftime("emoapp-%Y%m%d-%H%M%S")
    number = 1
    while True:
        path = Path(f"{stem}-{number}.{suffix}" if number > 1 else f"{stem}.{suffix}")
        if not os.path.lexists(path):
            with suppress(OutputExistsError):
                return use(path)
        number += 1


def already_there(path: Path) -> OutputExistsError:
    """What to raise: another program is writing it, or it is just there."""
    try:
        with unused(path):
            pass
    except BlockingIOError:
        return in_use(path)
    except OSError:
        pass  # nothing can be said about it
    return OutputExistsError(f"{path} is there already. Choose another name, or add `--overwrite`.")


def in_use(path: Path) -> OutputInUseError:
    """What to raise."""
    return OutputInUseError(
        f"{path} is being written by another program. Wait for its end, or choose another name."
    )


def _files(paths: Iterable[str | os.PathLike[str] | None]) -> Iterable[Path]:
    for path in (Path(path) for path in paths if path):
        yield from path.iterdir() if path.is_dir() else (path,)


def _identity(path: Path) -> tuple:
    """What all names of one file have in common, also where there is no such file yet."""
    below: list[str] = []
    whole = Path(os.path.realpath(path))
    while True:
        try:
            stat = whole.stat()
        except OSError:
            if whole == whole.parent:
                return (os.path.normcase(path),)
            below.insert(0, os.path.normcase(whole.name))
            whole = whole.parent
        else:
            return stat.st_dev, stat.st_ino, *below


def _create_half(path: Path) -> Path:
    """An empty file beside `path` that no other process has."""
    # Its end matters to whoever writes, and disks take 255 bytes.
    tail = os.fsdecode(os.fsencode(path.name)[-200:])
    number = 1
    while True:
        head = f"emoapp-half-{number}" if number > 1 else "emoapp-half"
        half = path.with_name(f"{head}.{tail}")
        with suppress(FileExistsError):
            open(half, "xb").close()
            return half
        with suppress(FileNotFoundError):
            if time.time() - half.stat().st_mtime > _STALE_S:
                half.unlink()  # and on to the next number: another process may do the same
        number += 1


def _move_to_unused(part: Path, path: Path) -> None:
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # No hard links here, as on FAT. An empty file takes the name first; a program that is
        # killed between this line and the next leaves it.
        open(path, "xb").close()
        try:
            part.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    else:
        part.unlink()
