"""The state of a training run on disk, written after each epoch, from which it can go on."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path

import keras
import numpy as np

from emoapp.errors import DataError
from emoapp.training.average import AverageWeights
from emoapp.training.config import TrainConfig
from emoapp.utils.files import write_whole

CHECKPOINTS = "checkpoints"
LAST, BEST, AVERAGE = "last.keras", "best.weights.h5", "average.weights.h5"
STATE = "state.json"


def read_state(checkpoints: Path, config: TrainConfig) -> dict:
    """Read how far a run has come.

    Raises DataError where there is none, or it was made with other settings than `config`.
    """
    try:
        state = json.loads((checkpoints / STATE).read_text())
    except FileNotFoundError:
        raise DataError(
            f"{checkpoints}: no checkpoint to resume from; leave --resume out to start"
        ) from None
    # As they are after a way through JSON, which has no tuples.
    settings = json.loads(json.dumps(asdict(config)))
    changed = [k for k, v in settings.items() if state["config"].get(k) != v]
    # The next machine may compute in another precision.
    if set(changed) - {"mixed_bfloat16"}:
        raise DataError(
            f"{checkpoints}: was written with other settings ({', '.join(changed)}); "
            "resume with the same ones, or start anew in another --output"
        )
    return state


class Checkpoint(keras.callbacks.Callback):
    """Writes the state of training after each epoch; stops when the validation stays behind.

    The averaged weights with the best mean validation accuracy are kept, of equally good ones
    those with the lowest loss.
    """

    def __init__(
        self, folder: Path, average: AverageWeights, state: dict, config: TrainConfig
    ) -> None:
        super().__init__()
        self._folder = folder
        self._average = average
        self._best = state["best"], -state.get("best_loss", math.inf)
        self._wait = state["wait"]
        self._config = config

    @property
    def patience_is_over(self) -> bool:
        return self._wait >= self._config.patience

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        accuracies = [
            value
            for name, value in (logs or {}).items()
            if name.startswith("val_") and name.endswith("accuracy")
        ]
        # A few validation images are soon all right: then the loss says which weights are better.
        reached = float(np.mean(accuracies)), -float((logs or {}).get("val_loss", 0.0))
        self._wait += 1
        write_whole(self._folder / LAST, self.model.save)
        self._average.use_average()
        if reached > self._best:
            self._best, self._wait = reached, 0
            write_whole(self._folder / BEST, self.model.save_weights)
        write_whole(self._folder / AVERAGE, self.model.save_weights)
        self._average.use_plain()
        state = {
            "epoch": epoch + 1,
            "best": self._best[0],
            "best_loss": -self._best[1],
            "wait": self._wait,
            "config": asdict(self._config),
        }
        # Last, so that what it speaks of is there.
        write_whole(
            self._folder / STATE, lambda path: path.write_text(json.dumps(state), encoding="utf-8")
        )
        if self.patience_is_over:
            self.model.stop_training = True
