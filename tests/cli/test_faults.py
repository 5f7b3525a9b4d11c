"""Every command that writes, disturbed in every way: nothing is lost, no half file looks whole.

A new command joins by a line in `commands.COMMANDS`.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.faults.box import Box, ends
from support.faults.commands import COMMANDS, FRAMES, Command
from support.faults.movie import write_face_movie
from support.faults.state import contents, frames_in, whole_rows

from emoapp.utils.libav import av

EVERY = pytest.mark.parametrize("command", COMMANDS, ids=str)
FAST = [command for command in COMMANDS if command.needs != "training" and not command.slow]
MINE = "what the user had there"


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


def check_complete(box: Box) -> None:
    """Fail unless every output is there with all that belongs into it."""
    for name in box.command.outputs:
        path = box.folder / name
        assert path.exists(), f"{name} is missing"
        if path.suffix == ".mp4" and box.command.frames:
            assert frames_in(path) == box.command.frames
        if name in box.command.growing and box.command.frames:
            assert whole_rows(path) >= box.command.frames


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


@pytest.mark.parametrize("how", ["same name", "other spelling", "hard link", "symbolic link"])
@pytest.mark.parametrize(
    "command, source, target", INPUT_AS_TARGET, ids=[str(row[0]) for row in INPUT_AS_TARGET]
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


@pytest.fixture(scope="session")
def durations() -> dict[str, float]:
    return {}


def duration(box: Box, durations: dict[str, float]) -> float:
    """Seconds that the undisturbed command takes, measured in a folder like this one."""
    name = box.command.name
    if name not in durations:
        began = time.monotonic()
        ended = box.run(words=box.command.words)
        durations[name] = time.monotonic() - began
        box.check(ended, statuses=box.command.statuses)
        for target in box.command.targets:
            _remove(box.folder / target)
        for stray in box.folder.rglob("emoapp-runs.jsonl"):
            stray.unlink()
    return durations[name]


def _remove(path: Path) -> None:
    if path.is_dir():
        for below in sorted(path.rglob("*"), reverse=True):
            below.rmdir() if below.is_dir() else below.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("share", [0.3, 0.75])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
@pytest.mark.parametrize("command", FAST, ids=str)
def test_killed(box: Box, command: Command, durations, name: str, share: float):
    wait_s = share * duration(box, durations)
    box.before = contents(box.folder)
    process = box.start()
    time.sleep(wait_s)
    signal_number = getattr(signal, name)
    # A terminal's Ctrl-C reaches the whole group; `kill` one process.
    if name == "SIGINT":
        os.killpg(process.pid, signal_number)
    else:
        process.send_signal(signal_number)
    ended = box.wait(process)
    hard = name == "SIGKILL"
    assert ends(process.pid)
    # Python ends itself by SIGINT where what was interrupted was the making of a dataclass; to a
    # shell that is 130 too.
    ends_by = (-signal.SIGKILL,) if hard else (130, -signal.SIGINT)
    statuses = *command.statuses, *ends_by
    if len(box.outputs()) in (0, len(command.outputs)):
        # Before its first line and after its last one Python leaves signals to the system.
        statuses = *statuses, -signal_number
    box.check(ended, statuses=statuses, killed=hard or ended.status < 0)
    part = box.part_of_movie()
    if part is not None and part.stat().st_size > 20_000:
        assert frames_in(part) > 0
    # The same command brings it to its end.
    again = box.run("--overwrite")
    box.check(
        again,
        statuses=command.statuses,
        replaced=[*contents(box.folder).keys() - box.before.keys()],
    )
    check_complete(box)
    if "copies" in command.targets:  # a batch knows its own parts; those of others are kept
        assert box.part_of_movie() is None


@pytest.mark.parametrize("command", FAST, ids=str)
def test_two_at_once(box: Box, command: Command):
    first, second = box.start(), box.start()
    ended = [box.wait(first), box.wait(second)]
    # Two batches share the work, and each says of what the other had.
    assert set(command.statuses) & {end.status for end in ended} or "copies" in command.targets, (
        ended
    )
    for end in ended:
        box.check(end, statuses=(0, 1, 2))
    check_complete(box)
    assert box.part_of_movie() is None


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.source], ids=str)
def test_a_source_that_breaks_off(box: Box, command: Command):
    """An MP4 whose end is missing keeps its index where it was written first."""
    path = box.folder / command.source
    moved = path.with_name("moved.mp4")
    with (
        av.open(str(path)) as given,
        av.open(str(moved), "w", options={"movflags": "frag_keyframe+empty_moov"}) as copy,
    ):
        streams = {stream.index: copy.add_stream_from_template(stream) for stream in given.streams}
        for packet in given.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                copy.mux(packet)
    data = moved.read_bytes()
    moved.unlink()
    path.write_bytes(data[: len(data) * 6 // 10])
    ended = box.run()
    box.check(ended, statuses=(0, 1))
    for output in box.outputs():
        if output.suffix == ".mp4" and output.stem in ("copy", "movie") and command.frames:
            assert 0 < frames_in(output) < FRAMES
