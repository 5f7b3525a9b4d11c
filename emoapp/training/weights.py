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
    body, trained_body = _body_weights(model, known), _body_weights(trained, known)
    if [w.shape for w in body] != [w.shape for w in trained_body]:
        raise DataError(f"{path}: is a network of another width; train with the same --width")
    for weight, value in zip(body, trained_body, strict=True):
        weight.assign(value)
    silence(model, known)
    for head in set(model.output) & set(trained.output):
        if model.output[head].shape == trained.output[head].shape:
            model.get_layer(head).set_weights(trained.get_layer(head).get_weights())


def _body_weights(network: keras.Model, blocks: Sequence[int]) -> list[keras.Variable]:
    """Return the weights of all layers but the heads and the blocks beyond `blocks`."""
    return [
        weight
        for layer in network.layers
        if layer.name not in network.output and not is_beyond(layer, blocks)
        for weight in layer.weights
    ]
