"""Follow faces from frame to frame, and judge what each shows over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import lap
import numpy as np

from emoapp.limits import Limits
from emoapp.tracking.smoothing import Smoother
from emoapp.types import Box, Face, Frame, Rejection, Scores, Track

MAX_AGE_S = 1.5
"""A track that was not seen for so many seconds is forgotten; a face that comes then is new."""

MAX_DISTANCE = 1.0
"""A face belongs to a track if it is less than so many widths from where it is expected."""

COASTING_S = 0.5
"""For so long an unseen face is expected to go on moving; then to stand still."""

VELOCITY_S = 0.2
"""Time constant of a track's average velocity, seconds."""

LABEL_HYSTERESIS = 0.08
"""By how much another expression must be more probable before the label changes to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """A face of a frame and its track.

    id: the track's.
    due: whether the face is to be classified in this frame.
    """

    id: int
    face: Face
    due: bool


@dataclass(slots=True)
class _State:
    """What is known of a track."""

    id: int
    box: Box
    first_t: float
    last_t: float
    smoother: Smoother
    classified_t: float = -math.inf
    raw: Scores | None = None
    rejection: Rejection | None = None
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))
    """x, y in pixels a second."""
    smoothed: Scores | None = None
    label: str = ""
    unsure: bool = False

    def expected(self, t: float) -> Box:
        """Where the face should be at `t` seconds."""
        dx, dy = self.velocity * min(t - self.last_t, COASTING_S)
        x0, y0, x1, y1 = self.box
        return Box(x0 + dx, y0 + dy, x1 + dx, y1 + dy)

    def move(self, box: Box, t: float) -> None:
        """Take in where the face is at `t` seconds."""
        elapsed = t - self.last_t
        if elapsed > 0:
            moved = np.subtract(box.center, self.box.center) / elapsed
            self.velocity = self.velocity - math.expm1(-elapsed / VELOCITY_S) * (
                moved - self.velocity
            )
        self.box, self.last_t = box, t


class Tracker:
    """Assign the faces of each frame to tracks, then average what was classified of them.

    For each frame, in order: `assign`, and `update` with the scores of the faces that were due.
    Faces and tracks are matched at the least total distance (Jonker and Volgenant 1987).
    """

    def __init__(
        self,
        *,
        smoothing_s: float = 0.3,
        limits: Limits | None = None,
        classify_interval: int = 1,
    ) -> None:
        """smoothing_s: time constant of the average, seconds; 0 for none.

        limits: which faces are not believed; None for the usual ones.
        classify_interval: each of several faces is due in one of so many frames.
        """
        self._smoothing_s = smoothing_s
        self._limits = limits or Limits()
        self._classify_interval = classify_interval
        self._tracks: list[_State] = []
        self._assigned: list[tuple[_State, Face]] = []
        self._last_id = 0
        self._t = 0.0

    def assign(self, frame: Frame, faces: Sequence[Face]) -> list[Assignment]:
        """Return the track of each face, in the same order; a new one where it fits none.

        Faces of new tracks are due, and of the others those that have waited longest, so that each
        frame takes about the same time.
        """
        self._t = frame.t
        self._tracks = [track for track in self._tracks if self._t - track.last_t <= MAX_AGE_S]
        matched = self._match(faces)
        self._assigned = []
        for face, known in zip(faces, matched, strict=True):
            track = known or self._begin(face)
            track.move(face.box, self._t)
            self._assigned.append((track, face))
        due = self._due()
        return [Assignment(track.id, face, track.id in due) for track, face in self._assigned]

    def update(
        self, scores: Sequence[Scores | None], rejections: Sequence[Rejection | None] | None = None
    ) -> tuple[Track, ...]:
        """Return the tracks of the frame that was assigned last, in the order of its faces.

        scores: of each face; None where it was not classified: it keeps what its track showed last.
        rejections: for each face, why its scores should not be believed; None to believe all.
        """
        rejections = [None] * len(scores) if rejections is None else rejections
        for (track, _), raw, rejection in zip(self._assigned, scores, rejections, strict=True):
            if raw is not None:
                track.raw, track.classified_t = raw, self._t
                track.rejection = self._judge(track, raw, rejection)
        return tuple(self._track(state, face) for state, face in self._assigned)

    def _begin(self, face: Face) -> _State:
        self._last_id += 1
        smoother = Smoother(self._smoothing_s)
        track = _State(self._last_id, face.box, self._t, self._t, smoother)
        self._tracks.append(track)
        return track

    def _due(self) -> set[int]:
        """The ids of the assigned tracks to classify."""
        tracks = [track for track, _ in self._assigned]
        longest_first = sorted(tracks, key=lambda track: track.classified_t)
        new = sum(track.raw is None for track in tracks)
        share = math.ceil(len(tracks) / self._classify_interval)
        return {track.id for track in longest_first[: max(new, share)]}

    def _track(self, state: _State, face: Face) -> Track:
        if state.raw is None or state.smoothed is None:
            raise ValueError(f"scores: expected some for the new track {state.id}")
        return Track(
            id=state.id,
            face=face,
            raw=state.raw,
            smoothed=state.smoothed,
            label=state.label,
            first_t=state.first_t,
            last_t=self._t,
            rejection=state.rejection,
        )

    def _judge(self, track: _State, raw: Scores, rejection: Rejection | None) -> Rejection | None:
        """Take a track's new scores in; return the rejection that remains."""
        # What is not believed must not linger in the average either.
        if rejection is None or track.smoothed is None:
            average = track.smoother.update(raw.probabilities, self._t)
            track.smoothed = Scores(raw.labels, average)
            chances = track.smoothed.as_dict()
            best = track.smoothed.label
            if not track.label or chances[best] > chances[track.label] + LABEL_HYSTERESIS:
                track.label = best
        if rejection is not None:
            return rejection
        back = self._limits.confidence_back if track.unsure else 0.0
        track.unsure = track.smoothed.of(track.label) < self._limits.confidence + back
        return Rejection.UNSURE if track.unsure else None

    def _match(self, faces: Sequence[Face]) -> list[_State | None]:
        """The known track that each face belongs to; None for a new one."""
        matched: list[_State | None] = [None] * len(faces)
        if not faces or not self._tracks:
            return matched
        expected = [track.expected(self._t) for track in self._tracks]
        distances = [[_distance(face.box, box) for box in expected] for face in faces]
        # Columns by row, -1 where no match is better than one too far away.
        _, columns, _ = lap.lapjv(np.array(distances), extend_cost=True, cost_limit=MAX_DISTANCE)
        for i, j in enumerate(columns):
            if j >= 0:
                matched[i] = self._tracks[j]
        return matched


def _distance(a: Box, b: Box) -> float:
    """Between the centres, in widths of the larger face, plus how much the sizes differ."""
    (ax, ay), (bx, by) = a.center, b.center
    moved = math.hypot(ax - bx, ay - by) / max(a.width, b.width)
    return moved + abs(math.log(a.width / b.width))
