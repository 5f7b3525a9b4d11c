"""Several networks in one file answer with their mean."""

from __future__ import annotations

import json
import shutil

import keras
import numpy as np
import pytest

from emoapp.classifiers.description import FILE_NAME, ModelDescription, sha256_of
from emoapp.classifiers.keras import KerasClassifier
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.cli import main
from emoapp.errors import DataError
from emoapp.training import data
from emoapp.training.branches import branches_of, join
from emoapp.training.model import build_model
from emoapp.training.weights import take_weights

HEADS = {"fer2013": 7, "ferplus": 8}
CROPS = np.random.default_rng(0).integers(0, 256, (5, 48, 48), dtype=np.uint8)


def network(seed: int, heads=HEADS, width: int = 8) -> keras.Model:
    keras.utils.set_random_seed(seed)
    return build_model(heads, width=width, fused=False)


@pytest.mark.slow
def test_the_mean_of_the_logits_head_by_head(tmp_path):
    first, second, third = (network(seed) for seed in (1, 2, 3))
    joined = join([join([first, second]), third])
    joined.save(tmp_path / "joined.keras")
    read = keras.models.load_model(tmp_path / "joined.keras")
    assert len(branches_of(read)) == 3 and branches_of(first) == [first]
    answers = [model(CROPS, training=False) for model in (first, second, third)]
    for head, logits in read(CROPS, training=False).items():
        mean = np.mean([answer[head] for answer in answers], axis=0)
        np.testing.assert_allclose(logits, mean, atol=1e-4)


@pytest.mark.slow
def test_the_mirrored_crop_counts_as_much(tmp_path):
    one = network(1)
    join([one], mirror=True).save(tmp_path / "mirrored.keras")
    read = keras.models.load_model(tmp_path / "mirrored.keras")
    answers = [one(view, training=False) for view in (CROPS, CROPS[:, :, ::-1])]
    for head, logits in read(CROPS, training=False).items():
        mean = np.mean([answer[head] for answer in answers], axis=0)
        np.testing.assert_allclose(logits, mean, atol=1e-4)


def test_networks_of_other_labels_are_not_joined():
    with pytest.raises(DataError, match="different heads"):
        join([network(1), network(2, {"fer2013": 7})])


@pytest.mark.slow
def test_a_training_can_start_from_the_first_of_them(tmp_path):
    first = network(1)
    join([first, network(2)]).save(tmp_path / "joined.keras")
    started = network(3)
    take_weights(started, tmp_path / "joined.keras")
    for weight, wanted in zip(started.get_weights(), first.get_weights(), strict=True):
        np.testing.assert_array_equal(weight, wanted)


@pytest.fixture(scope="module")
def other_model(own_model, tmp_path_factory):
    """The trained model with its weights a little changed, as another seed might leave them."""
    folder = tmp_path_factory.mktemp("other")
    changed = keras.models.load_model(own_model / "model.keras", compile=False)
    rng = np.random.default_rng(0)
    changed.set_weights([w + rng.normal(0, 0.01, w.shape) for w in changed.get_weights()])
    changed.save(folder / "model.keras")
    content = json.loads((own_model / FILE_NAME).read_text())
    content["sha256"] = {"model.keras": sha256_of(folder / "model.keras")}
    content["heads"][0]["temperature"] *= 2
    (folder / FILE_NAME).write_text(json.dumps(content))
    return folder


@pytest.mark.soak
@pytest.mark.parametrize("measured", [True, False])
def test_export_makes_one_model_of_two(own_model, other_model, own_folder, tmp_path, measured):
    command = ["export", "--model", str(own_model / "model.keras"), str(other_model)]
    command += ["--mirror", "--output", str(tmp_path)]
    assert main([*command, "--data", str(own_folder)] if measured else command) == 0
    description = ModelDescription.read(tmp_path / FILE_NAME)
    assert set(description.sha256) == {path.name for path in tmp_path.iterdir()} - {FILE_NAME}
    branches = description.made["branches"]
    assert [branch["sha256"] for branch in branches] == [
        sha256_of(folder / "model.keras") for folder in (own_model, other_model)
    ]
    temperatures = [
        ModelDescription.read(folder / FILE_NAME).heads[0].temperature
        for folder in (own_model, other_model)
    ]
    if measured:
        assert description.made["metrics"]["validation"]["accuracy"] > 0.9
    else:
        assert description.heads[0].temperature == pytest.approx(np.mean(temperatures))
    images = data.load(own_folder)["validation"].images
    with (
        LiteRTClassifier(tmp_path) as exported,
        KerasClassifier(tmp_path, device="/CPU:0") as network,
    ):
        np.testing.assert_allclose(exported.classify(images), network.classify(images), atol=0.06)


@pytest.mark.slow
@pytest.mark.logs_errors
def test_models_of_other_labels_do_not_go_together(own_model, tmp_path, capsys):
    shutil.copytree(own_model, tmp_path / "other", ignore=shutil.ignore_patterns("checkpoints"))
    content = json.loads((tmp_path / "other" / FILE_NAME).read_text())
    content["labels"] = content["heads"][0]["labels"] = ["awake", "bored"]
    (tmp_path / "other" / FILE_NAME).write_text(json.dumps(content))
    command = ["export", "--model", str(own_model), str(tmp_path / "other")]
    assert main([*command, "--output", str(tmp_path / "out")]) == 1
    assert "other labels" in capsys.readouterr().err
