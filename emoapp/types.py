"""The values that flow through the pipeline: checked where they are made, then trusted."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from emoapp.boxes import Box, Face
from emoapp.utils.language import N_

if TYPE_CHECKING:
    from emoapp.images import Image

__all__ = ["Box", "Face", "Frame", "Rejection", "Result", "Scores", "Track"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        pixels: In the form that the source delivers. An array, uint8 (H, W, 3), BGR, is wrapped.
        index: 0 for the first frame that the source delivered; missed frames are counted too.
        t: Seconds since the source began, monotonic.
        arrived: When it came from outside, by `platforms.clock.now`; None where it was read from a
            file.

    Raises:
        TypeError, ValueError: `pixels` is no image, or `index` is negative.
    """

    pixels: Image
    index: int
    t: float
    arrived: float | None = None

    def __post_init__(self) -> None:
        from emoapp.images import as_image  # here, so that importing the package is quick

        object.__setattr__(self, "pixels", as_image(self.pixels, "Frame.pixels"))
        if self.index < 0:
            raise ValueError(f"Frame.index: expected 0 or more, got {self.index}")

    def __repr__(self) -> str:
        return f"Frame(index={self.index}, t={self.t:.3f}, size_wh={self.size_wh})"

    @property
    def image(self) -> np.ndarray:
        """uint8 (H, W, 3), BGR; converted at each call unless `pixels` are BGR already."""
        return self.pixels.bgr()

    @property
    def size_wh(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.size_wh


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The probabilities of the expressions of one face.

    Attributes:
        labels: K names.
        probabilities: float32 (K,), in the order of `labels`, summing to 1.

    Raises:
        ValueError: `probabilities` has another shape.
    """

    labels: tuple[str, ...]
    probabilities: np.ndarray

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.labels),):
            raise ValueError(
                f"Scores.probabilities: expected shape ({len(self.labels)},) for the labels "
                f"{', '.join(self.labels)}; got {self.probabilities.shape}"
            )

    def __repr__(self) -> str:
        return f"Scores({', '.join(f'{label} {p:.2f}' for label, p in self.as_dict().items())})"

    @property
    def label(self) -> str:
        """The most probable expression."""
        return self.labels[int(self.probabilities.argmax())]

    @property
    def confidence(self) -> float:
        """The probability of `label`, 0 to 1."""
        return float(self.probabilities.max())

    def of(self, label: str) -> float:
        """Return the probability of a label, 0 to 1."""
        return float(self.probabilities[self.labels.index(label)])

    def as_dict(self) -> dict[str, float]:
        """Return label -> probability."""
        return dict(zip(self.labels, self.probabilities.tolist(), strict=True))


class Rejection(Enum):
    """Why a face gets no label; the value is the reason in words, as logs have it."""

    TOO_SMALL = N_("too small")
    TOO_DARK = N_("too dark")
    TOO_PALE = N_("too little contrast")
    BLURRED = N_("blurred")
    TURNED_AWAY = N_("turned away")
    UNSURE = N_("unsure")


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One face followed over time, as seen in one frame.

    Attributes:
        id: Counts from 1, never reused in a run.
        face: Where the face is in this frame.
        raw: The scores of this frame alone; where tracks take turns in being classified (see
            `Pipeline`), of the last frame in which this one was.
        smoothed: The scores averaged over time; these are shown.
        first_t, last_t: Seconds since the source began, of the first and of this sighting.
        label: The expression that is shown. It changes with some hysteresis, so that it does not
            flicker between two about equal ones. None takes the most probable one.
        rejection: Why the label is not to be believed; None where it is.
        profile: Name of the profile that corrected the scores; "" for none.
    """

    id: int
    face: Face
    raw: Scores
    smoothed: Scores
    first_t: float
    last_t: float
    label: str = ""
    rejection: Rejection | None = None
    profile: str = ""

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", self.smoothed.label)

    def __repr__(self) -> str:
        rejection = self.rejection.value if self.rejection else None
        return (
            f"Track(id={self.id}, label={self.label!r}, confidence={self.confidence:.2f}, "
            f"rejection={rejection!r}, face={self.face!r})"
        )

    @property
    def confidence(self) -> float:
        """The smoothed probability of `label`, 0 to 1."""
        return self.smoothed.of(self.label)

    @property
    def doubt(self) -> Rejection | None:
        """Deprecated name of `rejection`."""
        warnings.warn("Track.doubt is now Track.rejection", DeprecationWarning, stacklevel=2)
        return self.rejection


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The tracks of one frame.

    Attributes:
        frame: The frame, as the source delivered it.
        tracks: One for each face in the frame, largest face first.
        ms: Milliseconds spent in each stage ("detect", "align", "classify").
        selected: Id of the track that is followed: its bars are shown. None for none.
    """

    frame: Frame
    tracks: tuple[Track, ...]
    ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    selected: int | None = None

    @property
    def selected_track(self) -> Track | None:
        """The track that is followed; None for none."""
        return next((track for track in self.tracks if track.id == self.selected), None)

    def scaled(self, factor: float, frame: Frame | None = None) -> Result:
        """Return the result with all positions multiplied by `factor`.

        Args:
            factor: From pixels of this result's frame to those of the new one.
            frame: The frame of the returned result; None for this one's.
        """
        from emoapp.utils.geometry import scaled_face

        tracks = tuple(replace(t, face=scaled_face(t.face, factor)) for t in self.tracks)
        return replace(self, frame=frame or self.frame, tracks=tracks)

    def to_dicts(self) -> list[dict[str, str | int | float | None]]:
        """Return the rows of this frame as a log has them, without "source": one for each face.

        Returns:
            Dicts whose keys are the columns of `rows.Rows`. In a frame without a face, those of a
            face are None, and there are no probabilities.
        """
        from emoapp.rows import Rows  # here, so that importing the package is quick

        labels = self.tracks[0].raw.labels if self.tracks else ()
        profile = any(track.profile for track in self.tracks)
        rows = Rows("", labels, profile=profile)
        return [dict(zip(rows.columns[1:], row[1:], strict=True)) for row in rows.of(self)]


def __getattr__(name: str) -> type[Rejection]:
    if name == "Doubt":
        warnings.warn("Doubt is now Rejection", DeprecationWarning, stacklevel=2)
        return Rejection
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
