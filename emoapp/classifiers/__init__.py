"""Classifiers, by the processor they run on. Each is imported when it is first asked for."""

from __future__ import annotations

from pathlib import Path

from emoapp.classifiers.base import Classifier
from emoapp.errors import DeviceError, ModelError, UsageError
from emoapp.utils.logs import get_logger

__all__ = ["DEVICES", "Classifier", "open_classifier"]


logger = get_logger(__name__)


def _cpu(model: str | Path | None, contempt: bool) -> Classifier:
    from emoapp.classifiers.litert import LiteRTClassifier

    return LiteRTClassifier(model, contempt=contempt)


def _gpu(model: str | Path | None, contempt: bool) -> Classifier:
    from emoapp.classifiers.keras import KerasClassifier

    return KerasClassifier(model, contempt=contempt)


DEVICES = {"cpu": _cpu, "gpu": _gpu}
"""Processor -> factory (model file, folder, or None for the shipped one; with contempt)."""

LONG_RUN_FRAMES = 20_000
"""From here on a file is worth the seconds that TensorFlow takes to start (10 minutes of video)."""


def open_classifier(
    model: str | Path | None = None,
    *,
    device: str = "auto",
    frames: int | None = None,
    contempt: bool = False,
) -> Classifier:
    """The classifier for that processor.

    device: "cpu", "gpu", or "auto": the CPU, unless the run is long and there is a GPU.
    frames: how many frames will come, where that is known.
    contempt: show contempt too.

    Raises DeviceError where a GPU was asked for and can't be used, and ModelError for the model.
    """
    if device not in ("auto", *DEVICES):
        raise UsageError(f"there is no device {device!r}; choose auto or {', '.join(DEVICES)}")
    if device == "auto":
        device = "cpu"
        if frames is not None and frames >= LONG_RUN_FRAMES:
            try:
                return DEVICES["gpu"](model, contempt)
            except (DeviceError, ModelError) as exc:
                # "auto" promises the best that is there, and the CPU is.
                logger.info("no GPU: %s", exc)
    classifier = DEVICES[device](model, contempt)
    logger.info("model %s on %s", model or "shipped", device)
    return classifier
