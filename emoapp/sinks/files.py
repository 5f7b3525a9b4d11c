"""What every sink that writes a file checks first."""

from __future__ import annotations

import os
from pathlib import Path

from emoapp.errors import SinkError
from emoapp.files import already_there, is_special


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


def cannot_write(path: Path, exc: OSError) -> SinkError:
    """What to raise from `exc`."""
    return SinkError(f"{path} cannot be written: {exc.strerror or exc}.")
