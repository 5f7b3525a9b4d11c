"""The way of one frame: detect, align, classify, track and smooth. No files, no threads."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from emoapp.alignment.align import align
from emoapp.alignment.quality import rejection_reason
from emoapp.classifiers import Classifier
from emoapp.detectors import Detector
from emoapp.limits import Limits
from emoapp.tracking import Tracker
from emoapp.types import Face, Frame, Rejection, Result, Scores


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
        classify_interval: int = 1,
    ) -> None:
        """smoothing_s: time constant of the average over time, seconds; 0 for none.

        limits: which faces are not believed; None for the usual ones.
        classify_interval: classify each of several faces in one of so many frames only. All are
            found and followed in each, and the average over time hides the difference; with 2, each
            further face costs half.
        """
        self.detector = detector
        self.classifier = classifier
        self._limits = limits or Limits()
        self._smoothing_s = smoothing_s
        self._classify_interval = classify_interval
        self._tracker = self._new_tracker()

    def reset(self) -> None:
        """Forget who was seen: the next frame shows something else."""
        self.detector.reset()
        self._tracker = self._new_tracker()

    def process(self, frame: Frame) -> Result:
        return self.classify(self.detect(frame))

    def detect(self, frame: Frame) -> Detected:
        """The first half of `process`: may run ahead of `classify`, in another thread."""
        began = perf_counter()
        faces = self.detector.detect(frame.pixels)
        return Detected(frame, faces, (perf_counter() - began) * 1e3)

    def classify(self, detected: Detected) -> Result:
        """The second half of `process`: what the faces show, and whose they are."""
        frame, classifier = detected.frame, self.classifier
        began = perf_counter()
        assigned = self._tracker.assign(frame, detected.faces)
        due = [i for i, assignment in enumerate(assigned) if assignment.due]
        faces = [assigned[i].face for i in due]
        crops = align(frame.pixels, faces, classifier.description.crop_template)
        aligned = perf_counter()
        scores: list[Scores | None] = [None] * len(assigned)
        rejections: list[Rejection | None] = [None] * len(assigned)
        for i, face, crop, row in zip(due, faces, crops, classifier.classify(crops), strict=True):
            scores[i] = Scores(classifier.labels, row)
            rejections[i] = rejection_reason(face, crop, self._limits)
        tracks = self._tracker.update(scores, rejections)
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

    def _new_tracker(self) -> Tracker:
        return Tracker(
            smoothing_s=self._smoothing_s,
            limits=self._limits,
            classify_interval=self._classify_interval,
        )

    def close(self) -> None:
        self.detector.close()
        self.classifier.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
