"""Which face is whose, from frame to frame."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import lap
import numpy as np

from emoapp.limits import Limits
from emoapp.tracking.smoothing import Smoother
from emoapp.types import Box, Doubt, Face, Frame, Scores, Track

MAX_AGE_S = 1.5
"""A person who was not seen for so many seconds is forgotten; whoever comes then is new."""

MAX_DISTANCE = 1.0
"""A face belongs to a known person if it is less than so many widths from where it is expected."""

COASTING_S = 0.5
"""For so long an unseen person is expected to go on moving; then to stand still."""

VELOCITY_S = 0.2
"""Time constant of a person's average velocity, seconds."""


LABEL_HYSTERESIS = 0.08
"""By how much another expression must be more probable before the label changes to it."""


@dataclass(slots=True)
class _Person:
    id: int
    box: Box
    first_t: float
    last_t: float
    smoother: Smoother
    read_t: float = -math.inf
    raw: Scores | None = None
    doubt: Doubt | None = None
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
    """Gives each face the identity of the person who is expected there.

    Faces and persons are matched at the least total distance (Jonker and Volgenant 1987).
    """

    def __init__(self, *, smoothing_s: float = 0.3, limits: Limits | None = None) -> None:
        self._smoothing_s = smoothing_s
        self._limits = limits or Limits()
        self._people: list[_Person] = []
        self._last_id = 0

    def update(
        self,
        frame: Frame,
        faces: list[Face],
        scores: list[Scores | None],
        doubts: list[Doubt | None] | None = None,
        *,
        people: list[_Person | None] | None = None,
    ) -> tuple[Track, ...]:
        """The faces of the next frame as tracks, in the same order.

        scores: None for a face that was not read: it shows what its person showed last.
        doubts: for each face, why its scores should not be believed; None for no doubts at all.
        people: what `match` said of this frame, where it was asked before.
        """
        if people is None:
            people = self.match(frame, faces)
        tracks = []
        for face, raw, doubt, person in zip(
            faces, scores, doubts or [None] * len(faces), people, strict=True
        ):
            if person is None:
                self._last_id += 1
                smoother = Smoother(self._smoothing_s)
                person = _Person(self._last_id, face.box, frame.t, frame.t, smoother)
                self._people.append(person)
            person.move(face.box, frame.t)
            if raw is not None:
                person.raw, person.read_t = raw, frame.t
                person.doubt = self._judge(person, raw, doubt, frame.t)
            tracks.append(
                Track(
                    id=person.id,
                    face=face,
                    raw=person.raw,
                    smoothed=person.smoothed,
                    label=person.label,
                    first_t=person.first_t,
                    last_t=frame.t,
                    doubt=person.doubt,
                )
            )
        return tuple(tracks)

    def _judge(self, person: _Person, raw: Scores, doubt: Doubt | None, t: float) -> Doubt | None:
        """Take a person's new scores in; gives the doubt that remains."""
        # What is not believed must not linger in the average either.
        if doubt is None or person.smoothed is None:
            average = person.smoother.update(raw.probabilities, t)
            person.smoothed = Scores(raw.labels, average)
            chances = person.smoothed.as_dict()
            best = person.smoothed.label
            if not person.label or chances[best] > chances[person.label] + LABEL_HYSTERESIS:
                person.label = best
        if doubt is not None:
            return doubt
        back = self._limits.confidence_back if person.unsure else 0.0
        person.unsure = person.smoothed.of(person.label) < self._limits.confidence + back
        return Doubt.UNSURE if person.unsure else None

    def match(self, frame: Frame, faces: list[Face]) -> list[_Person | None]:
        """The person whose face each is, for `turns` and `update`; None for somebody new."""
        t = frame.t
        self._people = [person for person in self._people if t - person.last_t <= MAX_AGE_S]
        matched: list[_Person | None] = [None] * len(faces)
        if not faces or not self._people:
            return matched
        expected = [person.expected(t) for person in self._people]
        distances = [[_distance(face.box, box) for box in expected] for face in faces]
        # Columns by row, -1 where no match is better than one out of reach.
        _, columns, _ = lap.lapjv(np.array(distances), extend_cost=True, cost_limit=MAX_DISTANCE)
        for i, j in enumerate(columns):
            if j >= 0:
                matched[i] = self._people[j]
        return matched


def turns(people: list[_Person | None]) -> list[int]:
    """Which faces of a frame to read, where every second frame is enough for each.

    Those of people who are new, and of the others those who were not read for longest, so that at
    least half of the faces are read, and each frame takes the same time.

    people: whose the faces are, by `Tracker.match`.
    """
    last_t = [-math.inf if person is None else person.read_t for person in people]
    new = last_t.count(-math.inf)
    oldest_first = sorted(range(len(people)), key=last_t.__getitem__)
    return sorted(oldest_first[: max(new, (len(people) + 1) // 2)])


def _distance(a: Box, b: Box) -> float:
    """Between the centres, in widths of the larger face, plus how much the sizes differ."""
    (ax, ay), (bx, by) = a.center, b.center
    moved = math.hypot(ax - bx, ay - by) / max(a.width, b.width)
    return moved + abs(math.log(a.width / b.width))
