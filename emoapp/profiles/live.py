"""A corrector that remembers what it saw, and takes a new profile while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from emoapp.profiles.lessons import Observation

if TYPE_CHECKING:
    from emoapp.profiles.profile import Profile


class LiveCorrector:
    """Corrects the probabilities of one track, if there is a profile; see `pipeline.Corrector`.

    Args:
        profile: The profile; None for none yet.
        track: Id of the track; None for the one that is followed.
        own_labels: Labels that the model lacks; None for those of the profile.

    Attributes:
        profile, track: See the arguments; may be changed at any time, to a profile without labels
            of its own or with `own_labels`.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        track: int | None = None,
        own_labels: tuple[str, ...] | None = None,
    ) -> None:
        self.profile = profile
        self.track = track
        first = profile.own_labels if profile else ()
        self._own = first if own_labels is None else own_labels
        self._seen: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    @property
    def name(self) -> str:
        """The profile's name; "" for none."""
        return self.profile.name if self.profile else ""

    @property
    def own_labels(self) -> tuple[str, ...]:
        """Labels that the model lacks; they stay."""
        return self._own

    def correct(
        self, crops: np.ndarray, probabilities: np.ndarray, features: np.ndarray | None
    ) -> np.ndarray:
        """See `Profile.correct`; the last face is remembered."""
        known = np.empty((len(crops), 0), np.float32) if features is None else features
        if len(crops):
            self._seen = crops[-1], probabilities[-1].copy(), known[-1].copy()
        found = probabilities
        if self.profile is not None:
            found = self.profile.correct(crops, probabilities, features)
        missing = probabilities.shape[1] + len(self._own) - found.shape[1]
        return np.pad(found, ((0, 0), (0, missing)))

    def observed(self, t: float) -> Observation | None:
        """Return the face of the last frame, once; None where it was not classified.

        Args:
            t: Time of the frame, seconds since the source began.
        """
        seen, self._seen = self._seen, None
        return None if seen is None else Observation(*seen, t)
