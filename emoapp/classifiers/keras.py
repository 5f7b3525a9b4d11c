"""The network on the GPU, by TensorFlow."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from emoapp.classifiers.base import Classifier
from emoapp.classifiers.description import find_model
from emoapp.errors import DeviceError
from emoapp.labels import CONTEMPT

SMALLEST_BATCH = 8
"""Batches are filled up to powers of two from here: each new size is traced anew (a second)."""


class KerasClassifier(Classifier):
    """Runs a `.keras` file on a GPU."""

    name = "TensorFlow on the GPU"

    def __init__(
        self, model: str | Path | None = None, *, contempt: bool = False, device: str = "/GPU:0"
    ) -> None:
        """Raises DeviceError where TensorFlow is not installed or sees no GPU."""
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
        import keras

        network = keras.models.load_model(path, compile=False)
        self._device = tf.device(device)
        self._call = tf.function(lambda crops: network(crops, training=False))
        self._tf = tf

    def _logits(self, crops: np.ndarray) -> np.ndarray:
        count = len(crops)
        room = max(SMALLEST_BATCH, 1 << (count - 1).bit_length())
        padded = np.zeros((room, *crops.shape[1:]), np.uint8)
        padded[:count] = crops
        with self._device:
            logits = self._call(self._tf.constant(padded))
        return np.concatenate(
            [logits[head.name].numpy()[:count] for head in self.description.heads], axis=1
        )

    def _close(self) -> None:
        self._call = None
