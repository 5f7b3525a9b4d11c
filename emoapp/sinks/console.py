"""Print changes of expression to the terminal, for runs without a window."""

from __future__ import annotations

import sys
from typing import TextIO

from emoapp.labels import shown
from emoapp.sinks.base import Sink
from emoapp.types import Result
from emoapp.utils.language import _
from emoapp.utils.terminal import say


class ConsoleLog(Sink):
    """Prints a line whenever a track appears or its expression changes.

    Args:
        stream: Where to print; None for standard output.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        self._printed_labels: dict[int, str | None] = {}

    def write(self, result: Result) -> None:
        """Print what has changed; see `Sink.write`."""
        for track in result.tracks:
            label = _(track.rejection.value) if track.rejection else shown(track.label)
            if self._printed_labels.get(track.id) != label:
                self._printed_labels[track.id] = label
                share = "" if track.rejection else f" {track.confidence:.0%}"
                line = f"{result.frame.t:8.2f} s  face {track.id}  {label}{share}"
                say(line, file=self._stream)

    def close(self) -> None:
        """Do nothing."""
        pass
