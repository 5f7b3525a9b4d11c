"""Another detector for a pipeline that is running."""

from __future__ import annotations

from emoapp.detectors import DETECTORS, open_detector
from emoapp.errors import EmoappError
from emoapp.live.messages import Messages
from emoapp.pipeline import Pipeline


def next_detector(pipeline: Pipeline, messages: Messages) -> None:
    """Take the next of `DETECTORS` in place of the pipeline's own, once it is open.

    messages: is told why it can't be opened; the pipeline then keeps what it has.
    """
    used, names = pipeline.detector, list(DETECTORS)
    try:
        detector = open_detector(names[(names.index(used.name) + 1) % len(names)])
    except EmoappError as exc:
        messages.alert(f"Faces are still found by {used.name}", str(exc))
        return
    detector.thorough = used.thorough
    pipeline.detector = detector
    used.close()
