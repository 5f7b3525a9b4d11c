"""From a trained network to the file that live use runs: LiteRT, one input, one output."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from emoapp.utils.files import write_whole

PRECISIONS = ("float32", "float16", "int8", "full-int8")
"""What the weights are kept as; "int8" computes activations' scales as it runs, "full-int8" has
them fixed from sample images."""


def to_tflite(
    model: keras.Model,
    heads: Sequence[str],
    *,
    precision: str = "int8",
    samples: np.ndarray | None = None,
) -> bytes:
    """The network as a LiteRT file.

    heads: the order in which the heads' logits stand in the output.
    precision: one of `PRECISIONS`.
    samples: uint8 (N, 48, 48), representative crops; needed for "full-int8" only.

    The file takes uint8 (N, 48, 48), any N, and gives float32 (N, sum of the heads' labels).
    """
    if precision not in PRECISIONS:
        raise ValueError(f"precision: expected one of {', '.join(PRECISIONS)}, got {precision!r}")

    outputs = model(model.input)
    logits = keras.layers.Concatenate(name="logits")([outputs[head] for head in heads])
    converter = tf.lite.TFLiteConverter.from_keras_model(keras.Model(model.input, logits))
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if precision == "full-int8":
        if samples is None:
            raise ValueError("samples: full-int8 needs crops to fix the activations' scales with")
        converter.representative_dataset = lambda: ([crop[None]] for crop in samples)
    # The converter prints what it does on standard output.
    with contextlib.redirect_stdout(io.StringIO()):
        return converter.convert()


def write_tflite(path: Path, *args, **kwargs) -> Path:
    """`to_tflite` into a file, never a half one."""
    content = to_tflite(*args, **kwargs)
    write_whole(path, lambda half: half.write_bytes(content))
    return path
