"""Every command that writes, disturbed in every way: nothing is lost, no half file looks whole.

A new command joins by a line in `commands.COMMANDS`.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from support.faults.box import Box, check_complete
from support.faults.commands import COMMANDS, Command, params, slow
from support.faults.state import contents

EVERY = pytest.mark.parametrize("command", params(COMMANDS))
MINE = "what the user had there"


def occupy(box: Box) -> list[str]:
    """Put a file of the user's at each place that the command writes to."""
    names = []
    for name in box.command.outputs:
        path = box.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MINE)
        names.append(name)
    return names


@EVERY
def test_what_is_there_stays(box: Box, command: Command):
    occupy(box)
    before = contents(box.folder)
    ended = box.run()
    box.check(ended, statuses=(1, 2))
    assert "--overwrite" in ended.errors
    assert contents(box.folder).keys() - before.keys() <= {"copies/emoapp-runs.jsonl"}


@EVERY
def test_overwrite_replaces_what_is_named(box: Box, command: Command):
    names = occupy(box)
    ended = box.run("--overwrite")
    if not command.replaces:
        box.check(ended, statuses=(1,))
        return
    box.check(ended, statuses=command.statuses, replaced=names)
    for name in names:
        assert (box.folder / name).read_bytes() != MINE.encode(), f"{name} was not replaced"
    assert not box.frames_kept()


def same_file(box: Box, how: str, source: str, target: str) -> str:
    """Make a second name for `source`, with the suffix of `target`; returns it."""
    name = f"other{Path(target).suffix}"
    if how == "same name":
        name = source
    elif how == "other spelling":
        (box.folder / "below").mkdir()
        name = f"below/../{source}"
    elif how == "hard link":
        os.link(box.folder / source, box.folder / name)
    elif how == "symbolic link":
        (box.folder / name).symlink_to(source)
    return name


INPUT_AS_TARGET = [
    (COMMANDS[0], "movie.mp4", "copy.mp4"),
    (COMMANDS[3], "face.jpg", "marked.png"),
    (COMMANDS[6], "movie.mp4", "copy.mp4"),
]


@pytest.mark.parametrize(
    "how", [slow("same name"), slow("other spelling"), "hard link", slow("symbolic link")]
)
@pytest.mark.parametrize(
    "command, source, target",
    [row if row[0].quick else slow(*row) for row in INPUT_AS_TARGET],
    ids=[str(row[0]) for row in INPUT_AS_TARGET],
)
@pytest.mark.parametrize("overwrite", [False, True])
def test_an_input_is_never_a_target(box: Box, command, source, target, how, overwrite):
    other = same_file(box, how, source, target)
    words = command.words.replace(f" {target}", f" {other}")
    ended = box.run(*["--overwrite"] * overwrite, words=words)
    box.check(ended, statuses=(2,) if overwrite else (1, 2))
    assert contents(box.folder) == box.before


@EVERY
def test_a_folder_that_cannot_be_written(box: Box, command: Command):
    """A file stands where a folder is needed; root may write everywhere else."""
    words = command.words
    (box.folder / "file").write_text("not a folder")
    for target in command.targets:
        words = words.replace(f" {target}", f" file/{target}")
    ended = box.run(words=words)
    box.check(ended, statuses=(1, 2))
    assert contents(box.folder) == box.before


@pytest.mark.parametrize("size", [0, 20_000])
@EVERY
def test_a_full_disk(box: Box, command: Command, size: int):
    if command.needs == "training" and size == 0:
        pytest.skip("slow, and the same as the other sizes")
    ended = box.run(file_size=size)
    box.check(ended, statuses=(0, 1, 2))
    if ended.status == 0:  # what fits must be complete
        check_complete(box)
