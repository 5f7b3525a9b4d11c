"""Export a trained network as a LiteRT file: crops in, logits and features out."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from emoapp.utils.files import write_whole

PRECISIONS = ("float32", "float16", "int8", "full-int8")
"""Formats of the weights. "int8" computes the activations' scales at run time; "full-int8" fixes
them from sample images."""

FEATURES = "features"
"""Name of the second output, as the file's signature has it."""


def to_tflite(
    model: keras.Model,
    heads: Sequence[str],
    *,
    precision: str = "int8",
    samples: np.ndarray | None = None,
) -> bytes:
    """Convert a network to LiteRT.

    Args:
        model: Returns logits by head (see `model.build_model`).
        heads: Order of the heads' logits in the output.
        precision: One of `PRECISIONS`.
        samples: uint8 (N, 48, 48), representative crops; needed for "full-int8" only.

    Returns:
        Content of the file, which takes uint8 (N, 48, 48), any N, and returns float32 (N, sum of
        the heads' labels); where the network has one branch, also its features (see
        `with_features`).

    Raises:
        ValueError: If the precision is unknown, or the samples that it needs are missing.
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
    # The converter prints its progress on standard output.
    with contextlib.redirect_stdout(io.StringIO()):
        return with_features(converter.convert())


def with_features(content: bytes) -> bytes:
    """Make the features in front of the heads a second output of a LiteRT file.

    The network computes them anyway, so the logits stay the same to the bit, and the time too.

    Args:
        content: Content of a file with one output.

    Returns:
        Content of a file whose second output has the features, float32 (N, D). The same content
        where the heads share no layer of float32 features, as in a network of several branches or
        in one whose activations are integers.
    """
    from tensorflow.lite.python import schema_py_generated as schema
    from tensorflow.lite.tools import flatbuffer_utils

    model = flatbuffer_utils.convert_bytearray_to_object(bytearray(content))
    (graph,) = model.subgraphs
    index = _features_of(model, graph)
    if index is None or len(graph.outputs) != 1:
        return content
    graph.outputs = [*graph.outputs, index]
    for signature in model.signatureDefs or ():
        output = schema.TensorMapT()
        output.name, output.tensorIndex = FEATURES, index
        signature.outputs.append(output)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _features_of(model: Any, graph: Any) -> int | None:
    """Return the tensor that all fully connected layers take and a mean over space makes."""
    from tensorflow.lite.python import schema_py_generated as schema

    def operators(code: int) -> list[Any]:
        codes = [max(c.builtinCode, c.deprecatedBuiltinCode) for c in model.operatorCodes]
        return [operator for operator in graph.operators if codes[operator.opcodeIndex] == code]

    heads = {int(layer.inputs[0]) for layer in operators(schema.BuiltinOperator.FULLY_CONNECTED)}
    means = {int(layer.outputs[0]) for layer in operators(schema.BuiltinOperator.MEAN)}
    if len(heads) != 1 or not heads <= means:
        return None
    (index,) = heads
    return index if graph.tensors[index].type == schema.TensorType.FLOAT32 else None


def write_tflite(
    path: Path,
    model: keras.Model,
    heads: Sequence[str],
    *,
    precision: str = "int8",
    samples: np.ndarray | None = None,
) -> Path:
    """Write a network as a LiteRT file, atomically.

    Args:
        path: File to write.
        model: See `to_tflite`.
        heads: See `to_tflite`.
        precision: See `to_tflite`.
        samples: See `to_tflite`.

    Returns:
        The file.
    """
    content = to_tflite(model, heads, precision=precision, samples=samples)
    write_whole(path, lambda half: half.write_bytes(content))
    return path
