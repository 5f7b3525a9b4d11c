"""Track faces from frame to frame, and smooth and judge their scores over time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import lap
import numpy as np

from emoapp.limits import Limits
from emoapp.tracking.smoothing import Smoother
from emoapp.types import Box, Face, Frame, Rejection, Scores, Track
from emoapp.utils.geometry import distance, shifted_face

MAX_AGE_S = 1.5
"""A track that was not seen for longer is dropped; a face that appears later is a new track."""

MAX_DISTANCE = 1.0
"""Largest distance of a face from its track's predicted box, in widths of the face."""

COASTING_S = 0.5
"""How long an unseen face is predicted to keep moving; after that, it is taken to stand still."""

VELOCITY_S = 0.2
"""Time constant of the average of a track's velocity."""

LABEL_HYSTERESIS = 0.08
"""How much more probable another expression must be for the label to change to it."""


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """A face of a frame and its track.

    Attributes:
        id: The track's id.
        face: The face.
        due: Whether the face is to be classified in this frame.
    """

    id: int
    face: Face
    due: bool


@dataclass(slots=True)
class _State:
    """The state of a track.

    Attributes:
        id: Counted from 1.
        box: Last bounding box.
        first_t: When the track began, seconds.
        last_t: When the face was last seen, seconds.
        smoother: Average of the probabilities.
        classified_t: When the face was last classified, seconds.
        raw: Last scores.
        rejection: Why these should not be trusted.
        velocity: float (2,), x, y, pixels per second.
        smoothed: Averaged scores.
        label: The expression shown, with hysteresis.
        unsure: Whether the confidence was too low at the last classification.
    """

    id: int
    box: Box
    first_t: float
    last_t: float
    smoother: Smoother
    classified_t: float = -math.inf
    raw: Scores | None = None
    rejection: Rejection | None = None
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))
    smoothed: Scores | None = None
    label: str = ""
    unsure: bool = False

    def shift(self, t: float) -> tuple[float, float]:
        """Return how far the box is expected to have moved by `t` seconds, x and y in pixels."""
        return tuple((self.velocity * min(t - self.last_t, COASTING_S)).tolist())

    def predicted(self, t: float) -> Box:
        """Return the predicted bounding box at `t` seconds."""
        dx, dy = self.shift(t)
        x0, y0, x1, y1 = self.box
        return Box(x0 + dx, y0 + dy, x1 + dx, y1 + dy)

    def move(self, box: Box, t: float) -> None:
        """Update box and velocity with the face's bounding box at `t` seconds."""
        elapsed = t - self.last_t
        if elapsed > 0:
            moved = np.subtract(box.center, self.box.center) / elapsed
            self.velocity = self.velocity - math.expm1(-elapsed / VELOCITY_S) * (
                moved - self.velocity
            )
        self.box, self.last_t = box, t


class Tracker:
    """Assign the faces of each frame to tracks and smooth the tracks' scores.

    For each frame, in order, call `assign`, then `update` with the scores of the faces that were
    due. Faces and tracks are matched at the least total distance (Jonker and Volgenant, 1987).

    Args:
        smoothing_s: Time constant of the average, seconds; 0 for no average.
        limits: Which faces are rejected; None for the defaults.
        classify_interval: Each of several faces is due in one of so many frames.
    """

    def __init__(
        self,
        *,
        smoothing_s: float = 0.3,
        limits: Limits | None = None,
        classify_interval: int = 1,
    ) -> None:
        self._smoothing_s = smoothing_s
        self._limits = limits or Limits()
        self._classify_interval = classify_interval
        self._tracks: list[_State] = []
        self._assigned: list[tuple[_State, Face]] = []
        self._last_id = 0
        self._t = 0.0

    def tune(self, *, smoothing_s: float, limits: Limits) -> None:
        """Change how faces are judged from the next frame on; all tracks go on.

        Args:
            smoothing_s: Time constant of the average, seconds; 0 for no average.
            limits: Which faces are rejected.
        """
        self._smoothing_s, self._limits = smoothing_s, limits
        for track in self._tracks:
            track.smoother.time_constant_s = smoothing_s

    def assign(self, frame: Frame, faces: Sequence[Face]) -> list[Assignment]:
        """Assign each face to a track, a new one if it matches none.

        Faces of new tracks are due, and of the others those that have waited longest, so that each
        frame takes about the same time.

        Args:
            frame: The frame.
            faces: The faces in it.

        Returns:
            The assignments, in the order of `faces`.
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
        """Update the tracks of the last assigned frame with the scores of its faces.

        Args:
            scores: Scores of each face; None if it was not classified and its track keeps the last.
            rejections: Why each face's scores should not be trusted; None to trust all.

        Returns:
            The tracks, in the order of the faces.

        Raises:
            ValueError: A face of a new track has no scores, or the numbers of faces, scores and
                rejections differ.
        """
        rejections = rejections or [None] * len(scores)
        for (track, _), raw, rejection in zip(self._assigned, scores, rejections, strict=True):
            if raw is not None:
                track.raw, track.classified_t = raw, self._t
                track.rejection = self._judge(track, raw, rejection)
        return tuple(self._track(state, face) for state, face in self._assigned)

    def move_on(self, t: float) -> tuple[Track, ...]:
        """Return the tracks of the last assigned frame, where they are expected at `t` seconds."""
        return tuple(
            self._track(state, shifted_face(face, *state.shift(t)))
            for state, face in self._assigned
        )

    def _begin(self, face: Face) -> _State:
        self._last_id += 1
        smoother = Smoother(self._smoothing_s)
        track = _State(self._last_id, face.box, self._t, self._t, smoother)
        self._tracks.append(track)
        return track

    def _due(self) -> set[int]:
        """Return the ids of the assigned tracks to classify."""
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
        """Add new scores to a track and return its rejection, if any."""
        # Rejected scores must not affect the average either.
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
        """Return the known track of each face; None for a new one."""
        matched: list[_State | None] = [None] * len(faces)
        if not faces or not self._tracks:
            return matched
        predicted = [track.predicted(self._t) for track in self._tracks]
        distances = [[distance(face.box, box) for box in predicted] for face in faces]
        # Columns by row; -1 where any match would be farther than the limit.
        _, columns, _ = lap.lapjv(np.array(distances), extend_cost=True, cost_limit=MAX_DISTANCE)
        for i, j in enumerate(columns):
            if j >= 0:
                matched[i] = self._tracks[j]
        return matched
