"""How good a model is on labelled crops, through the same code as live use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    classification_report,
    confusion_matrix,
)

from emoapp.classifiers import Classifier
from emoapp.errors import DataError
from emoapp.labels import FERPLUS
from emoapp.training.calibrate import expected_calibration_error
from emoapp.training.data import Dataset, ferplus_majority

BATCH = 64
TIMED_CALLS = 200


@dataclass(frozen=True, slots=True, eq=False)
class HeadResult:
    """How one head did on the label set that it was trained on.

    title: what the label set is called in tables and plots.
    labels: K names; truth: int64 (N,); probabilities: float32 (N, K).
    """

    title: str
    labels: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray

    @property
    def predicted(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        return float(accuracy_score(self.truth, self.predicted))

    @property
    def balanced_accuracy(self) -> float:
        """Mean over the classes of the share that was recognised."""
        return float(balanced_accuracy_score(self.truth, self.predicted))

    @property
    def ece(self) -> float:
        return expected_calibration_error(self.probabilities, self.truth)

    def confusion(self) -> np.ndarray:
        """int64 (K, K): rows are the truth, columns what the model said."""
        return confusion_matrix(self.truth, self.predicted, labels=np.arange(len(self.labels)))

    def class_report(self) -> str:
        """Precision, recall and F1 of each class, as a text table."""
        return classification_report(
            self.truth,
            self.predicted,
            labels=np.arange(len(self.labels)),
            target_names=self.labels,
            digits=3,
            zero_division=0.0,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """main: on the data's own labels. ferplus: on FER+'s majority, None without votes.

    ms_per_face: median of single calls, milliseconds.
    """

    main: HeadResult
    ferplus: HeadResult | None
    ms_per_face: float

    def as_dict(self) -> dict:
        return {
            "n": len(self.main.truth),
            "accuracy": self.main.accuracy,
            "balanced_accuracy": self.main.balanced_accuracy,
            "ferplus_accuracy": self.ferplus.accuracy if self.ferplus else None,
            "ferplus_n": len(self.ferplus.truth) if self.ferplus else None,
            "ece": self.main.ece,
            "ms_per_face": self.ms_per_face,
        }


def evaluate(
    classifier: Classifier,
    dataset: Dataset,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Raises DataError where the dataset is empty or has labels that the model lacks.

    progress: called with (images done, images in all).
    """
    if len(dataset) == 0:
        raise DataError("there are no images to evaluate on")
    head = _head_for(classifier, dataset.names)
    found: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(dataset), BATCH):
        batch = dataset.images[start : start + BATCH]
        for name, probabilities in classifier.by_head(batch).items():
            found.setdefault(name, []).append(probabilities)
        if progress is not None:
            progress(min(start + BATCH, len(dataset)), len(dataset))
    by_head = {name: np.concatenate(parts) for name, parts in found.items()}

    order = np.array([head.labels.index(name) for name in dataset.names])
    title = "FER-2013" if head.name == "fer2013" else head.name
    main = HeadResult(title, head.labels, order[dataset.labels], by_head[head.name])
    ferplus = None
    if dataset.votes is not None and "ferplus" in by_head:
        truth = ferplus_majority(dataset.votes)
        counted = truth >= 0
        if counted.any():
            ferplus = HeadResult("FER+", FERPLUS, truth[counted], by_head["ferplus"][counted])
    return Evaluation(main, ferplus, _milliseconds_per_face(classifier, dataset.images))


def _head_for(classifier: Classifier, names: tuple[str, ...]):
    heads = classifier.description.heads
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
