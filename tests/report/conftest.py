"""A log and its film in a folder of their own."""

from __future__ import annotations

import pytest
from support.clips import write_clip
from support.logs import HAPPY, SAD, row, write_log


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("film") / "film.mp4", [i / 5 for i in range(30)])


@pytest.fixture
def log(tmp_path, film, monkeypatch):
    """A log in a folder of its own, its video beside it; moments at 1 and 5 s."""
    monkeypatch.chdir(tmp_path)
    sure = {5: 0.95, 25: 0.9}
    rows = [row(i, i / 5, 1, HAPPY if i != 15 else SAD, sure.get(i, 0.5)) for i in range(30)]
    (tmp_path / "film.mp4").write_bytes(film.read_bytes())
    return write_log(tmp_path / "log.csv", rows)
