"""Show a progress bar with the time left, and a line for each epoch, while training."""

from __future__ import annotations

import keras
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class ProgressBar(keras.callbacks.Callback):
    """A bar over all epochs; where the output is no terminal, only the line for each epoch.

    Args:
        epochs: Epochs of the run.
        steps: Steps an epoch.
        first_epoch: Epochs that were done before, and do not count in the bar.
    """

    def __init__(self, epochs: int, steps: int, first_epoch: int) -> None:
        super().__init__()
        self._epochs, self._steps, self._first = epochs, steps, first_epoch
        self._epoch = first_epoch
        self._progress = Progress(
            TextColumn("epoch {task.fields[epoch]}/{task.fields[epochs]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=Console(stderr=False),
        )

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Show the bar."""
        self._progress.start()
        self._task = self._progress.add_task(
            "train",
            total=(self._epochs - self._first) * self._steps,
            epoch=self._first + 1,
            epochs=self._epochs,
        )

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        """Show the number of the epoch."""
        self._epoch = epoch
        self._progress.update(self._task, epoch=epoch + 1)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        """Advance the bar by a step."""
        self._progress.advance(self._task)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Print the losses and the accuracies of the epoch."""
        values = logs or {}
        accuracies = ", ".join(
            f"{name.removeprefix('val_').removesuffix('accuracy').rstrip('_')} {value:.1%}".strip()
            for name, value in values.items()
            if name.startswith("val_") and name.endswith("accuracy")
        )
        self._progress.console.print(
            f"epoch {epoch + 1:3}  loss {values.get('loss', float('nan')):.3f}  "
            f"validation loss {values.get('val_loss', float('nan')):.3f}  "
            f"accuracy {accuracies}",
            highlight=False,
        )

    def on_train_end(self, logs: dict | None = None) -> None:
        """Remove the bar."""
        self._progress.stop()
