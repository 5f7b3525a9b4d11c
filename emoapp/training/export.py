"""Export a trained network as a LiteRT file with one input and one output."""

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
"""Formats of the weights. "int8" computes the activations' scales at run time; "full-int8" fixes
them from sample images."""


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
        the heads' labels).

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
        return converter.convert()


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
