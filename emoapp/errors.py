"""The errors that emoapp raises on purpose: messages say what was found and what to do next."""

from __future__ import annotations

from pathlib import Path


class EmoappError(Exception):
    """Base of all errors that are reported to the user as one message, without a traceback."""

    exit_status = 1


class UsageError(EmoappError):
    """The program was called with options that cannot work together."""

    exit_status = 2


class CameraError(EmoappError):
    """A camera could not be opened, or stopped for good."""

    exit_status = 2


class SourceError(EmoappError):
    """A file or a stream could not be read as a video or a picture."""


class SinkError(EmoappError):
    """A result could not be written or shown.

    reason: why a file could not be written, without the full stop; "" where it is in the message.
    advice: a sentence on what to do about it; "" for none.
    kept: the file with what had been written until then; None where there is nothing of it.
    """

    reason: str = ""
    advice: str = ""
    kept: Path | None = None


class OutputExistsError(SinkError):
    """What was to be written is there already and must not be replaced."""


class OutputInUseError(OutputExistsError):
    """Another program is writing what was to be written."""


class NoScreenError(SinkError):
    """There is no screen on which a window could be opened."""

    exit_status = 2


class ClosedError(EmoappError, RuntimeError):
    """Something was used after its `close`."""


class NotInstalledError(EmoappError):
    """Something needs packages that are installed only with an extra."""


class DeviceError(EmoappError):
    """The requested processor (GPU) cannot be used."""


class ModelError(EmoappError):
    """A model file is missing, damaged or does not fit its description."""


class DataError(EmoappError):
    """Training or evaluation data is missing, damaged or lacks what is needed."""
