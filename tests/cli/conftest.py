"""Commands in a folder of their own, with all inputs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.faults.box import Box
from support.faults.commands import Command
from support.faults.movie import write_face_movie

from emoapp.utils.libav import av


@pytest.fixture(scope="session")
def inputs(demo, tmp_path_factory) -> Path:
    """A folder with two recordings of a face, with sound, a picture and a log."""
    from emoapp.cli import main

    folder = tmp_path_factory.mktemp("inputs")
    for name in ("movie.mp4", "second.mp4"):
        write_face_movie(folder / name, demo)
    with av.open(str(folder / "movie.mp4")) as container:
        next(container.decode(video=0)).to_image().save(folder / "face.jpg")
    assert main(["video", str(folder / "movie.mp4"), "--log", str(folder / "given.csv")]) == 0
    return folder


@pytest.fixture
def box(tmp_path, inputs, request) -> Iterator[Box]:
    """A folder with all inputs that the test's command needs."""
    command: Command = request.getfixturevalue("command")
    folder = tmp_path / "box"
    shutil.copytree(inputs, folder)
    environment = {}
    if command.needs == "training":
        pytest.importorskip("tensorflow")
        shutil.copytree(request.getfixturevalue("own_folder"), folder / "crops")
        shutil.copytree(request.getfixturevalue("own_model"), folder / "model")
    if command.needs == "screen":
        environment["DISPLAY"] = request.getfixturevalue("screen")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    made = Box(command, folder, temporary, environment)
    yield made
    made.close()
