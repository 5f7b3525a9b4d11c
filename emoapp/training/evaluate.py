"""How good a model is on labelled crops, through the same code as live use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    classification_report,
    confusion_matrix,
    recall_score,
)

from emoapp.classifiers import Classifier
from emoapp.classifiers.description import Head
from emoapp.errors import DataError
from emoapp.labels import FERPLUS
from emoapp.training.calibrate import expected_calibration_error
from emoapp.training.dataset import Dataset, ferplus_among, ferplus_majority
from emoapp.utils.escape import printable

BATCH = 64
TIMED_CALLS = 200


@dataclass(frozen=True, slots=True, eq=False)
class HeadResult:
    """How one head did on the label set that it was trained on.

    title: what the label set is called in tables and plots.
    labels: K names; truth: int64 (N,); probabilities: float32 (N, K), zeros where no face was
        found, which counts as wrong.
    """

    title: str
    labels: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """bool (N,): where there was a face."""
        return self.probabilities.any(axis=1)

    @property
    def predicted(self) -> np.ndarray:
        """int64 (N,): index in `labels`, or -1 where no face was found."""
        return np.where(self.found, self.probabilities.argmax(axis=1), -1)

    @property
    def accuracy(self) -> float:
        return float(accuracy_score(self.truth, self.predicted))

    @property
    def balanced_accuracy(self) -> float:
        """Mean over the classes of the share that was recognised."""
        there = np.unique(self.truth)
        return float(recall_score(self.truth, self.predicted, labels=there, average="macro"))

    @property
    def ece(self) -> float:
        """Expected calibration error of the faces that were found, 0 to 1."""
        if not self.found.any():
            return 0.0
        return expected_calibration_error(self.probabilities[self.found], self.truth[self.found])

    def confusion(self) -> np.ndarray:
        """int64 (K, K): rows are the truth, columns what the model said."""
        return confusion_matrix(self.truth, self.predicted, labels=np.arange(len(self.labels)))

    def class_report(self) -> str:
        """Precision, recall and F1 of each class, as a text table."""
        return classification_report(
            self.truth,
            self.predicted,
            labels=np.arange(len(self.labels)),
            target_names=[printable(label) for label in self.labels],
            digits=3,
            zero_division=0.0,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """main: on the data's own labels. ferplus: on FER+'s majority, None without votes.

    both: what live use shows of photographs, on both label sets, so that a face counts twice; None
    where there is only one. The two agree on fewer than 70% of the images, so what is as sure as
    it is right on one of them is not on the other.
    Of crops, main is the head that learned these labels; of photographs it is what live use shows.
    missed: photographs in which no face was found; None for crops.
    ms_per_face: median of single calls, milliseconds; None where it was not measured.
    """

    main: HeadResult
    ferplus: HeadResult | None
    both: HeadResult | None
    missed: int | None
    ms_per_face: float | None

    def as_dict(self) -> dict:
        figures = {
            "n": len(self.main.truth),
            "accuracy": self.main.accuracy,
            "balanced_accuracy": self.main.balanced_accuracy,
            "ferplus_accuracy": self.ferplus.accuracy if self.ferplus else None,
            "ferplus_n": len(self.ferplus.truth) if self.ferplus else None,
            "ece": self.main.ece,
            "ms_per_face": self.ms_per_face,
        }
        if self.missed is None:
            return figures
        return {
            **figures,
            "ece_both": self.both.ece if self.both else None,
            "missed": self.missed,
        }


def evaluate(
    classifier: Classifier,
    dataset: Dataset,
    *,
    shown: bool | None = None,
    timed: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Raises DataError where the dataset is empty or has labels that the model lacks.

    shown: judge what live use shows, not the head of these labels; None does so for photographs.
    timed: measure the milliseconds for a face too.
    progress: called with (images done, images in all).
    """
    if len(dataset) == 0:
        raise DataError("there are no images to evaluate on")
    heads = classifier.description.heads
    photographs = dataset.missed is not None
    if photographs if shown is None else shown:
        heads = (Head("as shown", classifier.labels),)
    head = _head_for(heads, dataset.names)
    found: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(dataset), BATCH):
        batch = dataset.images[start : start + BATCH]
        for name, probabilities in classifier.by_head(batch).items():
            found.setdefault(name, []).append(probabilities)
        if progress is not None:
            progress(min(start + BATCH, len(dataset)), len(dataset))
    by_head = {name: np.concatenate(parts) for name, parts in found.items()}
    by_head["as shown"] = classifier.mix(by_head)
    if photographs:
        for probabilities in by_head.values():
            probabilities[dataset.missed] = 0

    order = np.array([head.labels.index(name) for name in dataset.names])
    title = "FER-2013" if head.name == "fer2013" else head.name
    main = HeadResult(title, head.labels, order[dataset.labels], by_head[head.name])
    ferplus = None
    if dataset.votes is not None and "ferplus" in by_head:
        truth = ferplus_majority(dataset.votes)
        counted = truth >= 0
        if counted.any():
            ferplus = HeadResult("FER+", FERPLUS, truth[counted], by_head["ferplus"][counted])
    both = None
    if head.name == "as shown" and ferplus is not None:
        agreed = ferplus_among(head.labels, dataset.votes)
        counted = agreed >= 0
        both = HeadResult(
            "both label sets",
            head.labels,
            np.concatenate([main.truth, agreed[counted]]),
            np.concatenate([main.probabilities, main.probabilities[counted]]),
        )
    return Evaluation(
        main,
        ferplus,
        both,
        int(dataset.missed.sum()) if photographs else None,
        _milliseconds_per_face(classifier, dataset.images) if timed else None,
    )


def _head_for(heads: Sequence[Head], names: tuple[str, ...]) -> Head:
    for head in heads:
        if set(names) <= set(head.labels):
            return head
    missing = [name for name in names if name not in heads[0].labels]
    raise DataError(
        f"the model lacks the labels {', '.join(missing)}; it knows "
        f"{', '.join(heads[0].labels)}. Rename the folders, or train a model on these labels"
    )


def _milliseconds_per_face(classifier: Classifier, images: np.ndarray) -> float:
    times = []
    for i in range(TIMED_CALLS):
        crop = images[i % len(images)][None]
        began = perf_counter()
        classifier.classify(crop)
        times.append(perf_counter() - began)
    # The first calls allocate and warm the caches.
    return float(np.median(times[10:])) * 1e3
