"""Writing files so that nobody ever finds half of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` write beside `path`, then rename: whoever is killed leaves the old or the new."""
    half = path.with_name(f"half.{path.name}")
    write(half)
    half.replace(path)
