"""Rows of a log: the same columns and values in every format."""

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
    """Convert results to rows: one for each face in a frame, and one for a frame without a face.

    The columns:

    source                    what was read, as the user named it; without user, password and query
                              of an address
    frame                     number of the frame, from 0
    time_s                    seconds since the source began
    track                     id of the track, from 1
    x0, y0, x1, y1            bounding box of the face, pixels of the full frame
    detector_score            score of the detection, 0 to 1
    label, confidence         the expression shown, and its smoothed probability, 0 to 1; no label
                              for a rejected face
    rejection                 why a face was rejected: too small, too dark, too little contrast,
                              blurred, turned away, unsure; empty where it was not
    doubt                     the same under its name in version 0.1; deprecated
    raw_LABEL, ...            probabilities in this frame alone, one column for each label
    smoothed_LABEL, ...       probabilities averaged over time
    profile                   the profile that corrected the probabilities, empty for other faces;
                              only where a profile is used

    In the row of a frame without a face, `track` and all columns after it are None. Names that are
    no valid UTF-8 are written as `escape.encodable` does.

    Args:
        source: What was read, as the user named it.
        labels: Expressions in the order of the model.
        profile: Add the column of the profile.

    Attributes:
        columns: Names of the columns.
    """

    def __init__(self, source: str, labels: Sequence[str], *, profile: bool = False) -> None:
        self._source = encodable(redact_url(source))
        self._labels = tuple(labels)
        self._profile = profile
        self.columns: tuple[str, ...] = (
            *FRAME_COLUMNS,
            *FACE_COLUMNS,
            *(f"{kind}_{encodable(label)}" for kind in ("raw", "smoothed") for label in labels),
            *(("profile",) if profile else ()),
        )

    def of(self, result: Result) -> Iterator[tuple[Value, ...]]:
        """Yield the rows of a result.

        Args:
            result: Of a model with the same labels.

        Yields:
            One value for each of `columns`.

        Raises:
            ValueError: If the result has other labels.
        """
        when = (self._source, result.frame.index, round(result.frame.t, 6))
        if not result.tracks:
            yield when + (None,) * (len(self.columns) - len(when))
        for track in result.tracks:
            yield (*when, *self._face(track))

    def _face(self, track: Track) -> Iterator[Value]:
        yield track.id
        yield from (round(float(side), 1) for side in track.face.box)
        yield round(float(track.face.score), 4)
        yield None if track.rejection or track.label is None else encodable(track.label)
        yield round(track.confidence, 4)
        yield from [track.rejection.value if track.rejection else None] * 2
        yield from self._probabilities(track.raw)
        yield from self._probabilities(track.smoothed)
        if self._profile:
            yield encodable(track.profile) or None

    def _probabilities(self, scores: Scores) -> Iterator[float]:
        if scores.labels != self._labels:
            raise ValueError(f"expected scores for {self._labels}, got {scores.labels}")
        return (round(p, 4) for p in scores.probabilities.tolist())
