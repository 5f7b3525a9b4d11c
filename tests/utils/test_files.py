"""Inputs are never written to, whatever their name."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from emoapp.errors import UsageError
from emoapp.utils.outputs import check_outputs

posix = pytest.mark.skipif(os.name == "nt", reason="links and signals of POSIX")


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """Two originals, and a folder of links to one of them and to its folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("in/a.mp4", "in/deep/ä b.mp4"):
        (tmp_path / name).write_text(name)
    (tmp_path / "links").mkdir()
    os.link("in/a.mp4", "links/hard.mp4")
    os.symlink("../in/a.mp4", "links/soft.mp4")
    os.symlink("soft.mp4", "links/softer.mp4")
    os.symlink("../in", "links/folder")
    os.symlink("nothing", "links/dangling.mp4")
    return tmp_path


SAME = [
    "in/a.mp4",
    "./in/deep/../a.mp4",
    "links/hard.mp4",
    "links/soft.mp4",
    "links/softer.mp4",
    "links/folder/a.mp4",
    "links/folder/deep/../a.mp4",
]


@posix
@pytest.mark.parametrize("read", SAME)
@pytest.mark.parametrize("written", SAME)
def test_every_name_of_an_input_is_refused(tree, read, written):
    for spelled in (Path(written), tree / written):
        with pytest.raises(UsageError, match="to be read. Choose another name"):
            check_outputs([None, Path("new.csv"), spelled], ["rtsp://camera/1", "0", None, read])


@posix
def test_files_of_a_folder_are_inputs_and_other_files_are_not(tree):
    with pytest.raises(UsageError, match="in/a.mp4"):
        check_outputs([Path("links/hard.mp4")], ["in"])
    for name in ("in/b.mp4", "links/dangling.mp4", "nowhere/a.mp4", "in/deep/a.mp4"):
        check_outputs([Path(name)], ["in", "in/a.mp4", "in/deep/ä b.mp4"])


@posix
@given(st.lists(st.sampled_from(["in", "deep", "links", "folder", "..", ".", "new", "ä b.mp4"])))
@example(["in", "deep", "in", ".."])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_path_is_refused_exactly_where_writing_it_would_change_an_input(tree, parts):
    """Also two outputs of which neither is there yet."""
    original = Path("in/deep/ä b.mp4")
    path = Path(*parts, "ä b.mp4") if parts[-1:] != ["ä b.mp4"] else Path(*parts)
    # A folder that is missing on the way would be made.
    there = Path(os.path.realpath(path))
    same = there.exists() and there.samefile(original)
    try:
        check_outputs([path], [original])
        refused = False
    except UsageError:
        refused = True
    assert refused == same
    spelled = Path(os.path.realpath(path))
    with pytest.raises(UsageError, match="one file, and two results"):
        check_outputs([path, spelled], [])
