"""Save the state of a training run after each epoch, and read it to resume the run."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
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


@dataclass(frozen=True, slots=True)
class RunState:
    """How far a training run has come; the defaults are its beginning.

    Attributes:
        epoch: Epochs done.
        best: Best mean validation accuracy, 0 to 1.
        best_loss: Validation loss at that accuracy.
        wait: Epochs since then.
    """

    epoch: int = 0
    best: float = -1.0
    best_loss: float = math.inf
    wait: int = 0


def read_state(checkpoints: Path, config: TrainConfig) -> RunState:
    """Read how far a run has come.

    Args:
        checkpoints: Folder of the checkpoints.
        config: Settings to resume with.

    Returns:
        The state after the last complete epoch.

    Raises:
        DataError: If there is no checkpoint, or it was made with other settings.
    """
    try:
        state = json.loads((checkpoints / STATE).read_text())
    except FileNotFoundError:
        raise DataError(
            f"{checkpoints}: no checkpoint to resume from; leave --resume out to start"
        ) from None
    # As they are after a round trip through JSON, which has no tuples.
    settings = json.loads(json.dumps(asdict(config)))
    changed = [k for k, v in settings.items() if state["config"].get(k) != v]
    # The next machine may compute in another precision.
    if set(changed) - {"mixed_bfloat16"}:
        raise DataError(
            f"{checkpoints}: was written with other settings ({', '.join(changed)}); "
            "resume with the same ones, or start anew in another --output"
        )
    best_loss = state.get("best_loss", math.inf)
    return RunState(state["epoch"], state["best"], best_loss, state["wait"])


class Checkpoint(keras.callbacks.Callback):
    """Save the state of training after each epoch, and stop when the validation stagnates.

    The averaged weights with the best mean validation accuracy are kept; of equally good ones
    those with the lowest loss.

    Args:
        folder: Folder of the checkpoints.
        average: The running average of the weights.
        state: How far the run has come.
        config: Settings of the run.

    Attributes:
        decides: Whether the accuracy counts. With images smaller than the network is used with, it
            says little of the weights, and the run goes on to larger ones in any case.
    """

    def __init__(
        self, folder: Path, average: AverageWeights, state: RunState, config: TrainConfig
    ) -> None:
        super().__init__()
        self.decides = True
        self._folder = folder
        self._average = average
        self._best = state.best, -state.best_loss
        self._wait = state.wait
        self._config = config

    @property
    def patience_is_over(self) -> bool:
        """Whether the last `TrainConfig.patience` epochs brought no better accuracy."""
        return self._wait >= self._config.patience

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Save the weights and the state; stop training if the patience is over."""
        accuracies = [
            value
            for name, value in (logs or {}).items()
            if name.startswith("val_") and name.endswith("accuracy")
        ]
        # A few validation images are soon all correct: then the loss tells which weights are
        # better.
        reached = float(np.mean(accuracies)), -float((logs or {}).get("val_loss", 0.0))
        self._wait += self.decides
        write_whole(self._folder / LAST, self.model.save)
        self._average.use_average()
        if self.decides and reached > self._best:
            self._best, self._wait = reached, 0
            write_whole(self._folder / BEST, self.model.save_weights)
        write_whole(self._folder / AVERAGE, self.model.save_weights)
        self._average.use_plain()
        # Last, when the files that it refers to are there.
        self._write_state(RunState(epoch + 1, self._best[0], -self._best[1], self._wait))
        if self.patience_is_over:
            self.model.stop_training = True

    def _write_state(self, state: RunState) -> None:
        text = json.dumps({**asdict(state), "config": asdict(self._config)})
        write_whole(self._folder / STATE, lambda path: path.write_text(text, encoding="utf-8"))
