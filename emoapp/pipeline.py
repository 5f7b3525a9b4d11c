"""The way of one frame: detect, align, classify, track and smooth. No files, no threads."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from emoapp.alignment.align import align
from emoapp.alignment.quality import doubt_of
from emoapp.classifiers import Classifier
from emoapp.detectors import Detector
from emoapp.limits import Limits
from emoapp.tracking import Tracker, turns
from emoapp.types import Doubt, Face, Frame, Result, Scores


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """A frame and the faces in it; ms: milliseconds that finding them took."""

    frame: Frame
    faces: list[Face]
    ms: float


class Pipeline:
    """Detect, classify and track the faces of one source.

    Keeps who was seen before, so frames must come in order, and each source needs its own.
    `close` (or `with`) closes the detector and the classifier.
    """

    def __init__(
        self,
        detector: Detector,
        classifier: Classifier,
        *,
        smoothing_s: float = 0.3,
        limits: Limits | None = None,
        in_turn: bool = False,
    ) -> None:
        """smoothing_s: time constant of the average over time, seconds; 0 for none.

        limits: which faces are not believed; None for the usual ones.
        in_turn: read each of several faces in every second frame only. All are found and followed
            in each, and the average over time hides the difference; each further face costs half.
        """
        self.detector = detector
        self.classifier = classifier
        self._limits = limits or Limits()
        self._in_turn = in_turn
        self._smoothing_s = smoothing_s
        self._tracker = Tracker(smoothing_s=smoothing_s, limits=self._limits)

    def reset(self) -> None:
        """Forget who was seen: the next frame shows something else."""
        self.detector.reset()
        self._tracker = Tracker(smoothing_s=self._smoothing_s, limits=self._limits)

    def process(self, frame: Frame) -> Result:
        return self.classify(self.detect(frame))

    def detect(self, frame: Frame) -> Detected:
        """The first half of `process`: may run ahead of `classify`, in another thread."""
        began = perf_counter()
        faces = self.detector.detect(frame.pixels)
        return Detected(frame, faces, (perf_counter() - began) * 1e3)

    def classify(self, detected: Detected) -> Result:
        """The second half of `process`: what the faces show, and whose they are."""
        frame, faces = detected.frame, detected.faces
        began = perf_counter()
        people = self._tracker.match(frame, faces)
        wanted = turns(people) if self._in_turn else range(len(faces))
        crops = align(frame.pixels, [faces[i] for i in wanted], self.classifier.description.framing)
        aligned = perf_counter()
        labels = self.classifier.labels
        scores: list[Scores | None] = [None] * len(faces)
        doubts: list[Doubt | None] = [None] * len(faces)
        for i, crop, row in zip(wanted, crops, self.classifier.classify(crops), strict=True):
            scores[i] = Scores(labels, row)
            doubts[i] = doubt_of(faces[i], crop, self._limits)
        tracks = self._tracker.update(frame, faces, scores, doubts, people=people)
        classified = perf_counter()
        return Result(
            frame,
            tracks,
            {
                "detect": detected.ms,
                "align": (aligned - began) * 1e3,
                "classify": (classified - aligned) * 1e3,
            },
        )

    def close(self) -> None:
        self.detector.close()
        self.classifier.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
