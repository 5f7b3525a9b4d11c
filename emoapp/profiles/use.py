"""Use a profile in a pipeline."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from emoapp.classifiers import Classifier
from emoapp.errors import ProfileError, UsageError
from emoapp.profiles import store
from emoapp.profiles.profile import Profile, for_model
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class ProfileCorrector:
    """Corrects the probabilities of one track; see `pipeline.Corrector`.

    Attributes:
        profile: The profile.
        track: Id of the track; None for the one that is followed.
    """

    profile: Profile
    track: int | None = None

    @property
    def name(self) -> str:
        """The profile's name."""
        return self.profile.name

    @property
    def own_labels(self) -> tuple[str, ...]:
        """The profile's labels that the model lacks."""
        return self.profile.own_labels

    def correct(
        self, crops: np.ndarray, probabilities: np.ndarray, features: np.ndarray | None
    ) -> np.ndarray:
        """See `Profile.correct`."""
        return self.profile.correct(crops, probabilities, features)


def split_spec(spec: str) -> tuple[str, int | None]:
    """Split what `--profile` takes.

    Args:
        spec: "NAME" or "NAME=TRACK".

    Returns:
        The name, and the id of the track; None for the followed one.

    Raises:
        UsageError: The track is no number from 1.
    """
    name, equals, track = spec.partition("=")
    if not equals:
        return name, None
    if not (track.isascii() and track.isdigit()) or int(track) < 1:
        raise UsageError(f"--profile {spec}: expected the number of a track after =, from 1")
    return name, int(track)


def open_corrector(spec: str, classifier: Classifier) -> ProfileCorrector:
    """Load a profile for a model.

    A profile of another model is learned again from its pictures, where they were kept, and saved.

    Args:
        spec: "NAME" or "NAME=TRACK".
        classifier: The model that it corrects.

    Returns:
        The corrector.

    Raises:
        ProfileError: There is no such profile, or it was learned with another model.
        UsageError: `spec` is wrong.
    """
    name, track = split_spec(spec)
    profile = load_for(name, classifier)
    logger.info("profile %s of %d samples", name, len(profile.samples))
    return ProfileCorrector(profile, track)


def load_for(name: str, classifier: Classifier) -> Profile:
    """Load a profile for a model; see `open_corrector`.

    Args:
        name: Name of the profile.
        classifier: The model.

    Raises:
        ProfileError: There is no such profile, or it was learned with another model.
        UsageError: It is no name for a profile.
    """
    stored = store.load(name)
    profile = for_model(stored, classifier)
    if profile is not stored:
        try:
            store.save(profile, overwrite=True)
        except ProfileError as exc:
            logger.warning("%s", exc)  # it can be used all the same
    return profile
