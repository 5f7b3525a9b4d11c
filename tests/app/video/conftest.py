"""A folder of videos."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def archive(clip, tmp_path) -> Path:
    """A folder with videos at two levels, a broken one among them, and other things."""
    folder = tmp_path / "archive"
    (folder / "deeper").mkdir(parents=True)
    for name in ("a.mp4", "b.MP4", "deeper/a.mp4"):
        shutil.copy(clip, folder / name)
    (folder / "broken.mkv").write_bytes(b"no video")
    (folder / "notes.txt").write_text("not a video")
    (folder / ".hidden.mp4").write_bytes(b"")
    return folder
