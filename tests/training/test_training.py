"""A small real training: new labels from folders to a model that is evaluated and runs."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.own_data import EPOCHS, RECIPE

from emoapp.cli import main
from emoapp.errors import DataError
from emoapp.training import data
from emoapp.training.augment import Augmentation, augment
from emoapp.training.calibrate import expected_calibration_error, fit_temperature
from emoapp.training.dataset import Dataset


def history(output) -> list[dict[str, str]]:
    with (output / "history.csv").open() as text:
        return list(csv.DictReader(text))


def test_training_leaves_everything_that_is_promised(own_model):
    for name in (
        *("model.keras", "emotion.tflite", "emotion.json", "history.csv", "classes.txt"),
        *("loss.png", "accuracy.png", "confusion_labels.png", "calibration_labels.png"),
    ):
        assert (own_model / name).stat().st_size > 0, name
    description = json.loads((own_model / "emotion.json").read_text())
    assert description["labels"] == ["awake", "sleepy"]
    assert description["made"]["config"]["width"] == 8
    assert description["made"]["data"]["training"] == 80
    assert len(history(own_model)) == EPOCHS


def test_what_was_learned_is_measured_through_the_code_of_live_use(own_model, own_folder, tmp_path):
    figures = tmp_path / "figures.json"
    command = ["evaluate", "--data", str(own_folder), "--model", str(own_model)]
    command += ["--json", str(figures), "--report", str(tmp_path / "report")]
    assert main(command) == 0
    found = json.loads(figures.read_text())
    assert set(found) == {
        *("n", "accuracy", "balanced_accuracy", "ferplus_accuracy", "ferplus_n", "ece"),
        "ms_per_face",
    }
    assert found["n"] == 40 and found["accuracy"] > 0.9
    assert found["ferplus_accuracy"] is None and found["ms_per_face"] > 0
    written = {path.name for path in (tmp_path / "report").iterdir()}
    assert written >= {"confusion_labels.png", "calibration_labels.png", "classes.txt"}
    assert written >= {"examples_labels_right.png", "loss.png", "accuracy.png"}


@pytest.mark.soak
def test_a_killed_training_goes_on_where_it_was(own_folder, tmp_path, monkeypatch):
    """Interrupted after two epochs and resumed, it learns what the whole run learned."""
    from emoapp.training import train

    ended = train.Checkpoint.on_epoch_end

    def interrupted(self, epoch, logs=None):
        ended(self, epoch, logs)
        if epoch == 1:
            raise KeyboardInterrupt

    command = ["train", "--data", str(own_folder), *RECIPE, "--epochs", str(EPOCHS)]
    command += ["--width", "4", "--blocks", "1", "1", "1", "--stochastic-depth", "0.3", "--float32"]
    whole_run, killed_run = tmp_path / "whole", tmp_path / "killed"
    assert main([*command, "--output", str(whole_run)]) == 0
    with monkeypatch.context() as patch:
        patch.setattr(train.Checkpoint, "on_epoch_end", interrupted)
        assert main([*command, "--output", str(killed_run)]) == 130
    assert main([*command, "--output", str(killed_run), "--resume"]) == 0
    # The line of the epoch that was interrupted is the only one that may be missing.
    resumed = [row for row in history(killed_run) if row["epoch"] != "1"]
    assert [row["epoch"] for row in resumed] == ["0", "2", "3"]
    whole = history(whole_run)
    for row in resumed:
        same = {name: float(value) for name, value in whole[int(row["epoch"])].items()}
        # Sums in several threads may differ in the last digits.
        assert {name: float(row[name]) for name in row} == pytest.approx(same, rel=1e-4)


@pytest.mark.slow
@pytest.mark.logs_errors
@pytest.mark.parametrize("teachers", [[], ["--teachers", "1"]])
def test_a_training_killed_in_its_first_epoch_begins_anew(own_folder, tmp_path, teachers):
    run = tmp_path / "teacher1" if teachers else tmp_path
    run.mkdir(exist_ok=True)
    command = ["train", "--data", str(own_folder), "--output", str(tmp_path), *RECIPE, *teachers]
    command += ["--width", "4", "--blocks", "1", "1", "1", "--epochs", "1", "--resume"]
    (run / "history.csv").touch()
    (run / "model.keras").touch()
    assert main(command) == 1 and not (run / "model.keras").read_bytes()
    (run / "model.keras").unlink()
    assert main([word for word in command if word != "--resume"]) == 1
    assert main(command) == 0
    assert [row["epoch"] for row in history(run)] == ["0"]


@pytest.mark.logs_errors
def test_resuming_needs_the_same_settings_and_something_to_resume(own_model, own_folder, tmp_path):
    command = ["train", "--data", str(own_folder), *RECIPE, "--resume"]
    assert main([*command, "--output", str(tmp_path)]) == 1
    assert main([*command, "--output", str(own_model), "--epochs", "99"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_every_precision_says_the_same(own_model, own_folder, tmp_path, precision):
    from emoapp.classifiers.litert import LiteRTClassifier

    command = ["export", "--model", str(own_model / "model.keras"), "--output", str(tmp_path)]
    assert main([*command, "--precision", precision]) == 0
    images = data.load(own_folder)["validation"].images
    with LiteRTClassifier(own_model) as first, LiteRTClassifier(tmp_path) as second:
        same = first.classify(images).argmax(axis=1) == second.classify(images).argmax(axis=1)
    assert same.mean() > 0.95


@pytest.mark.logs_errors
@pytest.mark.parametrize("command", ["export", "train"])
def test_a_model_does_not_replace_the_one_it_is_made_from(own_model, own_folder, capsys, command):
    before = {path: path.read_bytes() for path in own_model.rglob("*") if path.is_file()}
    options = ["--model", str(own_model)]
    if command == "train":
        options = ["--data", str(own_folder), "--start-from", str(own_model / "model.keras")]
    assert main([command, *options, "--output", str(own_model / ".." / own_model.name)]) == 2
    assert "model.keras, which is to be read" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in own_model.rglob("*") if path.is_file()} == before


@pytest.mark.logs_errors
def test_what_cannot_be_written_is_said_in_one_line(own_model, own_folder, tmp_path, capsys):
    (tmp_path / "file").write_text("not a folder")
    command = ["evaluate", "--data", str(own_folder), "--model", str(own_model)]
    assert main([*command, "--json", str(tmp_path / "file" / "figures.json")]) == 1
    assert "figures.json cannot be written" in capsys.readouterr().err
    assert main(["train", "--data", str(own_folder), "--output", str(tmp_path / "file")]) == 1
    assert "file/checkpoints: Not a directory" in capsys.readouterr().err


@pytest.mark.logs_errors
def test_labels_that_the_model_lacks_are_an_error(own_folder, capsys):
    assert main(["evaluate", "--data", str(own_folder)]) == 1
    assert "lacks the labels awake, sleepy" in capsys.readouterr().err


def test_datasets_with_other_labels_do_not_fit_together(tmp_path):
    from emoapp.training.config import TrainConfig
    from emoapp.training.train import train

    images = np.zeros((2, 48, 48), np.uint8)
    labels = np.zeros(2, np.int64)
    with pytest.raises(DataError, match="must be the same"):
        train(
            TrainConfig(),
            Dataset(images, labels, ("a", "b")),
            Dataset(images, labels, ("a", "c")),
            tmp_path,
        )


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32), camera=st.floats(0, 1))
def test_augmented_crops_stay_crops_and_are_repeatable(seed, camera):
    images = np.random.default_rng(0).integers(0, 256, (6, 48, 48), dtype=np.uint8)
    first, second = (
        augment(images, np.random.default_rng(seed), Augmentation(degrade_probability=camera))
        for _ in range(2)
    )
    assert first.shape == images.shape and first.dtype == np.uint8
    np.testing.assert_array_equal(first, second)
    assert (first != images).mean() > 0.5


def test_temperature_makes_boasting_honest():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, 7))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(7, p=row) for row in chances])
    assert fit_temperature(np.float32(logits * 3), labels) == pytest.approx(3, rel=0.1)
    boasting = np.exp(3 * logits) / np.exp(3 * logits).sum(axis=1, keepdims=True)
    assert expected_calibration_error(boasting, labels) > 0.2
    assert expected_calibration_error(chances, labels) < 0.03
    assert fit_temperature(np.float32(logits), np.full(4000, -1)) == 1.0
    assert fit_temperature(np.float32(logits[:20]), logits[:20].argmax(axis=1)) == 1.0
