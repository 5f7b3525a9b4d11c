"""Classifiers by the device they run on, each imported when it is first used."""

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
"""Device -> factory (model file, folder, or None for the shipped one; whether to show contempt)."""

MIN_GPU_FRAMES = 20_000
"""Shorter files (10 minutes of video) are not worth the seconds that TensorFlow takes to start."""


def open_classifier(
    model: str | Path | None = None,
    *,
    device: str = "auto",
    frames: int | None = None,
    contempt: bool = False,
) -> Classifier:
    """Open a classifier.

    Args:
        model: Model file or folder; None for the shipped model.
        device: "cpu", "gpu", or "auto": the CPU, unless the run is long and there is a GPU.
        frames: Number of frames to come; None where it is not known.
        contempt: Show contempt too.

    Returns:
        The classifier; the caller closes it.

    Raises:
        UsageError: If there is no such device.
        DeviceError: If a GPU was asked for and can't be used.
        ModelError: If the model is missing, damaged, or does not know contempt.
    """
    if device not in ("auto", *DEVICES):
        raise UsageError(f"there is no device {device!r}; choose auto or {', '.join(DEVICES)}")
    if device == "auto":
        device = "cpu"
        if frames is not None and frames >= MIN_GPU_FRAMES:
            try:
                return DEVICES["gpu"](model, contempt)
            except (DeviceError, ModelError) as exc:
                # "auto" promises the best device that works.
                logger.info("no GPU: %s", exc)
    classifier = DEVICES[device](model, contempt)
    logger.info("model %s on %s", model or "shipped", device)
    return classifier
