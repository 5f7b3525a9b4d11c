"""Outputs under test: how each is asked for, and what stands in for its receiver."""

from __future__ import annotations

import socket
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from emoapp.config import OutputsConfig
from emoapp.labels import EMOTIONS
from emoapp.sinks.base import Sink
from emoapp.sinks.outputs import OUTPUTS, OutputContext, open_outputs
from emoapp.types import Box, Face, Frame, Rejection, Result, Scores, Track
from support.pictures import picture


def face(label: str | None, number: int = 1) -> Track:
    """A face that shows a label with a probability of 0.8; None for one that is not believed."""
    shares = [0.8 if one == (label or "happy") else 0.2 / 6 for one in EMOTIONS]
    scores = Scores(EMOTIONS, np.array(shares, np.float32))
    rejection = Rejection.UNSURE if label is None else None
    box = Face(Box(32, 18, 96, 90), 0.9)
    return Track(number, box, scores, scores, 0.0, 0.0, label=label or "happy", rejection=rejection)


def result(index: int, *tracks: Track, arrived: float | None = None) -> Result:
    """A frame at 30 a second in which the first of these tracks is followed."""
    selected = tracks[0].id if tracks else None
    return Result(Frame(picture(index % 30), index, index / 30, arrived), tracks, selected=selected)


RESULTS = [
    *(result(number, face("happy"), face("sad", 2)) for number in range(4)),
    result(4, face(None)),
    result(5),
    *(result(number, face("angry", 3)) for number in range(6, 40)),
]
"""Two faces, one that is not believed, none, and another one."""


class MemoryCamera:
    """A virtual camera that remembers its pictures, and holds each where `hold` is not set."""

    name = "memory"

    def __init__(self, name: str | None, size_wh: tuple[int, int], fps: float) -> None:
        self.size_wh = size_wh
        self.frames: list[np.ndarray] = []
        self.go = threading.Event()
        self.go.set()
        self.taking = threading.Event()
        self.error: OSError | None = None
        self.closed = False

    def send(self, frame: np.ndarray) -> None:
        self.taking.set()
        self.go.wait(30)
        if self.error is not None:
            raise self.error
        self.frames.append(frame)

    def close(self) -> None:
        self.closed = True


@dataclass
class Asked:
    """An output that a test asks for.

    config: what asks for it.  reports: (title, text) of what it told the user.
    """

    name: str
    config: OutputsConfig
    reports: list[tuple[str, str]] = field(default_factory=list)

    def open(self) -> Sink:
        context = OutputContext(EMOTIONS, 30.0, report=lambda *words: self.reports.append(words))
        (output,) = open_outputs(self.config, context)
        return output


def free_port() -> int:
    """A UDP port at which nobody listens."""
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def python(code: str) -> tuple[str, ...]:
    """A command that runs Python code."""
    return sys.executable, "-c", code


CONFIGS: dict[str, Callable[[], OutputsConfig]] = {
    "osc": lambda: OutputsConfig(osc=("127.0.0.1", free_port())),
    "lsl": lambda: OutputsConfig(lsl=f"test-{uuid.uuid4().hex[:8]}"),
    "on_change": lambda: OutputsConfig(on_change=python("import sys; sys.stdin.read()")),
    "virtual_camera": lambda: OutputsConfig(virtual_camera="auto"),
    "websocket": lambda: OutputsConfig(websocket=0),
}
"""Name -> what asks for that output; its receiver is gone, or takes everything."""

HANGING: dict[str, OutputsConfig] = {
    "on_change": OutputsConfig(on_change=python("import time; time.sleep(100)")),
    "virtual_camera": OutputsConfig(virtual_camera="auto"),
}
"""The same with a receiver that hangs; the others have none that could hold them up."""


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.01)


def opened_by_now() -> tuple[list[str], int]:
    """The threads, sockets and processes of this process."""
    me = psutil.Process()
    threads = [t.name for t in threading.enumerate() if t.name.startswith("output")]
    sockets = [one for one in psutil.net_connections("inet") if one.pid == me.pid]
    return threads, len(sockets) + len(me.children())


@contextmanager
def nothing_left() -> Iterator[None]:
    """The block leaves no thread, socket and process behind."""
    before = opened_by_now()
    yield
    until(lambda: opened_by_now() == before)


def all_names() -> list[str]:
    assert set(OUTPUTS) == set(CONFIGS), "the conformance suite knows each output"
    return list(OUTPUTS)


def tool(folder: Path, code: str) -> tuple[str, ...]:
    """A command that appends what it reads to `folder`/events, and then runs `code`."""
    script = folder / "tool.py"
    script.write_text(
        "import sys, time, os\n"
        f"open({str(folder / 'events')!r}, 'a').write(sys.stdin.read())\n{code}\n"
    )
    return sys.executable, str(script)
