"""Find the logs of a study and sum up each recording."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from emoapp.errors import EmoappError
from emoapp.provenance import Provenance
from emoapp.report.density import label_seconds, seen_seconds
from emoapp.report.manifest import MANIFEST
from emoapp.report.measures import BELIEVED, measure
from emoapp.report.reading import Log, read_logs
from emoapp.sinks import LOGS

STRIP_COLUMNS, STRIP_ROWS = 480, 24
"""Size in pixels of a small timeline."""

_LINE_ROWS = 2
"""Height in pixels of the line where a face was seen and not believed."""

_OTHER_FILES = ("emoapp-runs.jsonl",)
_OTHER_NAMES = re.compile(r"\.companion\.jsonl$|\.part(-\d+)?\.csv$")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """The numbers of one recording.

    Seconds of faces add up over all faces: two that are believed for a second make two.

    Attributes:
        name: Path of the log below the study's folder, with "/"; with the recording's name behind
            it where a log has several.
        log: The log's file.
        source: The recording as the log names it; None if it does not.
        labels: The expressions, in the order of the model.
        seconds: Duration.
        frames: Number of frames.
        people: Number of tracks that were seen for more than a moment.
        seen_s, believed_s: Seconds in which faces were seen, and in which an expression was
            believed.
        coverage_s: Seconds of the recording in which at least one face was believed.
        label_s: Expression -> seconds in which it was shown.
        probability: Expression -> mean probability while faces were believed; NaN for none.
        changes: How often one expression followed another in the same face.
        strip: The small timeline: for each column how high each expression reaches in pixels, and
            last the line for faces that were not believed, uint8 (labels + 1, `STRIP_COLUMNS`).
        cut_off: Whether the log's last line was cut off.
        about: How the log was made; None if unknown.
        participant, condition: By the table of groups; None if it does not say.
    """

    name: str
    log: Path
    source: str | None
    labels: tuple[str, ...]
    seconds: float
    frames: int
    people: int
    seen_s: float
    believed_s: float
    coverage_s: float
    label_s: dict[str, float]
    probability: dict[str, float]
    changes: int
    strip: np.ndarray
    cut_off: bool = False
    about: Provenance | None = None
    participant: str | None = None
    condition: str | None = None

    def share(self, label: str) -> float:
        """Return the share of the believed seconds with this expression; NaN without any."""
        if not self.believed_s or label not in self.label_s:
            return float("nan")
        return self.label_s[label] / self.believed_s

    @property
    def coverage(self) -> float:
        """The share of the recording's time in which at least one face was believed."""
        return self.coverage_s / self.seconds if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that looks like a log and could not be read.

    Attributes:
        name: Path below the study's folder, with "/".
        reason: Why, in words for the user.
    """

    name: str
    reason: str


def find_logs(folder: Path, others: Iterable[Path] = ()) -> list[Path]:
    """Find what may be logs in a folder and below it, in order of their names.

    Left out are hidden files, other files of this program, and the folders of reports.

    Args:
        folder: The folder.
        others: Files that are no logs, such as the table of groups.
    """
    unwanted = {path.resolve() for path in others}
    found = []
    for place, folders, names in os.walk(folder):
        if MANIFEST in names:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place) / name for name in names if _may_be_log(name)]
    return sorted(path for path in found if path.resolve() not in unwanted)


def _may_be_log(name: str) -> bool:
    lower = name.lower()
    return (
        not lower.startswith((".", "emoapp-half"))
        and lower.endswith(tuple(LOGS))
        and not _OTHER_NAMES.search(lower)
        and lower not in _OTHER_FILES
    )


def read_recordings(path: Path, folder: Path) -> Iterator[Recording | Unread]:
    """Sum up the recordings of one log.

    Args:
        path: The log.
        folder: The study's folder.

    Yields:
        A recording for each that the log has, or why it could not be read.
    """
    name = path.relative_to(folder).as_posix()
    try:
        logs = read_logs(path)
        for log in logs:
            yield _summed_up(log, f"{name}: {log.source}" if len(logs) > 1 else name)
    except EmoappError as exc:
        # The message begins with the path, which the name says already.
        yield Unread(name, str(exc).removeprefix(str(path)).lstrip(" ,:"))


def _summed_up(log: Log, name: str) -> Recording:
    measures = measure(log)
    shares = measures.shares.assign(
        weighted=measures.shares["probability"]
        * measures.shares.groupby("track")["seconds"].transform("sum")
    )
    by_label = shares.groupby("label")[["seconds", "weighted"]].sum()
    by_label = by_label.reindex(log.labels, fill_value=0.0)
    believed_s = float(by_label["seconds"].sum())
    coverage = measures.coverage.set_index("state")["seconds"]
    return Recording(
        name=name,
        log=log.path,
        source=log.source,
        labels=log.labels,
        seconds=log.seconds,
        frames=len(log.frames),
        people=int(measures.people["lasting"].sum()),
        seen_s=float(measures.people["seen_s"].sum()),
        believed_s=believed_s,
        coverage_s=float(coverage.get(BELIEVED, 0.0)),
        label_s=by_label["seconds"].to_dict(),
        probability={
            label: value / believed_s if believed_s else float("nan")
            for label, value in by_label["weighted"].items()
        },
        changes=int(measures.transitions["count"].sum()),
        strip=_strip(log.faces, log),
        cut_off=log.left_out > 0,
        about=log.about,
    )


def _strip(faces: pd.DataFrame, log: Log) -> np.ndarray:
    """Return how high the expressions of each column reach; see `Recording.strip`."""
    edges = np.linspace(log.start_s, log.end_s, STRIP_COLUMNS + 1)
    seen = seen_seconds(faces, edges)
    tops = np.cumsum(label_seconds(faces, log.labels, edges), axis=0) / np.maximum(seen, 1e-9)
    line = np.maximum(STRIP_ROWS * tops[-1], _LINE_ROWS * (seen > 1e-6))
    return np.rint(np.vstack([STRIP_ROWS * tops, line])).astype(np.uint8)
