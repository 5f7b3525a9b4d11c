"""Define the interface of what corrects the probabilities of one track."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Corrector(Protocol):
    """Corrects the probabilities of one track, between classification and tracking.

    Attributes:
        name: What results say was used.
        track: Id of the track; None for the one that is followed.
    """

    @property
    def name(self) -> str:
        """What results say was used."""

    @property
    def track(self) -> int | None:
        """Id of the track; None for the one that is followed."""

    @property
    def own_labels(self) -> tuple[str, ...]:
        """Labels that it adds to those of the classifier."""

    def correct(
        self, crops: np.ndarray, probabilities: np.ndarray, features: np.ndarray | None
    ) -> np.ndarray:
        """Return corrected probabilities.

        Args:
            crops: uint8 (N, S, S), gray.
            probabilities: float32 (N, K), in the order of the classifier's labels.
            features: float32 (N, D); None for a model that returns none.

        Returns:
            float32 (N, K + O), the labels of its own last.
        """
