"""What is in a folder, and whether each file in it is whole."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from pathlib import Path

import cv2
import numpy as np

from emoapp.utils.libav import av


def contents(folder: Path) -> dict[str, str]:
    """Name below `folder` -> checksum, of all files."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def frames_in(path: Path) -> int:
    """How many pictures of a video can be decoded."""
    with av.open(str(path)) as container:
        return sum(1 for _ in container.decode(video=0))


def whole_rows(path: Path) -> int:
    """How many rows a table has; AssertionError where one is not whole."""
    text = path.read_text(encoding="utf-8")
    assert text == "" or text.endswith("\n"), f"{path.name} ends within a row"
    if path.suffix == ".jsonl":
        return len([json.loads(line) for line in text.splitlines()])
    rows = list(csv.reader(text.splitlines()))
    assert len({len(row) for row in rows}) <= 1, f"{path.name} has rows of different lengths"
    return max(0, len(rows) - 1)


def check_whole(path: Path) -> None:
    """Fail unless a file with a final name is complete, judged by its kind."""
    suffix = path.suffix
    if suffix in (".mp4", ".webm", ".mkv"):
        assert frames_in(path) > 0, f"{path} has no pictures"
    elif suffix in (".csv", ".jsonl"):
        whole_rows(path)
    elif suffix == ".json":
        json.loads(path.read_text(encoding="utf-8"))
    elif suffix in (".png", ".jpg"):
        data = np.frombuffer(path.read_bytes(), np.uint8)
        assert cv2.imdecode(data, cv2.IMREAD_COLOR) is not None, f"{path} is no picture"
    elif suffix == ".html":
        assert path.read_text(encoding="utf-8").rstrip().endswith("</html>"), f"half of {path}"
    elif suffix == ".keras":
        assert zipfile.ZipFile(path).testzip() is None, f"{path} is damaged"
    elif suffix == ".tflite":
        assert path.read_bytes()[4:8] == b"TFL3", f"{path} is no TFLite file"


def is_part(path: Path) -> bool:
    """Whether a name, or that of a folder above it, says that the file is not finished."""
    return ".part" in path.name or any(name.startswith("half.") for name in path.parts)
