"""The program as a library: faces and their expressions in a picture or a video."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.sources import open_source
from emoapp.types import Frame, Result, Track


class EmotionRecognizer:
    """Finds faces and says how much each looks like each expression.

    Opened by its constructor, closed by `close` or `with`; not to be shared between threads.
    """

    def __init__(
        self,
        *,
        detector: str = "auto",
        device: str = "auto",
        model: str | Path | None = None,
        smoothing_s: float = 0.3,
    ) -> None:
        """detector: "auto", "mediapipe" or "haar". device: "auto", "cpu" or "gpu".

        model: a file or folder that `emoapp train` made; None for the shipped model.
        smoothing_s: time constant of the average over time in `stream`, seconds.

        Raises ModelError, DeviceError or UsageError.
        """
        self._stack = ExitStack()
        self._smoothing_s = smoothing_s
        try:
            self._classifier = self._stack.enter_context(open_classifier(model, device=device))
            self._detector = self._stack.enter_context(open_detector(detector))
        except BaseException:
            self._stack.close()
            raise

    @property
    def labels(self) -> tuple[str, ...]:
        """The expressions, in the order of the probabilities."""
        return self._classifier.labels

    def analyze(self, image: np.ndarray) -> tuple[Track, ...]:
        """The faces in one picture, largest first.

        image: uint8 (H, W, 3), BGR as OpenCV reads it.
        """
        self._detector.reset()
        return self._pipeline(0.0).process(Frame(image, 0, 0.0)).tracks

    def stream(self, source: str | int | os.PathLike[str]) -> Iterator[Result]:
        """One result for each frame of a camera (number), a file, or a stream (address).

        People keep their track's id from frame to frame. The source is closed at the end, or when
        the iterator is.
        """
        self._detector.reset()
        pipeline = self._pipeline(self._smoothing_s)
        with open_source(source) as frames:
            for frame in frames:
                yield pipeline.process(frame)

    def _pipeline(self, smoothing_s: float) -> Pipeline:
        return Pipeline(self._detector, self._classifier, smoothing_s=smoothing_s)

    def close(self) -> None:
        """Give everything back; may be called twice."""
        self._stack.close()

    def __enter__(self) -> EmotionRecognizer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
