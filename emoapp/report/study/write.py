"""Read the logs of a study and write its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from emoapp.errors import DataError
from emoapp.report.citation import differing
from emoapp.report.config import StudyConfig, WrittenReport
from emoapp.report.folder import report_folder
from emoapp.report.study import compare
from emoapp.report.study.groups import assign, named, read_groups
from emoapp.report.study.page import page
from emoapp.report.study.recordings import Recording, Unread, find_logs, read_recordings
from emoapp.report.study.tables import groups_csv, study_csv
from emoapp.report.write import PAGE, write_file
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

Progress = Callable[[int, int], None]
"""Called with (logs that are read, logs in all)."""

MAX_REASONS = 3
"""How many reasons the message names where no log could be read."""


def _silent(done: int, total: int) -> None:
    """Tell nobody."""


def write_study(config: StudyConfig, progress: Progress = _silent) -> WrittenReport:
    """Write the report of a folder of logs.

    If anything fails, the folder of the report keeps its previous content. A log that cannot be
    read is listed, and the others are reported.

    Args:
        config: What to write, and where.
        progress: Is told how many logs are read.

    Raises:
        DataError: No log can be read, or the table of groups is damaged.
        SinkError: See `report.write_report`.
    """
    others = [config.groups] if config.groups else []
    rows = read_groups(config.groups) if config.groups else []
    logs = find_logs(config.folder, others)
    if not logs:
        raise DataError(
            f"The folder {config.folder} holds no logs (.csv, .jsonl, .parquet); "
            "`emoapp video FOLDER --log FOLDER` makes them."
        )
    absolute = config.folder.resolve()
    folder = config.output or absolute.with_name(f"{absolute.name}_report")
    with report_folder(folder, overwrite=config.overwrite, inputs=[*logs, *others]) as target:
        logger.info("report of %s in %s", config.folder, folder)
        recordings, unread = _read(config.folder, logs, progress)
        notes: list[str] = []
        if config.groups:
            recordings, notes = assign(recordings, rows, config.groups)
        contents, more = _contents(absolute.name, recordings, unread, notes)
        target.claim(contents)
        for name, text in contents.items():
            write_file(target.stage / name, text.encode())
    return WrittenReport(folder, [*contents], notes + more)


def _contents(
    title: str, recordings: Sequence[Recording], unread: Sequence[Unread], notes: Sequence[str]
) -> tuple[dict[str, str], list[str]]:
    """Return the report's files, name -> text, and notes in addition to those given."""
    labels = _usual_labels(recordings)
    more = list(_notes(recordings, unread, labels))
    comparable = [one for one in recordings if one.labels == labels]
    summaries = compare.summaries(comparable, labels)
    differences = compare.differences(comparable, labels)
    contents = {"study.csv": study_csv(recordings, unread)}
    if summaries:
        contents["groups.csv"] = groups_csv(summaries, differences)
    html = page(
        title,
        recordings,
        unread,
        labels,
        summaries,
        differences,
        notes=[*notes, *more],
        files=[*contents],
    )
    return {PAGE: html, **contents}, more


def _read(
    folder: Path, logs: Sequence[Path], progress: Progress
) -> tuple[list[Recording], list[Unread]]:
    recordings: list[Recording] = []
    unread: list[Unread] = []
    for done, path in enumerate(logs, 1):
        for one in read_recordings(path, folder):
            if isinstance(one, Recording):
                recordings.append(one)
            else:
                logger.warning("left out: %s: %s", one.name, one.reason)
                unread.append(one)
        progress(done, len(logs))
    if not recordings:
        reasons = "; ".join(f"{one.name}: {one.reason}" for one in unread[:MAX_REASONS])
        raise DataError(f"The folder {folder} holds no log that can be read: {reasons}")
    return recordings, unread


def _usual_labels(recordings: Sequence[Recording]) -> tuple[str, ...]:
    """Return the labels that most recordings have."""
    return Counter(one.labels for one in recordings).most_common(1)[0][0]


def _notes(
    recordings: Sequence[Recording], unread: Sequence[Unread], labels: tuple[str, ...]
) -> Iterator[str]:
    if unread:
        names = named([one.name for one in unread])
        yield f"files that could not be read are at the end of the page: {names}"
    other = named([one.name for one in recordings if one.labels != labels])
    if other:
        yield f"recordings of a model with other expressions are in no group: {other}"
    empty = named([one.name for one in recordings if not one.believed_s])
    if empty:
        yield f"without a believed face, so they count for coverage only: {empty}"
    cut_off = named([one.name for one in recordings if one.cut_off])
    if cut_off:
        yield f"these logs end in a line that was cut off, and it is left out: {cut_off}"
    unknown = [one.name for one in recordings if one.about is None]
    if 0 < len(unknown) < len(recordings):
        yield f"no file says how these logs were made: {named(unknown)}"
    for name, values in differing(recordings).items():
        said = ", ".join(f"{value} ({count})" for value, count in values.items())
        yield f"not all recordings were analyzed alike: {name}: {said}"
