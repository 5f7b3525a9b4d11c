"""Define a report's settings and its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReportConfig:
    """Settings of `emoapp report`.

    Attributes:
        log: The log that `emoapp video --log` wrote.
        output: The report's folder; None for "<log>_report" beside the log.
        source: Which video, in a log of several.
        video: The video's file; None for the one that the log names.
        pictures: Whether to show faces from the video.
        chapters: Whether to write the chapters as WebVTT.
        clips: Number of moments to cut from the video.
        overwrite: Write into a folder that is not empty: an earlier report is replaced, and files
            that no report wrote stay.
    """

    log: Path
    output: Path | None = None
    source: str | None = None
    video: Path | None = None
    pictures: bool = True
    chapters: bool = False
    clips: int = 0
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class StudyConfig:
    """Settings of `emoapp report` for a folder of logs.

    Attributes:
        folder: The folder of the logs.
        output: The report's folder; None for "<folder>_report" beside it.
        groups: Table with the columns file, participant, condition; None for no groups.
        overwrite: See `ReportConfig.overwrite`.
    """

    folder: Path
    output: Path | None = None
    groups: Path | None = None
    overwrite: bool = False


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report that was written.

    Attributes:
        folder: The report's folder.
        files: Names of the files in it, the page first.
        notes: What the report lacks, in words for the user.
    """

    folder: Path
    files: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
