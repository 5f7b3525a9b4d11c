"""Read, write and learn profiles: a correction for one person in one file."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from emoapp.classifiers import Classifier
from emoapp.errors import ProfileError
from emoapp.profiles import appearance
from emoapp.profiles.correction import Correction
from emoapp.profiles.learning import Choice, Learned, fit, learn
from emoapp.profiles.samples import Samples, sample
from emoapp.utils.files import write_whole
from emoapp.utils.npz import NPZ_ERRORS

FORMAT = 2
ARRAYS = ("labels", "probabilities", "features", "looks", "times", "groups", "crops")


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A correction for one person, and the samples that it was learned from.

    Attributes:
        name: The person's name, as the user gave it.
        model: Checksum of the model that saw the samples.
        samples: The labeled faces.
        correction: Corrects the model's probabilities; None where none helped.
        figures: What cross-validation said when it was learned, by name.
    """

    name: str
    model: str
    samples: Samples
    correction: Correction | None
    figures: dict[str, Any]

    @property
    def own_labels(self) -> tuple[str, ...]:
        """Labels of one's own, which the model lacks."""
        return self.samples.own

    def weight(self, crops: np.ndarray) -> np.ndarray:
        """Return how much of the correction applies to faces: little to another person's.

        Args:
            crops: uint8 (N, S, S), gray.

        Returns:
            float (N,), 0 to 1.
        """
        return appearance.weight(self.similarity(crops))

    def similarity(self, crops: np.ndarray) -> np.ndarray:
        """Return how much faces look like the person, float (N,), -1 to 1.

        Args:
            crops: uint8 (N, S, S), gray.
        """
        return appearance.similarity(appearance.describe(crops), self.samples.looks)

    def correct(
        self, crops: np.ndarray, probabilities: np.ndarray, features: np.ndarray | None
    ) -> np.ndarray:
        """Correct the probabilities of faces.

        Args:
            crops: uint8 (N, S, S), gray.
            probabilities: float32 (N, K), what the model shows; labels that the profile does not
                know follow those that it knows.
            features: float32 (N, D); None for a model that returns none.

        Returns:
            float32 (N, K + O), with O labels of one's own.
        """
        missing = len(self.own_labels)
        if self.correction is None or len(crops) == 0:
            return np.pad(probabilities, ((0, 0), (0, missing)))
        known = np.empty((len(crops), 0), np.float32) if features is None else features
        found = self.correction.apply(probabilities, known, self.weight(crops))
        if missing and self.correction.own is None:
            return np.pad(found, ((0, 0), (0, missing)))
        return found

    def write(self, path: Path, *, overwrite: bool = False) -> None:
        """Write the profile, whole or not at all.

        Args:
            path: The file.
            overwrite: Replace an existing file.

        Raises:
            OutputExistsError: The file exists and must not be replaced.
            OSError: It cannot be written.
        """
        about = {
            "format": FORMAT,
            "name": self.name,
            "model": self.model,
            "names": self.samples.names,
            "own": self.samples.own,
            "figures": self.figures,
        }
        arrays = {name: getattr(self.samples, name) for name in ARRAYS}
        kept = {name: array for name, array in arrays.items() if array is not None}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, about=np.array(json.dumps(about)), **kept)
        write_whole(path, lambda half: half.write_bytes(buffer.getvalue()), overwrite=overwrite)


def new_profile(
    name: str, model: str, samples: Samples, *, keep_pictures: bool, provisional: bool = False
) -> Profile:
    """Learn a profile.

    Args:
        name: The person's name.
        model: Checksum of the model that saw the samples.
        samples: The labeled faces, with their crops.
        keep_pictures: Keep the crops in the profile.
        provisional: See `learn`.

    Returns:
        The profile.
    """
    learned = learn(samples, provisional=provisional)
    kept = samples if keep_pictures else replace(samples, crops=None)
    return Profile(name, model, kept, learned.correction, figures_of(learned, samples))


def figures_of(learned: Learned, samples: Samples) -> dict[str, Any]:
    """Return the cross-validated figures, for JSON.

    Args:
        learned: The outcome of learning.
        samples: What was learned from.
    """
    from emoapp.profiles.scores import balanced_accuracy, calibration_error, confusion

    tested = learned.tested
    found: dict[str, Any] = {
        "adopted": learned.correction is not None,
        **asdict(learned.choice) | {"shown": list(learned.choice.shown)},
        "tested": int(tested.sum()),
    }
    if tested.any():
        truth, only = samples.labels[tested], np.unique(samples.labels)
        for when, rows in (("before", learned.before[tested]), ("after", learned.after[tested])):
            found[when] = {
                "right": int((rows.argmax(axis=1) == truth).sum()),
                "balanced_accuracy": balanced_accuracy(rows, truth),
                "restricted_balanced_accuracy": balanced_accuracy(rows, truth, only=only),
                "ece": calibration_error(rows, truth),
                "confusion": confusion(rows, truth).tolist(),
            }
    return found


def read_profile(path: Path) -> Profile:
    """Read a profile.

    Args:
        path: File that `Profile.write` wrote.

    Raises:
        ProfileError: The file is missing or no profile; names the file.
    """
    try:
        with np.load(path, allow_pickle=False) as content:
            about = json.loads(str(content["about"]))
            if about["format"] != FORMAT:
                raise ProfileError(
                    f"{path}: has format {about['format']}, this program reads {FORMAT}; "
                    "learn the profile again with this version"
                )
            arrays = {name: content[name] for name in ARRAYS if name in content}
        samples = Samples(tuple(about["names"]), **arrays, own=tuple(about.get("own", ())))
        figures = dict(about["figures"])
        correction = fit(samples, _choice(figures)) if figures["adopted"] else None
        return Profile(str(about["name"]), str(about["model"]), samples, correction, figures)
    except FileNotFoundError:
        raise ProfileError(f"{path}: there is no such profile") from None
    except NPZ_ERRORS as exc:
        raise ProfileError(f"{path}: not a profile ({exc})") from exc


def _choice(figures: dict[str, Any]) -> Choice:
    return Choice(
        figures["ridge"],
        float(figures.get("temperature", 1.0)),
        bool(figures.get("provisional", False)),
        tuple(figures.get("shown", ())),
    )


def for_model(profile: Profile, classifier: Classifier) -> Profile:
    """Return the profile for a model; learn it again if its pictures were kept.

    Args:
        profile: The profile.
        classifier: The model that it is used with.

    Returns:
        The same profile, or one that was learned from the kept pictures.

    Raises:
        ProfileError: It was learned with another model, and no pictures were kept.
    """
    known = len(profile.samples.names)
    if (
        profile.model == classifier.description.checksum
        and classifier.labels[:known] == profile.samples.names
    ):
        return profile
    kept = profile.samples
    if kept.crops is None:
        raise ProfileError(
            f"the profile {profile.name} was learned with another model; learn it again with "
            f"`emoapp profile learn {profile.name} --overwrite`, and with --keep-pictures this "
            "happens by itself"
        )
    missing = set(kept.counts) - {*classifier.labels, *kept.own}
    if missing:
        raise ProfileError(
            f"the profile {profile.name} has the labels {', '.join(sorted(missing))}, which this "
            "model lacks"
        )
    known_labels = (*classifier.labels, *kept.own)
    samples = sample(
        classifier,
        kept.crops,
        [known_labels.index(kept.all_names[label]) for label in kept.labels],
        times=kept.times.tolist(),
        groups=kept.groups.tolist(),
        own=kept.own,
    )
    return new_profile(profile.name, classifier.description.checksum, samples, keep_pictures=True)
