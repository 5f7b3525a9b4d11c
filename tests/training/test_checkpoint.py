"""Which epoch of a run is kept, and when it ends."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from emoapp.training.checkpoint import BEST, STATE, Checkpoint, RunState
from emoapp.training.config import TrainConfig


@pytest.fixture
def run(tmp_path):
    """run(accuracy): the next epoch ends; returns what was best then, and whether the run ends."""
    average = SimpleNamespace(use_average=lambda: None, use_plain=lambda: None)
    checkpoint = Checkpoint(tmp_path, average, RunState(), TrainConfig(patience=2))

    def save(path):
        path.write_bytes(b"weights")

    checkpoint.set_model(SimpleNamespace(save=save, save_weights=save, stop_training=False))
    ended = []

    def epoch(accuracy: float) -> tuple[float, bool]:
        checkpoint.on_epoch_end(len(ended), {"val_accuracy": accuracy, "val_loss": 1 - accuracy})
        ended.append(accuracy)
        state = json.loads((tmp_path / STATE).read_text())
        assert state["epoch"] == len(ended)
        return state["best"], checkpoint.model.stop_training

    epoch.checkpoint, epoch.kept = checkpoint, tmp_path / BEST
    return epoch


def test_the_best_epoch_is_kept_until_the_patience_is_over(run):
    said = [run(accuracy) for accuracy in (0.5, 0.7, 0.6, 0.7)]
    assert said == [(0.5, False), (0.7, False), (0.7, False), (0.7, True)]


def test_small_images_neither_choose_the_weights_nor_end_the_run(run):
    run.checkpoint.decides = False
    for accuracy in (0.9, 0.8, 0.7, 0.6):
        assert run(accuracy) == (-1.0, False) and not run.kept.exists()
    run.checkpoint.decides = True
    assert [run(accuracy) for accuracy in (0.5, 0.4, 0.4)][-1] == (0.5, True)
    assert run.kept.exists()
