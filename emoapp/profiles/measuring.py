"""Measure a profile on labeled photographs of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from emoapp.profiles.appearance import SAME_PERSON, similarity
from emoapp.profiles.profile import Profile
from emoapp.profiles.samples import Samples
from emoapp.profiles.scores import balanced_accuracy, calibration_error

MAX_COST = 0.01
"""A profile that costs more balanced accuracy than this does not fit."""


@dataclass(frozen=True, slots=True, eq=False)
class Tested:
    """Figures of a profile on samples that it may not have learned from.

    Attributes:
        truth: int64 (N,).
        before: float32 (N, K), probabilities without the profile.
        after: float32 (N, K), with it.
        alike: float (N,), how much each face looks like the profile's person.
    """

    truth: np.ndarray
    before: np.ndarray
    after: np.ndarray
    alike: np.ndarray

    @property
    def other_person(self) -> bool:
        """Whether most faces look like somebody else's."""
        return bool(np.median(self.alike) < SAME_PERSON)

    @property
    def fits(self) -> bool:
        """Whether the profile is this person's, as far as can be told, and does no harm."""
        figures = self.as_dict()
        cost = (
            figures["restricted_balanced_accuracy_without"]
            - figures["restricted_balanced_accuracy"]
        )
        return not self.other_person and cost <= MAX_COST

    def as_dict(self) -> dict[str, Any]:
        """Return the figures by name, as `emoapp evaluate` names them, for JSON."""
        found: dict[str, Any] = {"n": len(self.truth)}
        only = np.unique(self.truth)
        for end, rows in (("", self.after), ("_without", self.before)):
            found[f"accuracy{end}"] = float((rows.argmax(axis=1) == self.truth).mean())
            found[f"balanced_accuracy{end}"] = balanced_accuracy(rows, self.truth)
            found[f"restricted_balanced_accuracy{end}"] = balanced_accuracy(
                rows, self.truth, only=only
            )
            found[f"ece{end}"] = calibration_error(rows, self.truth)
        found["similarity"] = float(np.median(self.alike))
        return found


def measure(profile: Profile, samples: Samples) -> Tested:
    """Measure a profile.

    Args:
        profile: The profile.
        samples: Labeled faces of one person, with their crops.

    Returns:
        The figures.
    """
    assert samples.crops is not None
    after = profile.correct(samples.crops, samples.probabilities, samples.features)
    alike = similarity(samples.looks, profile.samples.looks)
    return Tested(samples.labels, samples.padded(), after, alike)
