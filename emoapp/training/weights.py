"""Start a network from the weights of a trained one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import keras

from emoapp.errors import DataError
from emoapp.training.branches import branches_of
from emoapp.training.model import blocks_of, is_beyond, silence


def take_weights(model: keras.Model, path: Path) -> None:
    """Copy the weights of a trained network into a model.

    A head of another size keeps its own. Blocks that the trained network does not have pass their
    input on unchanged at first.

    Args:
        model: Is changed.
        path: A `model.keras`; of several networks in one, the first is taken.

    Raises:
        DataError: If the file can't be read or the networks are not alike.
    """
    try:
        trained = keras.models.load_model(path, compile=False)
    except (OSError, ValueError) as exc:
        raise DataError(f"{path}: not a network that can be started from ({exc})") from exc
    trained = branches_of(trained)[0]
    known, own = blocks_of(trained), blocks_of(model)
    if len(known) != len(own):
        raise DataError(f"{path}: is a network of another kind")
    if any(theirs > ours for theirs, ours in zip(known, own, strict=True)):
        wanted = " ".join(map(str, known))
        raise DataError(f"{path}: has more blocks; train with at least --blocks {wanted}")
    body, trained_body = _body_layers(model, known), _body_layers(trained, known)
    if _shapes(body) != _shapes(trained_body):
        raise DataError(f"{path}: is a network of another width; train with the same --width")
    for name, layer in body.items():
        layer.set_weights(trained_body[name].get_weights())
    silence(model, known)
    for head in set(model.output) & set(trained.output):
        if model.output[head].shape == trained.output[head].shape:
            model.get_layer(head).set_weights(trained.get_layer(head).get_weights())


def _body_layers(network: keras.Model, blocks: Sequence[int]) -> dict[str, keras.Layer]:
    """Return all layers with weights but the heads and the blocks beyond `blocks`, by name.

    Their order is no guide: what is skipped while training changes it.
    """
    return {
        layer.name: layer
        for layer in network.layers
        if layer.weights and layer.name not in network.output and not is_beyond(layer, blocks)
    }


def _shapes(layers: dict[str, keras.Layer]) -> dict[str, list[tuple[int, ...]]]:
    return {name: [weight.shape for weight in layer.weights] for name, layer in layers.items()}
