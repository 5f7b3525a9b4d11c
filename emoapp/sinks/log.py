"""Writes what was seen as a table."""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator, Sequence

import numpy as np

from emoapp.errors import SinkError
from emoapp.sinks.base import Sink
from emoapp.sinks.files import cannot_write, check_target
from emoapp.types import Result, Track

# So that a table can be watched as it grows, and little is lost if the power goes.
_FLUSH_S = 1.0


class CsvLog(Sink):
    """A row for each face in each frame, and one for each frame without a face.

    The columns, named in the first row:

    frame                     the frame's number, from 0
    time_s                    seconds since the source began
    track                     the person's number, from 1
    x0, y0, x1, y1            the face's box, pixels of the full frame
    detector_score            how sure the detector is, 0 to 1
    label, confidence         the expression shown, and its smoothed probability, 0 to 1; the
                              label is empty where it is not believed
    doubt                     why not: too small, too dark, too little contrast, blurred, turned
                              away, unsure; empty where it is believed
    raw_LABEL, ...            the probabilities of this frame alone, one column a label
    smoothed_LABEL, ...       the probabilities averaged over time

    From `track` on all are empty in the row of a frame without a face.

    labels: the expressions, in the order of the model.

    Raises SinkError: the file exists and `overwrite` is False, no folder, no rights, disk full.
    """

    def __init__(
        self, path: str | os.PathLike[str], labels: Sequence[str], *, overwrite: bool = False
    ) -> None:
        self.path = check_target(path, overwrite=overwrite)
        self._labels = tuple(labels)
        self.columns = (
            *("frame", "time_s", "track", "x0", "y0", "x1", "y1", "detector_score"),
            *("label", "confidence", "doubt"),
            *(f"raw_{label}" for label in labels),
            *(f"smoothed_{label}" for label in labels),
        )
        try:
            # Closed in close(); "" as the csv module wants it, or Windows gets empty lines.
            self._file = open(self.path, "w", newline="", encoding="utf-8")
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self._writer = csv.writer(self._file, lineterminator="\n")
        self._writer.writerow(self.columns)
        self._flush_at = 0.0

    def write(self, result: Result, picture: np.ndarray | None = None) -> None:
        if self._file.closed:
            raise SinkError(f"The log {self.path} is closed already.")
        when = (result.frame.index, f"{result.frame.t:.6f}")
        nobody = ("",) * (len(self.columns) - len(when))
        try:
            for cells in [tuple(self._cells(track)) for track in result.tracks] or [nobody]:
                self._writer.writerow(when + cells)
            if time.monotonic() >= self._flush_at:
                self._file.flush()
                self._flush_at = time.monotonic() + _FLUSH_S
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc

    def close(self) -> None:
        try:
            self._file.close()
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc

    def _cells(self, track: Track) -> Iterator[object]:
        yield track.id
        yield from (f"{side:.1f}" for side in track.face.box)
        yield f"{track.face.score:.4f}"
        yield "" if track.doubt else track.label
        yield f"{track.confidence:.4f}"
        yield track.doubt.value if track.doubt else ""
        for scores in (track.raw, track.smoothed):
            if scores.labels != self._labels:
                raise ValueError(f"expected scores for {self._labels}, got {scores.labels}")
            yield from (f"{p:.4f}" for p in scores.probabilities)
