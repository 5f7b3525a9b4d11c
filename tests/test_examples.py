"""What the documentation shows works as it stands there."""

from __future__ import annotations

import doctest
import re
import shutil

import cv2
from support.paths import ROOT

from emoapp import recognizer


def test_examples_in_docstrings():
    result = doctest.testmod(recognizer)
    assert result.attempted == 6 and not result.failed


def test_the_readmes_python(demo, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(demo, "clip.mp4")
    ok, picture = cv2.VideoCapture(str(demo)).read()
    assert ok and cv2.imwrite("portrait.jpg", picture)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("happy 0.") and "None" in said[0]
    assert len(said) == 1 + 240 and "'happy': " in said[-1]
