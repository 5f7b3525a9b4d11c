"""Format the numbers of a study as CSV."""

from __future__ import annotations

import math
from collections.abc import Sequence

from emoapp.report.study.compare import Difference, Summary
from emoapp.report.study.recordings import Recording, Unread
from emoapp.utils.escape import csv_line

COLUMNS = {
    "recording": "the log below the folder",
    "source": "the video as the log names it",
    "participant": "by the table of groups; empty if it does not say",
    "condition": "by the table of groups; empty if it does not say",
    "seconds": "duration of the recording",
    "frames": "number of frames",
    "people": "faces that were seen for more than half a second, each a track",
    "coverage": "share of the time in which at least one face was believed, 0 to 1",
    "seen_s": "seconds in which faces were seen, added up over all faces",
    "believed_s": "seconds in which an expression was believed, likewise",
    "changes": "how often one expression followed another in the same face",
    "label": "the expression",
    "label_s": "seconds in which it was shown, added up over all faces",
    "share": "label_s / believed_s, 0 to 1; empty where nothing was believed",
    "probability": "its mean probability while faces were believed, 0 to 1",
    "analyzed": "when the log was begun; this and what follows is empty where nothing says",
    "version": "of emoapp that made the log",
    "model": "the model's file",
    "model_sha256": "the model's SHA-256",
    "detector": "the face detector",
    "smoothing_s": "time constant of the average over time, seconds",
    "limits": "the thresholds that a face had to meet",
    "problem": "why the log could not be read; all numbers are empty then",
}
"""Column of study.csv -> what it has."""

GROUP_COLUMNS = {
    "condition": "a condition, or two: their difference is the second minus the first",
    "measure": "an expression's share, or coverage",
    "participants": "how many have a value; of a difference in the first / in the second",
    "mean": "mean share of the participants, or difference of the means",
    "sd": "standard deviation of the participants' shares",
    "median": "of the participants' shares",
    "low": "smallest share; of a difference the interval's lower end",
    "high": "largest share; of a difference the interval's upper end",
    "hedges_g": "effect size of a difference",
    "method": "how the interval was computed; of a condition empty",
}
"""Column of groups.csv -> what it has."""


def study_csv(recordings: Sequence[Recording], unread: Sequence[Unread]) -> str:
    """Return a row for each recording and expression, and one for each log that was not read.

    Args:
        recordings: The recordings.
        unread: The logs that were not read.
    """
    lines = [csv_line(COLUMNS)]
    for one in recordings:
        for label in one.labels:
            lines.append(csv_line(_cells(one, label)[name] for name in COLUMNS))
    for bad in unread:
        row = {"recording": bad.name, "problem": bad.reason}
        lines.append(csv_line(row.get(name) for name in COLUMNS))
    return "".join(lines)


def _cells(one: Recording, label: str) -> dict[str, object]:
    about = one.about
    limits = about and " ".join(f"{name}={value:g}" for name, value in about.limits.items())
    return {
        "recording": one.name,
        "source": one.source,
        "participant": one.participant,
        "condition": one.condition,
        "seconds": round(one.seconds, 3),
        "frames": one.frames,
        "people": one.people,
        "coverage": _rounded(one.coverage),
        "seen_s": round(one.seen_s, 3),
        "believed_s": round(one.believed_s, 3),
        "changes": one.changes,
        "label": label,
        "label_s": round(one.label_s[label], 3),
        "share": _rounded(one.share(label)),
        "probability": _rounded(one.probability[label]),
        "analyzed": about and about.created,
        "version": about and about.version,
        "model": about and about.model,
        "model_sha256": about and about.model_sha256,
        "detector": about and about.detector,
        "smoothing_s": about and about.smoothing_s,
        "limits": limits,
        "problem": None,
    }


def groups_csv(summaries: Sequence[Summary], differences: Sequence[Difference]) -> str:
    """Return a row for each condition and measure, and one for each difference.

    Args:
        summaries: Of the conditions.
        differences: Between them.
    """
    lines = [csv_line(GROUP_COLUMNS)]
    for one in summaries:
        cells = map(_rounded, (one.mean, one.sd, one.median, one.low, one.high))
        lines.append(csv_line([one.condition, one.measure, one.participants, *cells, None, None]))
    for two in differences:
        lines.append(
            csv_line(
                [
                    f"{two.second} - {two.first}",
                    two.measure,
                    "{} / {}".format(*two.participants),
                    _rounded(two.difference),
                    None,
                    None,
                    _rounded(two.low),
                    _rounded(two.high),
                    _rounded(two.effect),
                    method(two),
                ]
            )
        )
    return "".join(lines)


def method(two: Difference) -> str:
    """Return how the interval of a difference was computed."""
    if two.low is None:
        return "no interval: too few participants, or no spread"
    return "paired t interval" if two.paired else "Welch t interval"


def _rounded(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else round(value, 4)
