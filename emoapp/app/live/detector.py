"""Exchange the detector of a running pipeline."""

from __future__ import annotations

from emoapp.app.live.messages import Messages
from emoapp.detectors import next_detector as open_next
from emoapp.errors import EmoappError
from emoapp.pipeline import Pipeline


def next_detector(pipeline: Pipeline, messages: Messages) -> None:
    """Replace the pipeline's detector by the next one that works, once that is open.

    messages: is told why one that is installed can't be opened; where no other can, the pipeline
        keeps what it has.
    """
    used = pipeline.detector
    failures: list[EmoappError] = []
    try:
        detector = open_next(used.name, failures)
    except EmoappError as exc:
        messages.alert(f"Faces are still found by {used.name}", str(exc))
        return
    detector.exhaustive = used.exhaustive
    pipeline.detector = detector
    used.close()
    if failures:
        messages.alert(f"Faces are now found by {detector.name}", "; ".join(map(str, failures)))
