"""Check that a program does not write to its own inputs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from emoapp.errors import UsageError
from emoapp.platforms.files import identity


def check_outputs(
    outputs: Iterable[Path | None], inputs: Iterable[str | os.PathLike[str] | None]
) -> None:
    """Check that no output is the same file as an input or another output.

    Hard links, symbolic links and other spellings are the same file. `--overwrite` makes no
    difference: nobody means to replace what is being read.

    Args:
        outputs: The files to write; None is skipped.
        inputs: The files to read, and folders, which stand for the files directly in them. None,
            cameras and addresses are skipped.

    Raises:
        UsageError: Two of them are the same file.
    """
    read = {_identity(path): path for path in _expand_folders(inputs)}
    written: dict[tuple, Path] = {}
    for path in filter(None, outputs):
        key = _identity(path)
        if key in read:
            same = f"the same file as {read[key]}, which is" if path != read[key] else ""
            raise UsageError(
                f"{path} is {same or 'itself'} to be read. Choose another name for the result; "
                "nothing was written."
            )
        if key in written:
            raise UsageError(
                f"{written[key]} and {path} are one file, and two results are to be written. "
                "Choose another name for one of them."
            )
        written[key] = path


def _expand_folders(paths: Iterable[str | os.PathLike[str] | None]) -> Iterable[Path]:
    for path in (Path(path) for path in paths if path):
        yield from path.iterdir() if path.is_dir() else (path,)


def _identity(path: Path) -> tuple:
    """Return what all names of a file have in common, even if it does not exist yet."""
    below: list[str] = []
    whole = Path(os.path.realpath(path))
    while True:
        try:
            stat = whole.stat()
        except OSError:
            if whole == whole.parent:
                return (identity(os.fspath(path)),)
            below.insert(0, identity(whole.name))
            whole = whole.parent
        else:
            return stat.st_dev, stat.st_ino, *below
