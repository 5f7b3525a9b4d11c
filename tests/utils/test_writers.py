"""A file has one writer, and no half file stands under its name."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.programs import run_python

from emoapp.errors import OutputExistsError, OutputInUseError
from emoapp.utils import files
from emoapp.utils.files import (
    create,
    create_part,
    move,
    part_of,
    write_whole,
)

posix = pytest.mark.skipif(os.name == "nt", reason="links and signals of POSIX")


def test_a_file_has_one_writer(tmp_path):
    path = tmp_path / "log.csv"
    with create(path) as file:
        file.write(b"mine\n")
        for overwrite in (False, True):
            with pytest.raises(OutputInUseError, match="being written by another program"):
                create(path, overwrite=overwrite)
    with pytest.raises(OutputExistsError, match="is there already"):
        create(path)
    assert path.read_bytes() == b"mine\n"
    with create(path, overwrite=True) as file:
        assert path.read_bytes() == b""


@posix
def test_replacing_one_name_leaves_the_others_as_they_were(tmp_path):
    (tmp_path / "a").write_text("precious")
    os.link(tmp_path / "a", tmp_path / "hard")
    os.symlink("a", tmp_path / "soft")
    os.symlink("nothing", tmp_path / "dangling")
    for name in ("hard", "soft", "dangling"):
        with create(tmp_path / name, overwrite=True) as file:
            file.write(b"new")
    write_whole(tmp_path / "soft", lambda half: half.write_text("newer"))
    assert (tmp_path / "a").read_text() == "precious"
    assert (tmp_path / "hard").read_text() == "new"


def test_parts_that_were_left_are_kept(tmp_path):
    path = tmp_path / "a.mp4"
    left = part_of(path)
    left.write_text("an hour of recording")
    with create_part(path) as file:
        assert Path(file.name).name == "a.part-2.mp4"
        with pytest.raises(OutputInUseError, match="a.mp4 is being written"):
            create_part(path)
    os.symlink("nothing", tmp_path / "a.part-3.mp4")
    with create_part(path) as file:
        assert Path(file.name).name == "a.part-4.mp4"
    assert left.read_text() == "an hour of recording"


_HOLD = """
import sys, time
from pathlib import Path
from emoapp.utils.files import create_part
file = create_part(Path("a.mp4"))
file.write(b"recorded")
print(file.name, flush=True)
time.sleep(60)
"""


@posix
def test_a_killed_writer_holds_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = [sys.executable, "-c", _HOLD]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout.readline() == "a.part.mp4\n"
        with pytest.raises(OutputInUseError):
            create_part(Path("a.mp4"))
        running.send_signal(signal.SIGKILL)
    with create_part(Path("a.mp4")) as file:
        assert file.name == "a.part-2.mp4"
    assert Path("a.part.mp4").read_text() == "recorded"


_RACE = """
import sys, time
from pathlib import Path
from emoapp.errors import OutputExistsError
from emoapp.utils.files import with_unused_name, create_part, move
time.strftime = lambda form: "emoapp-now"

def record(path):
    file = create_part(path)
    file.write(sys.argv[1].encode() * 1000)
    return path, file

while time.time() < float(sys.argv[2]):
    pass
path, file = with_unused_name("mp4", record)
time.sleep(0.5)
move(Path(file.name), path)
"""


@pytest.mark.slow
@posix
def test_programs_that_begin_at_the_same_moment_write_files_of_their_own(tmp_path):
    """The name, the part and the end of each are its own, however close they come."""
    at = str(time.time() + 2)
    running = [
        subprocess.Popen([sys.executable, "-c", _RACE, letter, at], cwd=tmp_path)
        for letter in "abcd"
    ]
    assert [program.wait(60) for program in running] == [0] * 4
    assert len(os.listdir(tmp_path)) == 4
    written = {path.read_text() for path in tmp_path.glob("emoapp-now*.mp4")}
    assert written == {letter * 1000 for letter in "abcd"}


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
def test_moving_replaces_nothing(tmp_path, monkeypatch, links):
    if not links:

        def link(*_: object) -> None:
            raise PermissionError(1, "Operation not permitted")  # as FAT says

        monkeypatch.setattr(files.os, "link", link, raising=False)
    part, path = tmp_path / "part", tmp_path / "whole"
    part.write_text("new")
    move(part, path)
    assert path.read_text() == "new" and not part.exists()
    part.write_text("newer")
    with pytest.raises(FileExistsError):
        move(part, path)
    assert (part.read_text(), path.read_text()) == ("newer", "new")
    move(part, path, overwrite=True)
    assert path.read_text() == "newer" and os.listdir(tmp_path) == ["whole"]


def test_what_came_meanwhile_is_not_replaced(tmp_path):
    path = tmp_path / "faces.csv"

    def write(half: Path) -> None:
        half.write_text("new")
        path.write_text("of somebody else")

    with pytest.raises(OutputExistsError, match="faces.csv is there already"):
        write_whole(path, write, overwrite=False)
    assert path.read_text() == "of somebody else" and os.listdir(tmp_path) == ["faces.csv"]
    write_whole(path, lambda half: half.write_text("asked for"))
    assert path.read_text() == "asked for"


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1))
@example(name="ä" * 127)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@posix
def test_any_name_that_a_disk_takes_can_be_written_whole(tmp_path, name):
    if name in (".", "..") or len(name.encode()) > 255:
        return
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        write_whole(Path(folder, name), lambda half: half.write_text(name, newline=""))
        assert Path(folder, name).read_bytes() == name.encode() and os.listdir(folder) == [name]


def test_many_threads_write_one_file_whole(tmp_path):
    path = tmp_path / "state.json"
    texts = [letter * 200_000 for letter in "abcdefgh"]

    def write(text: str) -> None:
        for _ in range(5):
            write_whole(path, lambda half: half.write_text(text))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, texts))
    assert path.read_text() in texts and os.listdir(tmp_path) == ["state.json"]


def test_a_writer_that_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "model.keras"
    path.write_text("old")

    def fail(half: Path) -> None:
        half.write_text("ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, fail)
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["model.keras"]


@posix
def test_a_terminal_is_written_to_and_not_replaced():
    ran = run_python(
        "from pathlib import Path; from emoapp.utils.stats import write_json\n"
        "write_json(Path('/dev/stdout'), {'a': 1})"
    )
    assert (ran.returncode, ran.stdout) == (0, '{\n "a": 1\n}\n')
