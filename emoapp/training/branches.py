"""Several networks in one: each looks at the crop, and the mean of their answers is the answer.

Networks that learned the same from other random starts err at different places, so their mean errs
less often than any of them, for the time and the size of all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras

from emoapp.errors import DataError

BRANCH = "branch"


def join(networks: Sequence[keras.Model], *, mirror: bool = False) -> keras.Model:
    """One network whose logits are the means of the networks' logits, head by head.

    networks: all with the same heads (see `model.build_model`); their weights are copied, and
        joined ones are taken apart first. A mean of logits is, after the softmax, the geometric
        mean of the probabilities.
    mirror: each looks at the mirrored crop too: twice the time, nearly no bytes.

    Raises DataError where their heads differ.
    """
    parts = [part for network in networks for part in branches_of(network)]
    heads = {head: output.shape[-1] for head, output in parts[0].output.items()}
    for part in parts[1:]:
        if {head: output.shape[-1] for head, output in part.output.items()} != heads:
            raise DataError("these networks have different heads; they can't be joined")
    crops = keras.Input(parts[0].input.shape[1:], dtype="uint8", name="crops")
    views = [crops, keras.ops.flip(crops, axis=2)] if mirror else [crops]
    answers = []
    for number, part in enumerate(parts, start=1):
        branch = keras.Model.from_config({**part.get_config(), "name": f"{BRANCH}{number}"})
        branch.set_weights(part.get_weights())
        answers += [branch(view) for view in views]
    logits = {
        head: keras.layers.Average(name=head)([answer[head] for answer in answers])
        for head in heads
    }
    return keras.Model(crops, logits, name="emotion")


def branches_of(network: keras.Model) -> list[keras.Model]:
    """The networks that `join` made one of; the network itself where it is none of those."""
    found = [layer for layer in network.layers if isinstance(layer, keras.Model)]
    return found or [network]
