"""The program as a library: faces and their expressions in a picture or a video."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.limits import Limits
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
        contempt: bool = False,
        smoothing_s: float = 0.3,
        limits: Limits | None = None,
    ) -> None:
        """detector: "auto" or a name of `detectors.DETECTORS`. device: "auto", "cpu" or "gpu".

        model: a file or folder that `emoapp train` made; None for the shipped model.
        contempt: give it a probability too, beside the seven expressions.
        smoothing_s: time constant of the average over time in `stream`, seconds.
        limits: which faces are not believed; None for the usual ones.

        Raises ModelError, DeviceError or UsageError.
        """
        self._stack = ExitStack()
        self._smoothing_s, self._limits = smoothing_s, limits
        try:
            self._classifier = self._stack.enter_context(
                open_classifier(model, device=device, contempt=contempt)
            )
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

        >>> import cv2
        >>> from emoapp.resources import DEMO_CLIP
        >>> found, picture = cv2.VideoCapture(str(DEMO_CLIP)).read()
        >>> with EmotionRecognizer() as recognizer:
        ...     for person in recognizer.analyze(picture):
        ...         print(person.label, person.confidence > 0.5, person.doubt)
        happy True None
        """
        self._detector.reset()
        return self._pipeline(0.0).process(Frame(image, 0, 0.0)).tracks

    def stream(self, source: str | int | os.PathLike[str]) -> Iterator[Result]:
        """One result for each frame of a camera (number), a file, or a stream (address).

        People keep their track's id from frame to frame. The source is closed at the end, or when
        the iterator is.

        >>> from emoapp.resources import DEMO_CLIP
        >>> with EmotionRecognizer() as recognizer:
        ...     for result in recognizer.stream(DEMO_CLIP):
        ...         people = [(person.id, person.label) for person in result.tracks]
        ...         print(f"{result.frame.t:.2f} s", people)
        ...         if result.frame.index == 2:
        ...             break
        0.00 s [(1, 'happy')]
        0.03 s [(1, 'happy')]
        0.07 s [(1, 'happy')]
        """
        self._detector.reset()
        pipeline = self._pipeline(self._smoothing_s)
        with open_source(source) as frames:
            for frame in frames:
                yield pipeline.process(frame)

    def _pipeline(self, smoothing_s: float) -> Pipeline:
        return Pipeline(
            self._detector, self._classifier, smoothing_s=smoothing_s, limits=self._limits
        )

    def close(self) -> None:
        """Give everything back; may be called twice."""
        self._stack.close()

    def __enter__(self) -> EmotionRecognizer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()
