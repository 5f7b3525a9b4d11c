"""Figures of a model on labeled images."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    classification_report,
    confusion_matrix,
    recall_score,
)

from emoapp.training.calibrate import expected_calibration_error
from emoapp.utils.escape import printable


@dataclass(frozen=True, slots=True, eq=False)
class HeadResult:
    """Predictions of one head on the label set that it was trained on.

    Attributes:
        title: Name of the label set in tables and plots.
        labels: K names.
        truth: int64 (N,), index in `labels`.
        probabilities: float32 (N, K); zeros where no face was found, which counts as wrong.
    """

    title: str
    labels: tuple[str, ...]
    truth: np.ndarray
    probabilities: np.ndarray

    @property
    def found(self) -> np.ndarray:
        """Where a face was found: bool (N,)."""
        return np.asarray(self.probabilities.any(axis=1))

    @property
    def predicted(self) -> np.ndarray:
        """Predicted labels: int64 (N,), index in `labels`, or -1 where no face was found."""
        return np.where(self.found, self.probabilities.argmax(axis=1), -1)

    @property
    def accuracy(self) -> float:
        """Share of the images that are classified correctly, 0 to 1."""
        return float(accuracy_score(self.truth, self.predicted))

    @property
    def balanced_accuracy(self) -> float:
        """Mean recall over the classes that occur, 0 to 1."""
        present = np.unique(self.truth)
        return float(recall_score(self.truth, self.predicted, labels=present, average="macro"))

    @property
    def ece(self) -> float:
        """Expected calibration error of the faces that were found, 0 to 1."""
        if not self.found.any():
            return 0.0
        return expected_calibration_error(self.probabilities[self.found], self.truth[self.found])

    def confusion(self) -> np.ndarray:
        """Return the confusion matrix: int64 (K, K), rows are the truth, columns predictions."""
        return confusion_matrix(self.truth, self.predicted, labels=np.arange(len(self.labels)))

    def class_report(self) -> str:
        """Return precision, recall and F1 of each class as a text table."""
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
    """All figures of a model on a dataset.

    Attributes:
        main: On the data's own labels. Of crops, the head that learned these labels; of photographs
            what live use shows.
        ferplus: On FER+'s majority labels; None without votes.
        both: What live use shows of photographs, on both label sets, so that a face counts twice;
            None where there is only one. The two agree on fewer than 70% of the images, so what is
            calibrated on one of them is not on the other.
        missed: Number of photographs in which no face was found; None for crops.
        ms_per_face: Median of single calls, milliseconds; None where it was not measured.
    """

    main: HeadResult
    ferplus: HeadResult | None
    both: HeadResult | None
    missed: int | None
    ms_per_face: float | None

    def as_dict(self) -> dict[str, int | float | None]:
        """Return the figures by name, for JSON."""
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
