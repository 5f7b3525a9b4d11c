"""Files that nobody ever finds half of, and names for new ones."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` write beside `path`, then rename: whoever is killed leaves the old or the new."""
    half = path.with_name(f"half.{path.name}")
    try:
        write(half)
        half.replace(path)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def free_name(suffix: str) -> Path:
    """A name in the current folder that nothing has yet, with the time in it.

    suffix: without the dot, such as "png".
    """
    stem = time.strftime("emoapp-%Y%m%d-%H%M%S")
    path, number = Path(f"{stem}.{suffix}"), 1
    while path.exists():
        number += 1
        path = Path(f"{stem}-{number}.{suffix}")
    return path
