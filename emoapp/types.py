"""The values that flow through the pipeline: checked once where they are made, then trusted."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from emoapp.images import Image


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a source.

    pixels: in the form in which the source has them; an array, uint8 (H, W, 3), BGR, becomes one.
    index: 0 for the first frame that the source delivered; frames it missed are counted too.
    t: seconds since the source began, monotonic.
    arrived: when it came from outside, by `time.monotonic()`; None where it was read from a file.
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
        """uint8 (H, W, 3), BGR: that of `pixels` where they are BGR, else made at each call."""
        return self.pixels.bgr()

    @property
    def size_wh(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.pixels.size_wh


class Box(NamedTuple):
    """A rectangle in pixels of the full frame; x1 and y1 are exclusive. It may leave the frame."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def center(self) -> tuple[float, float]:
        """(x, y) in pixels."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face that a detector found; all positions in pixels of the full frame.

    Positions are continuous: 0, 0 is the outer corner of the first pixel, 0.5, 0.5 its centre.

    box: the detector's rectangle.
    score: the detector's confidence, 0 to 1.
    eyes: float32 (2, 2), rows x, y; first the eye on the left of the picture. None without eyes.
    nose, mouth: float32 (2,), x, y; None where the detector has none.
    """

    box: Box
    score: float
    eyes: np.ndarray | None = None
    nose: np.ndarray | None = None
    mouth: np.ndarray | None = None

    def __post_init__(self) -> None:
        if not (self.box.x1 > self.box.x0 and self.box.y1 > self.box.y0):
            raise ValueError(f"Face.box: expected x1 > x0 and y1 > y0, got {tuple(self.box)}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"Face.score: expected 0 to 1, got {self.score}")
        for name, shape in (("eyes", (2, 2)), ("nose", (2,)), ("mouth", (2,))):
            points = getattr(self, name)
            if points is not None and points.shape != shape:
                raise ValueError(f"Face.{name}: expected shape {shape}, got {points.shape}")

    def __repr__(self) -> str:
        sides = ", ".join(f"{side:.1f}" for side in self.box)
        return f"Face(box=({sides}), score={self.score:.2f})"


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """How much a face looks like each expression.

    labels: K names.
    probabilities: float32 (K,), in the order of `labels`, summing to 1.
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
        """The probability of a label, 0 to 1."""
        return float(self.probabilities[self.labels.index(label)])

    def as_dict(self) -> dict[str, float]:
        """Label -> probability."""
        return dict(zip(self.labels, self.probabilities.tolist(), strict=True))


class Rejection(Enum):
    """Why a face gets no label; the value says it in words, `advice` what to do about it."""

    TOO_SMALL = "too small"
    TOO_DARK = "too dark"
    TOO_PALE = "too little contrast"
    BLURRED = "blurred"
    TURNED_AWAY = "turned away"
    UNSURE = "unsure"

    @property
    def advice(self) -> str:
        return _ADVICE[self]


_ADVICE = {
    Rejection.TOO_SMALL: "come closer",
    Rejection.TOO_DARK: "more light",
    Rejection.TOO_PALE: "less light behind you",
    Rejection.BLURRED: "hold still",
    Rejection.TURNED_AWAY: "turn to the camera",
    Rejection.UNSURE: "unsure",
}


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person followed over time, as seen in one frame.

    id: counts from 1, never given twice in a run.
    face: where the face is in this frame.
    raw: the scores of this frame alone; where faces are read in turn (see `Pipeline`), of the last
        frame in which this one was.
    smoothed: the scores averaged over time; what is shown.
    label: the expression that is shown. It follows the most probable one with some reluctance,
        so that it does not flicker between two that are about equal. None takes that one.
    rejection: why no label should be believed; None where it may be.
    first_t, last_t: seconds since the source began, of the first and of this sighting.
    """

    id: int
    face: Face
    raw: Scores
    smoothed: Scores
    first_t: float
    last_t: float
    label: str | None = None
    rejection: Rejection | None = None

    @property
    def doubt(self) -> Rejection | None:
        """Deprecated name of `rejection`."""
        warnings.warn("Track.doubt is now Track.rejection", DeprecationWarning, stacklevel=2)
        return self.rejection

    def __post_init__(self) -> None:
        if self.label is None:
            object.__setattr__(self, "label", self.smoothed.label)

    def __repr__(self) -> str:
        said = f"Track(id={self.id}, label={self.label!r}, confidence={self.confidence:.2f}, "
        rejection = self.rejection.value if self.rejection else None
        return f"{said}rejection={rejection!r}, face={self.face!r})"

    @property
    def confidence(self) -> float:
        """The smoothed probability of `label`, 0 to 1."""
        return self.smoothed.of(self.label)


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What the pipeline says of a frame.

    tracks: one for each face in the frame, largest face first.
    ms: milliseconds spent in each stage ("detect", "align", "classify").
    """

    frame: Frame
    tracks: tuple[Track, ...]
    ms: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    def to_dicts(self) -> list[dict[str, str | int | float | None]]:
        """The rows of this frame as a log has them, without "source": one for each face.

        The keys are the columns of `rows.Rows`; in a frame without a face, those of a face are
        None, and there are no probabilities.
        """
        from emoapp.rows import Rows  # here, so that importing the package is quick

        labels = self.tracks[0].raw.labels if self.tracks else ()
        rows = Rows("", labels)
        return [dict(zip(rows.columns[1:], row[1:], strict=True)) for row in rows.of(self)]


@dataclass(frozen=True, slots=True)
class Speech:
    """What the companion says, for the panel in the window.

    text: the reply, as much of it as has come; "" for none.
    note: a quiet line below it, such as why a server gave no reply; "" for none.
    source: who says it: "written reply", or the model's name.
    label: the expression that it is about.
    age_s: seconds since it began to come.
    coming: whether more of it is to come.
    """

    text: str
    note: str
    source: str
    label: str
    age_s: float
    coming: bool = False


def __getattr__(name: str) -> type[Rejection]:
    if name == "Doubt":
        warnings.warn("Doubt is now Rejection", DeprecationWarning, stacklevel=2)
        return Rejection
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
