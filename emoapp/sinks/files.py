"""Check whether a file can be written, and describe why not."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from emoapp.errors import OutputExistsError, SinkError
from emoapp.utils.files import already_there, is_special

_DISK_FULL_ERRNOS = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DISK_FULL_ADVICE = "Make room there, or write to another disk."


def check_target(path: str | os.PathLike[str], *, overwrite: bool) -> Path:
    """Return the path if a file may be written there.

    Args:
        path: The file to write.
        overwrite: Whether it may replace an existing file.

    Raises:
        SinkError: It may not; the message says why.
    """
    path = Path(path)
    if path.is_dir():
        raise SinkError(f"{path} is a folder; a file's name is needed.")
    if os.path.lexists(path) and not is_special(path) and not overwrite:
        raise already_there(path)
    if not path.parent.is_dir():
        raise SinkError(f"{path} cannot be written: there is no folder {path.parent}.")
    return path


def cannot_write(path: Path, exc: Exception, *, kept: Path | None = None) -> SinkError:
    """Return the error to raise for a file that cannot be written.

    Args:
        path: The file.
        exc: The reason, an OSError or one of FFmpeg's errors.
        kept: The file that holds what was written so far; None if nothing is kept.
    """
    reason = getattr(exc, "strerror", None) or str(exc)
    advice = _DISK_FULL_ADVICE if getattr(exc, "errno", None) in _DISK_FULL_ERRNOS else ""
    remark = f"What was written until then is kept: {kept.absolute()}." if kept else ""
    error = SinkError(
        " ".join(filter(None, [f"{path} cannot be written: {reason}.", remark, advice]))
    )
    error.reason, error.advice, error.kept = reason, advice, kept
    return error


def check_rights(path: Path) -> None:
    """Check whether the system lets the program write a file; create none.

    Args:
        path: The file.

    Raises:
        SinkError: It does not.
    """
    try:
        if path.exists():
            os.close(os.open(path, os.O_WRONLY))
        # Some folders accept no file whatever their mode says, so this tries it.
        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as file:
            file.write(b"\0")
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def check_empty(folder: Path) -> None:
    """Check that a folder to write into is empty or does not exist.

    Args:
        folder: The folder.

    Raises:
        OutputExistsError: There are files in it.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputExistsError(
            f"the folder {folder} is not empty. Choose another one, or add `--overwrite`."
        )
