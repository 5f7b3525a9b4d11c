"""A small disk of its own, for outputs that do not fit."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture
def disk(tmp_path) -> Iterator[Callable[[str], Path]]:
    """disk(size): the folder of a new disk with so much room, as `mount` writes sizes: "200k"."""
    folder = tmp_path / "disk"

    def mount(size: str) -> Path:
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if (
            not sys.platform.startswith("linux")
            or subprocess.run(command, capture_output=True).returncode
        ):
            pytest.skip("needs the right to mount a tmpfs")
        return folder

    yield mount
    if folder.is_mount():
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def small_disk(disk) -> Path:
    """A disk with room for some seconds of a recording."""
    return disk("1500k")
