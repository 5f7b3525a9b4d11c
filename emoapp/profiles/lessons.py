"""What somebody said that a face shows: a label for some moments of one face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from emoapp.profiles import appearance
from emoapp.profiles.samples import Samples


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """A face in one frame, as the network saw it, before any correction.

    Attributes:
        crop: uint8 (S, S), gray.
        probabilities: float32 (K,), of the model's labels.
        features: float32 (D,); D is 0 for a model that returns none.
        t: Seconds since the source began.
    """

    crop: np.ndarray
    probabilities: np.ndarray
    features: np.ndarray
    t: float


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What a face really showed in some frames.

    Attributes:
        label: Its name.
        observations: The frames, at least one.
        groups: For each frame, the same number for those that stay together in cross-validation;
            numbers count within the lesson.
    """

    label: str
    observations: tuple[Observation, ...]
    groups: tuple[int, ...]

    def as_one_moment(self) -> Lesson:
        """Return the lesson with all frames in one group."""
        return replace(self, groups=(0,) * len(self.groups))


def one_moment(label: str, observations: Sequence[Observation]) -> Lesson:
    """Return a lesson of frames that follow each other closely.

    Args:
        label: What they show.
        observations: The frames, at least one.
    """
    return Lesson(label, tuple(observations), (0,) * len(observations))


def blocks(label: str, observations: Sequence[Observation], gap_s: float) -> Lesson:
    """Return a lesson in two groups of frames, with a gap between them that is not used.

    Args:
        label: What they show.
        observations: The frames, in order, at least one.
        gap_s: Seconds between the groups.
    """
    first, last = observations[0].t, observations[-1].t
    low, high = (first + last - gap_s) / 2, (first + last + gap_s) / 2
    kept = [seen for seen in observations if not low < seen.t < high] or list(observations)
    return Lesson(label, tuple(kept), tuple(int(seen.t >= high) for seen in kept))


def samples_of(
    lessons: Sequence[Lesson],
    names: tuple[str, ...],
    own: tuple[str, ...] = (),
    *,
    after: Samples | None = None,
) -> Samples:
    """Return the samples of lessons.

    Args:
        lessons: At least one.
        names: The model's labels.
        own: Labels of one's own.
        after: Samples that they are added to, of the same labels; None for none.

    Returns:
        The samples, with their crops unless `after` has none.
    """
    known = names + own
    seen = [(one, number, place) for place, one in enumerate(lessons) for number in one.groups]
    observations = [one for lesson in lessons for one in lesson.observations]
    crops = np.stack([one.crop for one in observations])
    first = 0 if after is None or not len(after) else int(after.groups.max()) + 1
    keys = [(place, number) for _, number, place in seen]
    numbers = {key: first + n for n, key in enumerate(dict.fromkeys(keys))}
    new = Samples(
        names,
        np.array([known.index(lesson.label) for lesson, _, _ in seen], np.int64),
        _among(np.stack([one.probabilities for one in observations]), len(names)),
        np.stack([one.features for one in observations]),
        appearance.describe(crops).astype(np.float32),
        np.array([one.t for one in observations]),
        np.array([numbers[key] for key in keys], np.int64),
        crops,
        own,
    )
    return new if after is None else _joined(after, new)


def _joined(a: Samples, b: Samples) -> Samples:
    return replace(
        a,
        labels=np.concatenate([a.labels, b.labels]),
        probabilities=np.concatenate([a.probabilities, b.probabilities]),
        features=np.concatenate([a.features, b.features]),
        looks=np.concatenate([a.looks, b.looks]),
        times=np.concatenate([a.times, b.times]),
        groups=np.concatenate([a.groups, b.groups]),
        crops=None if a.crops is None or b.crops is None else np.concatenate([a.crops, b.crops]),
        own=b.own or a.own,
    )


def _among(probabilities: np.ndarray, count: int) -> np.ndarray:
    """Return the probabilities of the first labels: others (contempt) only take a share of them."""
    rows = probabilities[:, :count]
    return np.asarray(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-9), np.float32)
