"""The expressions that the guided minute asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from emoapp.profiles.lessons import Observation
from emoapp.profiles.profile import Profile

COUNTDOWN_S, WATCH_S = (3.0, 2.0), (2.0, 1.0)
"""Seconds of the countdown before an expression, and for which it is watched, by round."""

ORDER = ("happy", "surprise", "sad", "angry", "disgust", "fear")
"""The order between the two neutral faces: the easy ones first."""


@dataclass(slots=True)
class Step:
    """An expression that is asked for.

    Attributes:
        label: Its name.
        countdown_s: How long the countdown is.
        watch_s: For how long it is watched.
        seen: What was seen meanwhile.
        skipped: Whether it was left out.
    """

    label: str
    countdown_s: float
    watch_s: float
    seen: list[Observation] = field(default_factory=list)
    skipped: bool = False

    def shown(self, profile: Profile | None) -> np.ndarray:
        """Return the probabilities of the frames, float32 (N, K), or (N, K + O) with a profile.

        Args:
            profile: What corrects them; None for nothing.
        """
        rows = np.stack([one.probabilities for one in self.seen])
        if profile is None:
            return rows
        features = np.stack([one.features for one in self.seen])
        return profile.correct(np.stack([one.crop for one in self.seen]), rows, features)


def orders(labels: Sequence[str], own: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the labels in the order of each round; neutral comes first and, at first, last too.

    Args:
        labels: The model's labels.
        own: Labels of one's own.
    """
    asked = [label for label in ORDER if label in labels]
    asked += [label for label in labels if label not in ("neutral", *ORDER)]
    neutral = ["neutral"] if "neutral" in labels else []
    once = [*neutral, *asked, *own]
    return [*once, *neutral], once


def steps_of(labels: Sequence[str], number: int) -> list[Step]:
    """Return the steps of a round.

    Args:
        labels: In their order.
        number: Of the round, from 0.
    """
    return [Step(label, COUNTDOWN_S[number], WATCH_S[number]) for label in labels]
