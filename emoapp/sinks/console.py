"""Says in words who looks how: what there is to see where there is no window."""

from __future__ import annotations

import sys
from typing import TextIO

from emoapp.images import Image
from emoapp.sinks.base import Sink
from emoapp.types import Result
from emoapp.utils.terminal import say


class ConsoleLog(Sink):
    """Prints a line whenever a person comes or changes the expression."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._said: dict[int, str | None] = {}

    def write(self, result: Result, picture: Image | None) -> None:
        for track in result.tracks:
            label = track.rejection.value if track.rejection else track.label
            if self._said.get(track.id) != label:
                self._said[track.id] = label
                sure = "" if track.rejection else f" {track.confidence:.0%}"
                say(f"{result.frame.t:8.2f} s  face {track.id}  {label}{sure}", file=self._stream)

    def close(self) -> None:
        pass
