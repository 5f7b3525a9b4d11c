"""Run the network on the GPU with TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from emoapp.classifiers.base import Classifier
from emoapp.classifiers.description import find_model
from emoapp.errors import DeviceError
from emoapp.labels import CONTEMPT
from emoapp.platforms.gpu import why_no_gpu

MIN_BATCH_SIZE = 8
"""Batches are padded to powers of two, at least this: TensorFlow traces each new size anew, which
takes a second."""

FEATURES = "features"
"""Name of the layer in front of the heads."""


class KerasClassifier(Classifier):
    """Run a `.keras` file on a GPU.

    Args:
        model: File or folder; None for the shipped model.
        contempt: Show contempt too.
        device: TensorFlow's name of the device.

    Raises:
        DeviceError: If TensorFlow is not installed or finds no GPU.
        ModelError: If the model is missing, damaged, or does not know contempt.
    """

    name = "TensorFlow on the GPU"

    def __init__(
        self, model: str | Path | None = None, *, contempt: bool = False, device: str = "/GPU:0"
    ) -> None:
        if device.startswith("/GPU") and (reason := why_no_gpu()):
            raise DeviceError(reason)
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        try:
            import tensorflow as tf
        except ImportError:
            raise DeviceError(
                "the GPU is used through TensorFlow, which is not installed; "
                "install it with: pip install 'emoapp[gpu]'"
            ) from None
        if device.startswith("/GPU") and not tf.config.list_physical_devices("GPU"):
            cuda = "with" if tf.test.is_built_with_cuda() else "without"
            raise DeviceError(
                f"TensorFlow {tf.__version__} (built {cuda} CUDA) sees no GPU on this machine; "
                "check the driver with nvidia-smi and install pip install 'emoapp[gpu]', "
                "or use --device cpu"
            )
        path, description = find_model(model, suffix=".keras")
        super().__init__(description.showing(CONTEMPT) if contempt else description)
        self.path = path
        import keras

        network = _with_features(keras.models.load_model(path, compile=False))
        self._device = tf.device(device)
        self._call = tf.function(lambda crops: network(crops, training=False))
        self._tf = tf

    def _logits(self, crops: np.ndarray) -> np.ndarray:
        return self._outputs(crops)[0]

    def _outputs(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        count = len(crops)
        size = max(MIN_BATCH_SIZE, 1 << (count - 1).bit_length())
        padded = np.zeros((size, *crops.shape[1:]), np.uint8)
        padded[:count] = crops
        with self._device:
            outputs = self._call(self._tf.constant(padded))
        heads = [outputs[head.name].numpy()[:count] for head in self.description.heads]
        features = outputs.get(FEATURES)
        return np.concatenate(heads, axis=1), (
            None if features is None else np.float32(features.numpy()[:count])
        )

    def _close(self) -> None:
        self._call = None


def _with_features(network: Any) -> Any:
    """Return the network with the layer in front of its heads as another output."""
    import keras

    found = [layer for layer in network.layers if layer.name == FEATURES]
    if not found or not isinstance(network.output, dict):
        return network
    return keras.Model(network.input, {**network.output, FEATURES: found[0].output})
