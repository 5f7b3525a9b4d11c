"""Join several networks into one that averages their logits.

Networks that were trained on the same data from different random weights make different errors, so
their mean errs less often than any of them, at the time and the size of all of them together.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras

from emoapp.errors import DataError

BRANCH = "branch"


def join(networks: Sequence[keras.Model], *, mirror: bool = False) -> keras.Model:
    """Join networks into one whose logits are the means of theirs, head by head.

    A mean of logits is, after the softmax, the geometric mean of the probabilities.

    Args:
        networks: Networks with the same heads (see `model.build_model`). Their weights are copied,
            and joined ones are taken apart first.
        mirror: Let each see the mirrored crop too, for twice the time and hardly any bytes.

    Returns:
        The joined network.

    Raises:
        DataError: If their heads differ.
    """
    parts = [part for network in networks for part in branches_of(network)]
    heads = {head: output.shape[-1] for head, output in parts[0].output.items()}
    for part in parts[1:]:
        if {head: output.shape[-1] for head, output in part.output.items()} != heads:
            raise DataError("these networks have different heads; they can't be joined")
    crops = keras.Input(parts[0].input.shape[1:], dtype="uint8", name="crops")
    views = [crops, keras.ops.flip(crops, axis=2)] if mirror else [crops]
    outputs = []
    for number, part in enumerate(parts, start=1):
        branch = keras.Model.from_config({**part.get_config(), "name": f"{BRANCH}{number}"})
        branch.set_weights(part.get_weights())
        outputs += [branch(view) for view in views]
    logits = {
        head: keras.layers.Average(name=head)([output[head] for output in outputs])
        for head in heads
    }
    return keras.Model(crops, logits, name="emotion")


def branches_of(network: keras.Model) -> list[keras.Model]:
    """Return the networks that `join` joined into this one, or the network itself."""
    found = [layer for layer in network.layers if isinstance(layer, keras.Model)]
    return found or [network]
