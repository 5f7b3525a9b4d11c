"""Every command that writes, killed at any moment, twice at once, its source broken off."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest
from support.faults.box import FAST, Box, check_complete, ends
from support.faults.commands import COMMANDS, FRAMES, Command, params, slow
from support.faults.state import contents, frames_in

from emoapp.utils.libav import av

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends signals to whole consoles only"
)


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
        for beside in ("emoapp-runs.jsonl", "*.meta.json"):
            for path in box.folder.rglob(beside):
                path.unlink()
    return durations[name]


def _remove(path: Path) -> None:
    if path.is_dir():
        for below in sorted(path.rglob("*"), reverse=True):
            below.rmdir() if below.is_dir() else below.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


@pytest.mark.parametrize("share", [0.3, slow(0.75)])
@pytest.mark.parametrize("name", [slow("SIGINT"), slow("SIGTERM"), "SIGKILL"])
@pytest.mark.parametrize("command", params(FAST))
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


@pytest.mark.parametrize("command", params(FAST))
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


@pytest.mark.parametrize("command", params(one for one in COMMANDS if one.source))
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
