"""Run the network on the CPU with LiteRT (formerly TensorFlow Lite)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from emoapp.classifiers.base import Classifier
from emoapp.classifiers.description import find_model
from emoapp.errors import ModelError
from emoapp.labels import CONTEMPT
from emoapp.utils.litert import open_network


class LiteRTClassifier(Classifier):
    """Run a `.tflite` file that takes uint8 (N, S, S) and returns float32 (N, logits).

    A second output has the features, float32 (N, D), where the file has one.

    Args:
        model: File or folder; None for the shipped model.
        contempt: Show contempt too.
        threads: Number of threads. One is the fastest for a single face: starting a second costs
            more than it saves.

    Raises:
        ModelError: If the model is missing, damaged, or does not know contempt.
        NotInstalledError: If LiteRT can't be loaded.
    """

    name = "LiteRT on the CPU"

    def __init__(
        self, model: str | Path | None = None, *, contempt: bool = False, threads: int = 1
    ) -> None:
        path, description = find_model(model, suffix=".tflite")
        super().__init__(description.showing(CONTEMPT) if contempt else description)
        self.path = path
        self._interpreter = open_network(path, threads=threads)
        (inputs,) = self._interpreter.get_input_details()
        outputs, *features = self._interpreter.get_output_details()
        self._input, self._output = inputs["index"], outputs["index"]
        # Files that were exported by an earlier version have no features.
        self._features = features[0]["index"] if features else None
        self._batch = int(inputs["shape"][0])
        expected = sum(len(head.labels) for head in description.heads)
        if outputs["shape"][-1] != expected or inputs["dtype"] != np.uint8:
            raise ModelError(
                f"{path}: expected uint8 crops in and {expected} logits out, found "
                f"{inputs['dtype'].__name__} and {outputs['shape'][-1]}"
            )

    def _logits(self, crops: np.ndarray) -> np.ndarray:
        if len(crops) != self._batch:
            self._interpreter.resize_tensor_input(self._input, crops.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(crops)
        self._interpreter.set_tensor(self._input, crops)
        self._interpreter.invoke()
        return self._interpreter.get_tensor(self._output)

    def _outputs(self, crops: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        logits = self._logits(crops)
        if self._features is None:
            return logits, None
        return logits, self._interpreter.get_tensor(self._features)

    def _close(self) -> None:
        self._interpreter = None
