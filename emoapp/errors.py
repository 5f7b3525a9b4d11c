"""Errors that emoapp raises on purpose; their messages say what was found and what to do next."""

from __future__ import annotations

from pathlib import Path


class EmoappError(Exception):
    """Base of all errors that are reported to the user as a message without a traceback.

    Attributes:
        exit_status: Exit status of the command line.
    """

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

    Attributes:
        reason: Why a file could not be written, without the period; "" where the message says it.
        advice: A sentence on what to do about it; "" for none.
        kept: File with what had been written until then; None where there is none.
    """

    reason: str = ""
    advice: str = ""
    kept: Path | None = None


class OutputExistsError(SinkError):
    """The output exists already and must not be replaced."""


class OutputInUseError(OutputExistsError):
    """Another program is writing the output."""


class ProfileError(EmoappError):
    """A profile is missing, damaged or of another model, or cannot be written."""


class NoScreenError(SinkError):
    """There is no screen to open a window on."""

    exit_status = 2


class ClosedError(EmoappError, RuntimeError):
    """An object was used after its `close`."""


class NotInstalledError(EmoappError):
    """A feature needs packages that only an extra installs."""


class DeviceError(EmoappError):
    """The requested processor (GPU) cannot be used."""


class ModelError(EmoappError):
    """A model file is missing, damaged or does not fit its description."""


class DataError(EmoappError):
    """Training or evaluation data is missing, damaged or lacks what is needed."""
