"""Keep a running average of the weights, which is better than the weights of any single step."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

UPDATE_INTERVAL = 8
"""Steps between updates: this costs a tenth, and makes no difference to the average."""


class AverageWeights(keras.callbacks.Callback):
    """Keep an exponential moving average of all weights and validate with it.

    The statistics of batch normalization are averaged too. Keras's own averaging leaves them out:
    averaged weights with the statistics of other weights had a validation accuracy of 22% in the
    fifth epoch, where the plain weights had 56%.

    Args:
        momentum: Share of the old value that is kept at each step.
        steps_done: Steps of the run before this process started.
        resume_from: File with the average of an interrupted run; None for a new run.
    """

    def __init__(
        self, momentum: float, *, steps_done: int = 0, resume_from: Path | None = None
    ) -> None:
        super().__init__()
        self._momentum = momentum
        self._step = steps_done
        self._resume_from = resume_from
        self._average: list[np.ndarray] = []
        self._plain: list[np.ndarray] | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Start from the model's weights, or from the file to resume from."""
        if self._average:
            return  # training goes on with images of another size
        if self._resume_from is not None:
            plain = self.model.get_weights()
            self.model.load_weights(self._resume_from)
            self._average = self.model.get_weights()
            self.model.set_weights(plain)
        else:
            self._average = self.model.get_weights()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Update the average every `UPDATE_INTERVAL` steps."""
        self._step += 1
        if self._step % UPDATE_INTERVAL:
            return
        # Early on the average follows faster, so that it forgets the random start.
        momentum = min(self._momentum, (1 + self._step) / (10 + self._step)) ** UPDATE_INTERVAL
        for average, weight in zip(self._average, self.model.get_weights(), strict=True):
            average += (1 - momentum) * (weight - average)

    def use_average(self) -> None:
        """Put the average into the model, keeping its own weights for `use_plain`."""
        if self._plain is None:
            self._plain = self.model.get_weights()
            self.model.set_weights(self._average)

    def use_plain(self) -> None:
        """Put the model's own weights back."""
        if self._plain is not None:
            self.model.set_weights(self._plain)
            self._plain = None

    def on_test_begin(self, logs: dict | None = None) -> None:
        """Validate with the average."""
        self.use_average()

    def on_test_end(self, logs: dict | None = None) -> None:
        """Go on training with the model's own weights."""
        self.use_plain()
