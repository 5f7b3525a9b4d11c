"""Open sinks of results: a window, a video file, a log."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emoapp.errors import UsageError
from emoapp.sinks.base import FileSink, PictureSink, Sink
from emoapp.utils.logs import get_logger

if TYPE_CHECKING:
    from emoapp.sinks.recorder import VideoRecorder
    from emoapp.sinks.window import Window

__all__ = [
    "LOGS",
    "FileSink",
    "PictureSink",
    "Sink",
    "check_log_name",
    "open_log",
    "open_recorder",
    "open_window",
]

logger = get_logger(__name__)

# Each backend is imported when it is opened: OpenCV and PyAV take a fifth of a second each.


def open_window(title: str) -> Window:
    """Open a window; see `emoapp.sinks.window.Window`.

    Args:
        title: The window's title.

    Raises:
        NoScreenError: There is no screen.
    """
    from emoapp.sinks.window import Window

    return Window(title)


def open_recorder(path: str | os.PathLike[str], **options: Any) -> VideoRecorder:
    """Open a recording.

    Args:
        path: The video file.
        **options: See `emoapp.sinks.recorder.VideoRecorder`, as for the exceptions.
    """
    from emoapp.sinks.recorder import VideoRecorder

    recorder = VideoRecorder(path, **options)
    logger.info("recording to %s", path)
    return recorder


def _log_factory(name: str) -> Callable[..., FileSink]:
    def open_it(*args: object, **options: object) -> FileSink:
        from emoapp.sinks import log

        return getattr(log, name)(*args, **options)

    return open_it


LOGS: dict[str, Callable[..., FileSink]] = {
    ".csv": _log_factory("CsvLog"),
    ".jsonl": _log_factory("JsonLinesLog"),
    ".parquet": _log_factory("ParquetLog"),
}
"""A log's suffix -> factory(path, labels, *, source, overwrite)."""


def check_log_name(path: str | os.PathLike[str]) -> None:
    """Check the suffix of a log.

    Args:
        path: The log.

    Raises:
        UsageError: The suffix is not in `LOGS`, or the package that it needs is missing.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in LOGS:
        raise UsageError(f"The log {path} must end with {', '.join(LOGS)}.")
    if suffix == ".parquet" and find_spec("pyarrow") is None:
        raise UsageError(
            f"{path} needs pyarrow: pip install 'emoapp[parquet]' "
            "(in a checkout: pip install -e '.[parquet]'); .csv and .jsonl need nothing"
        )


def open_log(
    path: str | os.PathLike[str],
    labels: Sequence[str],
    *,
    source: str = "",
    overwrite: bool = False,
    profile: bool = False,
) -> FileSink:
    """Open the log that the suffix of `path` names.

    Args:
        path: The log.
        labels: The expressions, in the order of the model.
        source: What the user called the source; it is repeated in each row.
        overwrite: Replace an existing file.
        profile: Add the column of the profile.

    Raises:
        SinkError: The log cannot be written.
        UsageError: See `check_log_name`.
    """
    check_log_name(path)
    log = LOGS[Path(path).suffix.lower()](
        path, labels, source=source, overwrite=overwrite, profile=profile
    )
    logger.info("results to %s", path)
    return log
