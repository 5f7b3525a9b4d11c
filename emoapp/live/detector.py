"""Another detector for a pipeline that is running."""

from __future__ import annotations

from emoapp.detectors import DETECTORS, open_detector
from emoapp.pipeline import Pipeline


def swap_detector(pipeline: Pipeline) -> None:
    """Take the next of `DETECTORS` in place of the pipeline's own.

    Raises EmoappError where it can't be opened; the pipeline then keeps what it has.
    """
    used, names = pipeline.detector, list(DETECTORS)
    detector = open_detector(names[(names.index(used.name) + 1) % len(names)])
    detector.thorough = used.thorough
    pipeline.detector = detector
    used.close()
