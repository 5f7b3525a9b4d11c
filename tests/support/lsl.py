"""A receiver of the Lab Streaming Layer in another process: pylsl's own inlet."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from emoapp.labels import EMOTIONS
from emoapp.sinks.lsl import REST

CHANNELS = [*EMOTIONS, *(label for label, _, _ in REST)]


class Inlet:
    """A receiver in another process; `lines` is complete once it has ended."""

    def __init__(self, name: str) -> None:
        script = Path(__file__).with_name("lsl_inlet.py")
        self.name = name
        self._process = subprocess.Popen(
            [sys.executable, str(script), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.about: dict = {}
        self.numbers: list[tuple[float, dict[str, float]]] = []
        self.markers: list[tuple[float, str]] = []

    def connected(self) -> None:
        self.about = json.loads(self._process.stdout.readline())[2]

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> None:
        self._process.stdin.close()
        for stream, stamp, values in map(json.loads, self._process.stdout):
            if stream == self.name:
                self.numbers.append((stamp, dict(zip(CHANNELS, values, strict=True))))
            else:
                self.markers.append((stamp, values[0]))


@contextmanager
def inlet() -> Iterator[Inlet]:
    one = Inlet(f"test-{uuid.uuid4().hex[:8]}")
    try:
        yield one
    finally:
        one._process.kill()
        one._process.wait()
