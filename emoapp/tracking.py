"""Which face is whose, from frame to frame."""

from __future__ import annotations

import math
from dataclasses import dataclass

from emoapp.smoothing import Smoother
from emoapp.types import Box, Face, Frame, Scores, Track

MEMORY_S = 1.0
"""A person who was not seen for so many seconds is forgotten; whoever comes then is new."""

REACH = 1.0
"""A face belongs to a known person if it moved by less than so many of its own widths."""


@dataclass(slots=True)
class _Person:
    id: int
    box: Box
    first_t: float
    last_t: float
    smoother: Smoother


class Tracker:
    """Gives each face the identity of the nearest known person, nearest pairs first."""

    def __init__(self, *, smoothing_s: float = 0.3) -> None:
        self._smoothing_s = smoothing_s
        self._people: list[_Person] = []
        self._last_id = 0

    def update(self, frame: Frame, faces: list[Face], scores: list[Scores]) -> tuple[Track, ...]:
        """The faces of the next frame as tracks, in the same order."""
        self._people = [p for p in self._people if frame.t - p.last_t <= MEMORY_S]
        people = self._match(faces)
        tracks = []
        for face, raw, person in zip(faces, scores, people, strict=True):
            if person is None:
                self._last_id += 1
                smoother = Smoother(self._smoothing_s)
                person = _Person(self._last_id, face.box, frame.t, frame.t, smoother)
                self._people.append(person)
            person.box, person.last_t = face.box, frame.t
            smoothed = Scores(raw.labels, person.smoother.update(raw.probabilities, frame.t))
            tracks.append(Track(person.id, face, raw, smoothed, person.first_t, frame.t))
        return tuple(tracks)

    def _match(self, faces: list[Face]) -> list[_Person | None]:
        pairs = sorted(
            (
                (distance, i, j)
                for i, face in enumerate(faces)
                for j, person in enumerate(self._people)
                if (distance := _distance(face.box, person.box)) < REACH
            ),
        )
        matched: list[_Person | None] = [None] * len(faces)
        taken: set[int] = set()
        for _, i, j in pairs:
            if matched[i] is None and j not in taken:
                matched[i] = self._people[j]
                taken.add(j)
        return matched


def _distance(a: Box, b: Box) -> float:
    """Between the centres, in widths of the larger face, plus how much the sizes differ."""
    (ax, ay), (bx, by) = a.center, b.center
    moved = math.hypot(ax - bx, ay - by) / max(a.width, b.width)
    return moved + abs(math.log(a.width / b.width))
