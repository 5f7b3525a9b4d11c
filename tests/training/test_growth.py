"""A network with more blocks goes on from what a smaller one has learned."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from support.own_data import RECIPE

from emoapp.cli import main
from emoapp.errors import DataError
from emoapp.training.config import TrainConfig
from emoapp.training.model import blocks_of, build_model
from emoapp.training.train import plain_network
from emoapp.training.weights import take_weights
from emoapp.utils.resources import MODELS

SHIPPED = MODELS / "model.keras"
CROPS = np.random.default_rng(0).integers(0, 256, (5, 48, 48), dtype=np.uint8)


def grown(*more: int, width: int = 32) -> keras.Model:
    """Like the shipped network, with so many more blocks in each stage."""
    shipped = keras.models.load_model(SHIPPED, compile=False)
    blocks = [count + extra for count, extra in zip(blocks_of(shipped), more, strict=True)]
    heads = {head: output.shape[-1] for head, output in shipped.output.items()}
    return build_model(heads, width=width, blocks=blocks)


@pytest.mark.slow
def test_weights_go_by_name_since_skipping_changes_the_order_of_the_layers(tmp_path):
    heads = {"labels": 3}
    config = TrainConfig(width=8, blocks=(1, 2, 1), stochastic_depth=0.3, sizes=(24, 48))
    settings = {"width": config.width, "blocks": config.blocks}
    skipping = build_model(heads, stochastic_depth=0.3, any_size=True, **settings)
    skipping.save_weights(tmp_path / "best.weights.h5")
    plain = plain_network(heads, tmp_path / "best.weights.h5", config)
    plain.save(tmp_path / "model.keras")
    another = build_model(heads, stochastic_depth=0.3, any_size=True, **settings)
    take_weights(another, tmp_path / "model.keras")
    expected = skipping.predict(CROPS, verbose=0)["labels"]
    for network in (plain, another):
        found = network.predict(CROPS, verbose=0)["labels"]
        np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.slow
def test_it_begins_by_answering_the_same():
    network, shipped = grown(0, 1, 2), keras.models.load_model(SHIPPED, compile=False)
    assert len(network.weights) > len(shipped.weights)
    take_weights(network, SHIPPED)
    answers = network(CROPS, training=False)
    for head, wanted in shipped(CROPS, training=False).items():
        np.testing.assert_allclose(answers[head], wanted, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("more", "width", "said"), [((0, 0, -1), 32, "--blocks"), ((0, 0, 0), 16, "--width")]
)
def test_a_smaller_one_cannot(more, width, said):
    with pytest.raises(DataError, match=said):
        take_weights(grown(*more, width=width), SHIPPED)


@pytest.mark.soak
@pytest.mark.logs_errors
def test_it_is_trained_and_resumed(own_model, own_folder, tmp_path):
    command = ["train", "--data", str(own_folder), "--output", str(tmp_path), *RECIPE]
    command += ["--start-from", str(own_model / "model.keras"), "--blocks", "2", "2", "3"]
    command += ["--epochs", "1"]
    assert main(command) == 0
    assert main([*command, "--resume"]) == 0
    trained = keras.models.load_model(tmp_path / "model.keras", compile=False)
    assert blocks_of(trained) == (2, 2, 3)
    assert main([*command[:-5], "2", "2", "2", "--epochs", "1", "--resume"]) == 1
