"""Process one frame: detect, assign to tracks, align, classify, smooth, select. No I/O."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from emoapp.alignment.align import align
from emoapp.alignment.quality import rejection_reason
from emoapp.classifiers import Classifier
from emoapp.corrector import Corrector
from emoapp.detectors import Detector
from emoapp.limits import Limits
from emoapp.tracking import Assignment, Tracker, TrackSelector
from emoapp.types import Face, Frame, Rejection, Result, Scores, Track

MAX_DELAY_S = 0.1
"""Labels are never older than so many seconds, whatever `Pipeline.detect_interval` is."""


@dataclass(frozen=True, slots=True, eq=False)
class Detected:
    """A frame and the faces in it.

    Attributes:
        frame: The frame.
        faces: Its faces, largest first.
        ms: Milliseconds that the detection took.
    """

    frame: Frame
    faces: list[Face]
    ms: float


class Pipeline:
    """Detect, classify and track the faces of one source.

    Remembers earlier frames, so frames must come in order, and each source needs its own pipeline.
    `close` (or `with`) closes the detector and the classifier.

    Args:
        detector: Finds the faces; closed with the pipeline.
        classifier: Classifies them; closed with the pipeline.
        smoothing_s: Time constant of the average over time, seconds; 0 for no average.
        limits: Which faces are rejected; None for the defaults.
        classify_interval: Classify each of several faces in one of so many frames only. All are
            detected and tracked in each frame, and the average over time hides the difference;
            with 2, each further face costs half.
        selector: Selects the track to follow; None for the largest face.
        corrector: Corrects the probabilities of one track; None for none.

    Attributes:
        corrected: Id of the track that the corrector was for in the last frame; None for none.
        detect_interval: `process` searches faces in one of so many frames only, and in those that
            would show labels older than `MAX_DELAY_S`; in the others, the tracks move on as
            they moved before. Has no effect while the detector is exhaustive.
    """

    def __init__(
        self,
        detector: Detector,
        classifier: Classifier,
        *,
        smoothing_s: float = 0.3,
        limits: Limits | None = None,
        classify_interval: int = 1,
        selector: TrackSelector | None = None,
        corrector: Corrector | None = None,
    ) -> None:
        self.detector = detector
        self.classifier = classifier
        self._limits = limits or Limits()
        self._smoothing_s = smoothing_s
        self._classify_interval = classify_interval
        self._selector = selector or TrackSelector()
        self.corrector = corrector
        self.corrected: int | None = None
        self.detect_interval = 1
        self._selected: int | None = None
        self._tracker = self._new_tracker()
        self._skipped, self._detected_t = 0, -math.inf

    def reset(self) -> None:
        """Forget all earlier frames: the next one shows something else."""
        self.detector.reset()
        self._tracker = self._new_tracker()
        self._selector = type(self._selector)()
        self._selected = None
        self._detected_t = -math.inf

    def process(self, frame: Frame) -> Result:
        """Return the tracks of a frame."""
        if self._may_skip(frame):
            self._skipped += 1
            return self._move_on(frame)
        self._skipped, self._detected_t = 0, frame.t
        return self.classify(self.detect(frame))

    def detect(self, frame: Frame) -> Detected:
        """Run the first half of `process`: may run ahead of `classify`, in another thread."""
        began = perf_counter()
        faces = self.detector.detect(frame.pixels)
        return Detected(frame, faces, (perf_counter() - began) * 1e3)

    def classify(self, detected: Detected) -> Result:
        """Run the second half of `process`: classify the faces, update the tracks, select one."""
        frame = detected.frame
        began = perf_counter()
        assigned = self._tracker.assign(frame, detected.faces)
        due = [assignment for assignment in assigned if assignment.due]
        template = self.classifier.description.crop_template
        crops = align(frame.pixels, [assignment.face for assignment in due], template)
        aligned = perf_counter()
        tracks = self._classified(assigned, due, crops)
        selected = self._selected = self._selector.select(tracks, frame.t)
        ms = {
            "detect": detected.ms,
            "align": (aligned - began) * 1e3,
            "classify": (perf_counter() - aligned) * 1e3,
        }
        return Result(frame, tracks, ms, selected)

    def _may_skip(self, frame: Frame) -> bool:
        """Return whether the faces of the last search do for this frame."""
        passed_s = frame.t - self._detected_t
        return (
            self._skipped + 1 < self.detect_interval
            and 0 <= passed_s <= MAX_DELAY_S + 1e-6
            and not self.detector.exhaustive
        )

    def _move_on(self, frame: Frame) -> Result:
        """Return the tracks of the last search, where they are expected in this frame."""
        began = perf_counter()
        tracks = self._named(self._tracker.move_on(frame.t))
        self._selected = self._selector.select(tracks, frame.t)
        ms = {"detect": (perf_counter() - began) * 1e3, "align": 0.0, "classify": 0.0}
        return Result(frame, tracks, ms, self._selected)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the results: the classifier's, then those that the corrector adds."""
        own = self.corrector.own_labels if self.corrector else ()
        return (*self.classifier.labels, *own)

    @property
    def limits(self) -> Limits:
        """Which faces are rejected."""
        return self._limits

    @property
    def smoothing_s(self) -> float:
        """Time constant of the average over time, seconds."""
        return self._smoothing_s

    def tune(self, *, smoothing_s: float | None = None, limits: Limits | None = None) -> None:
        """Change how faces are judged from the next frame on; all tracks go on.

        Args:
            smoothing_s: Time constant of the average over time, seconds; None to leave it.
            limits: Which faces are rejected; None to leave them.
        """
        self._smoothing_s = self._smoothing_s if smoothing_s is None else smoothing_s
        self._limits = limits or self._limits
        self._tracker.tune(smoothing_s=self._smoothing_s, limits=self._limits)

    def follow(self, track_id: int | None) -> None:
        """Select this track from now on; None, or a track that is gone: the largest face."""
        self._selector.followed = track_id

    def reselect(self, result: Result) -> Result:
        """Return a result with the track that is selected now, such as after `follow`."""
        return replace(result, selected=self._selector.select(result.tracks, result.frame.t))

    def close(self) -> None:
        """Close detector and classifier."""
        self.detector.close()
        self.classifier.close()

    def __enter__(self) -> Pipeline:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def _classified(
        self, assigned: Sequence[Assignment], due: Sequence[Assignment], crops: np.ndarray
    ) -> tuple[Track, ...]:
        scores: dict[int, Scores] = {}
        rejections: dict[int, Rejection | None] = {}
        self.corrected = self._corrected_track(assigned)
        probabilities, labels = self._probabilities(due, crops), self.labels
        for assignment, crop, row in zip(due, crops, probabilities, strict=True):
            scores[assignment.id] = Scores(labels, row)
            rejections[assignment.id] = rejection_reason(assignment.face, crop, self._limits)
        tracks = self._tracker.update(
            [scores.get(assignment.id) for assignment in assigned],
            [rejections.get(assignment.id) for assignment in assigned],
        )
        return self._named(tracks)

    def _named(self, tracks: tuple[Track, ...]) -> tuple[Track, ...]:
        """Return the tracks with the name of the profile in the one that is corrected."""
        if self.corrector is None:
            return tracks
        name = self.corrector.name
        return tuple(replace(t, profile=name) if t.id == self.corrected else t for t in tracks)

    def _corrected_track(self, assigned: Sequence[Assignment]) -> int | None:
        """Return the track to correct: the followed one, else that of the largest face."""
        if self.corrector is None or not assigned:
            return None
        if self.corrector.track is not None:
            return self.corrector.track
        ids = [assignment.id for assignment in assigned]
        known = (self._selector.followed, self._selected)
        return next((track for track in known if track in ids), ids[0])

    def _probabilities(self, due: Sequence[Assignment], crops: np.ndarray) -> np.ndarray:
        """Return the probabilities of `labels`; only a corrected face has labels of one's own."""
        if self.corrector is None:
            return self.classifier.classify(crops)
        rows = [i for i, assignment in enumerate(due) if assignment.id == self.corrected]
        own = len(self.corrector.own_labels)
        if not rows:
            return np.pad(self.classifier.classify(crops), ((0, 0), (0, own)))
        found, features = self.classifier.classify_with_features(crops)
        known = None if features is None else features[rows]
        probabilities = np.pad(found, ((0, 0), (0, own)))
        probabilities[rows] = self.corrector.correct(crops[rows], found[rows], known)
        return probabilities

    def _new_tracker(self) -> Tracker:
        return Tracker(
            smoothing_s=self._smoothing_s,
            limits=self._limits,
            classify_interval=self._classify_interval,
        )
