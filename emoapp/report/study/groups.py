"""Read who is on each recording, and in which condition, from a table."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from emoapp.errors import DataError
from emoapp.report.study.recordings import Recording
from emoapp.utils.escape import csv_text, printable

COLUMNS = ("file", "participant", "condition")

MAX_NAMED = 10
"""How many files a note names."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A row of the table of groups.

    Attributes:
        line: Its line in the file.
        file: The log or the video.
        participant, condition: As written; "" for none.
    """

    line: int
    file: str
    participant: str
    condition: str


def read_groups(path: Path) -> list[GroupRow]:
    """Read the table of groups.

    Args:
        path: CSV with the columns file, condition and, where recordings share one, participant,
            in any order, separated by commas, semicolons or tabs; other columns are ignored.

    Raises:
        DataError: It cannot be read, or a column is missing.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as exc:
        raise DataError(f"{path} cannot be read: {exc.strerror or exc}.") from exc
    except UnicodeDecodeError as exc:
        raise DataError(f"{path} is not text in UTF-8; save it as CSV in UTF-8.") from exc
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip().casefold() for name in next(reader, [])]
        missing = [name for name in ("file", "condition") if name not in names]
        if missing:
            raise DataError(
                f"{path} lacks the columns: {', '.join(missing)}. Its first line must name "
                f"{', '.join(COLUMNS)}."
            )
        rows = []
        for cells in reader:
            by_name = dict(zip(names, (csv_text(cell.strip()) for cell in cells), strict=False))
            row = GroupRow(reader.line_num, *(by_name.get(name, "") for name in COLUMNS))
            if row.file:
                rows.append(row)
    except csv.Error as exc:
        raise DataError(f"{path}, line {reader.line_num}: {exc}.") from exc
    return rows


def assign(
    recordings: Sequence[Recording], rows: Iterable[GroupRow], table: Path
) -> tuple[list[Recording], list[str]]:
    """Give the recordings their participants and conditions.

    A row's file is a log or a video, with its folder or without, with its suffix or without; upper
    and lower case are the same where nothing else fits.

    Args:
        recordings: The recordings.
        rows: The table's rows.
        table: The table's file, for messages.

    Returns:
        The recordings, and notes: which files are missing or in doubt.

    Raises:
        DataError: Two rows say different things of one recording.
    """
    exact, folded = _index(recordings)
    said: dict[int, GroupRow] = {}
    unknown: list[str] = []
    ambiguous: list[str] = []
    spelling = _Spelling()
    for row in rows:
        key = _normal(row.file)
        places = exact.get(key) or folded.get(key.casefold()) or set()
        if len(places) != 1:
            (ambiguous if places else unknown).append(row.file)
            continue
        (place,) = places
        row = replace(
            row,
            participant=spelling.of("participant", row.participant),
            condition=spelling.of("condition", row.condition),
        )
        earlier = said.setdefault(place, row)
        if (earlier.participant, earlier.condition) != (row.participant, row.condition):
            raise DataError(
                f"{table}, lines {earlier.line} and {row.line}: {recordings[place].name} has two "
                "participants or conditions; leave one of the rows."
            )
    notes = []
    if unknown:
        notes.append(f"{table.name} names files of which there is no log: {named(unknown)}")
    if ambiguous:
        notes.append(
            f"{table.name} names files of which there are several logs, so none of them is used; "
            f"write them with their folder: {named(ambiguous)}"
        )
    without = [r.name for place, r in enumerate(recordings) if place not in said]
    if without:
        notes.append(f"{table.name} has no row, so they are in no group: {named(without)}")
    return [
        replace(one, participant=said[i].participant or None, condition=said[i].condition or None)
        if i in said
        else one
        for i, one in enumerate(recordings)
    ], notes


class _Spelling:
    """The first spelling of each name: "P1" and "p1" are the same participant."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], str] = {}

    def of(self, kind: str, name: str) -> str:
        return self._first.setdefault((kind, _normal(name).casefold()), " ".join(name.split()))


def _index(recordings: Sequence[Recording]) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """Return name -> places of the recordings that it may mean: as written, and in lower case."""
    exact: dict[str, set[int]] = defaultdict(set)
    for place, one in enumerate(recordings):
        for name in filter(None, (one.name, one.source, one.log.name)):
            path = PurePosixPath(_normal(name))
            for form in {path, PurePosixPath(path.name)}:
                exact[str(form)].add(place)
                exact[str(form.with_suffix(""))].add(place)
    folded: dict[str, set[int]] = defaultdict(set)
    for name, places in exact.items():
        folded[name.casefold()] |= places
    return exact, folded


def _normal(name: str) -> str:
    return unicodedata.normalize("NFC", name.strip().replace("\\", "/")).removeprefix("./")


def named(names: Sequence[str]) -> str:
    """Return the first `MAX_NAMED` names, and how many more there are."""
    unique = list(dict.fromkeys(names))
    more = len(unique) - MAX_NAMED
    return ", ".join(map(printable, unique[:MAX_NAMED])) + (f", … (+{more})" if more > 0 else "")
