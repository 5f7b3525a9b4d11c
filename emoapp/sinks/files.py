"""What every sink that writes a file checks first."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from emoapp.errors import OutputExistsError, SinkError
from emoapp.utils.files import already_there, is_special

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_MAKE_ROOM = "Make room there, or write to another disk."


def check_target(path: str | os.PathLike[str], *, overwrite: bool) -> Path:
    """The path, if a file may be written there; raises SinkError, saying why, if not."""
    path = Path(path)
    if path.is_dir():
        raise SinkError(f"{path} is a folder; a file's name is needed.")
    if os.path.lexists(path) and not is_special(path) and not overwrite:
        raise already_there(path)
    if not path.parent.is_dir():
        raise SinkError(f"{path} cannot be written: there is no folder {path.parent}.")
    return path


def cannot_write(path: Path, exc: Exception, *, kept: Path | None = None) -> SinkError:
    """What to raise from `exc`, an OSError or one of FFmpeg's.

    kept: where that is which was written until then.
    """
    reason = getattr(exc, "strerror", None) or str(exc)
    advice = _MAKE_ROOM if getattr(exc, "errno", None) in _FULL else ""
    said = f"What was written until then is kept: {kept.absolute()}." if kept else ""
    error = SinkError(
        " ".join(filter(None, [f"{path} cannot be written: {reason}.", said, advice]))
    )
    error.reason, error.advice, error.kept = reason, advice, kept
    return error


def check_rights(path: Path) -> None:
    """Raise SinkError where the system would let nobody write this file; makes none."""
    try:
        if path.exists():
            os.close(os.open(path, os.O_WRONLY))
        # Some folders take no file whatever their mode says, so it is tried out.
        with tempfile.TemporaryFile(dir=path.parent, buffering=0) as file:
            file.write(b"\0")
    except OSError as exc:
        raise cannot_write(path, exc) from exc


def check_empty(folder: Path) -> None:
    """Raise OutputExistsError where files are in a folder that is to be written into."""
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputExistsError(
            f"the folder {folder} is not empty. Choose another one, or add `--overwrite`."
        )
