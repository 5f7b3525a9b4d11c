"""What a log says of a result: the same columns and values in every format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emoapp.types import Result, Scores, Track
from emoapp.utils.addresses import redact_url
from emoapp.utils.escape import encodable

Value = str | int | float | None

FRAME_COLUMNS = ("source", "frame", "time_s")
FACE_COLUMNS = (
    *("track", "x0", "y0", "x1", "y1", "detector_score"),
    *("label", "confidence", "rejection", "doubt"),
)


class Rows:
    """Makes a row for each face in a frame, and one for a frame without a face.

    The columns:

    source                    what was read, as it was named; of an address neither user, password
                              nor query
    frame                     the frame's number, from 0
    time_s                    seconds since the source began
    track                     the person's number, from 1
    x0, y0, x1, y1            the face's box, pixels of the full frame
    detector_score            how sure the detector is, 0 to 1
    label, confidence         the expression shown, and its smoothed probability, 0 to 1; there is
                              no label where it is not believed
    rejection                 why not: too small, too dark, too little contrast, blurred, turned
                              away, unsure; nothing where it is believed
    doubt                     the same, under the name that it had in version 0.1; deprecated
    raw_LABEL, ...            the probabilities of this frame alone, one column a label
    smoothed_LABEL, ...       the probabilities averaged over time

    From `track` on all are None in the row of a frame without a face. In names, what is no text in
    UTF-8 is written as `escape.encodable` does.

    source: what was read, as the user named it.
    labels: the expressions, in the order of the model.
    """

    def __init__(self, source: str, labels: Sequence[str]) -> None:
        self._source = encodable(redact_url(source))
        self._labels = tuple(labels)
        self.columns: tuple[str, ...] = (
            *FRAME_COLUMNS,
            *FACE_COLUMNS,
            *(f"{kind}_{encodable(label)}" for kind in ("raw", "smoothed") for label in labels),
        )

    def of(self, result: Result) -> Iterator[tuple[Value, ...]]:
        """The rows of a result, in the order of `columns`."""
        when = (self._source, result.frame.index, round(result.frame.t, 6))
        if not result.tracks:
            yield when + (None,) * (len(self.columns) - len(when))
        for track in result.tracks:
            yield (*when, *self._face(track))

    def _face(self, track: Track) -> Iterator[Value]:
        yield track.id
        yield from (round(float(side), 1) for side in track.face.box)
        yield round(float(track.face.score), 4)
        yield None if track.rejection else encodable(track.label)
        yield round(track.confidence, 4)
        yield from [track.rejection.value if track.rejection else None] * 2
        yield from self._probabilities(track.raw)
        yield from self._probabilities(track.smoothed)

    def _probabilities(self, scores: Scores) -> Iterator[float]:
        if scores.labels != self._labels:
            raise ValueError(f"expected scores for {self._labels}, got {scores.labels}")
        return (round(p, 4) for p in scores.probabilities.tolist())
