"""Compare conditions: means, spread, differences with intervals, effect sizes.

A participant counts once in each condition, however many recordings there are: frames and
recordings of one person are not independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from emoapp.report.study.intervals import t_quantile, variance, welch_df
from emoapp.report.study.recordings import Recording

MIN_PARTICIPANTS = 5
"""With fewer in one of two conditions there is no interval and no effect size: they would say
more than so few people can."""

MAX_CONDITIONS = 5
"""With more, only means are shown: the pairs would be too many to compare."""

CONFIDENCE = 0.95
"""Of all intervals of a table together."""

COVERAGE = "coverage"
"""The share of time in which a face was believed, beside the expressions' shares."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A measure in one condition.

    Attributes:
        condition: The condition.
        measure: An expression, or `COVERAGE`.
        participants: How many have a value.
        mean, median: Of the participants' values, shares from 0 to 1.
        sd: Standard deviation (n - 1); None for fewer than two.
        low, high: The smallest and the largest value.
    """

    condition: str
    measure: str
    participants: int
    mean: float
    median: float
    sd: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure in two conditions.

    Attributes:
        measure: An expression, or `COVERAGE`.
        first, second: The conditions.
        paired: Whether the same participants are compared with themselves.
        participants: How many of each condition are compared; of pairs, the same number twice.
        left_out: Participants who were not compared, as they are in one condition only.
        difference: Mean of `second` minus mean of `first`.
        low, high: Interval of the difference; None for too few participants or no spread.
        effect: Hedges' g, of pairs that of the differences; None likewise.
    """

    measure: str
    first: str
    second: str
    paired: bool
    participants: tuple[int, int]
    left_out: int
    difference: float
    low: float | None = None
    high: float | None = None
    effect: float | None = None


def summaries(recordings: Sequence[Recording], labels: Sequence[str]) -> list[Summary]:
    """Sum up each measure in each condition.

    Args:
        recordings: Recordings with the same labels; those without a condition are left out.
        labels: The expressions.
    """
    found = []
    for condition in conditions(recordings):
        for name in (*labels, COVERAGE):
            values = np.array(list(_values(recordings, name, condition).values()))
            if len(values):
                found.append(
                    Summary(
                        condition,
                        name,
                        len(values),
                        float(values.mean()),
                        float(np.median(values)),
                        float(values.std(ddof=1)) if len(values) > 1 else None,
                        float(values.min()),
                        float(values.max()),
                    )
                )
    return found


def differences(recordings: Sequence[Recording], labels: Sequence[str]) -> list[Difference]:
    """Compare each measure in each two conditions.

    Where participants are in both conditions, each is compared with themselves. The intervals are
    Student's of the mean difference of pairs, else Welch's, and hold with `CONFIDENCE` all together
    (Bonferroni).

    Args:
        recordings: See `summaries`.
        labels: The expressions.
    """
    names = conditions(recordings)
    if len(names) > MAX_CONDITIONS:
        return []
    pairs = []
    for first, second in combinations(names, 2):
        for name in (*labels, COVERAGE):
            a, b = _values(recordings, name, first), _values(recordings, name, second)
            if a and b and (any(a.values()) or any(b.values())):
                pairs.append((name, first, second, a, b))
    alpha = (1 - CONFIDENCE) / max(1, len(pairs))
    return [
        (_paired if a.keys() & b.keys() else _independent)(name, first, second, a, b, alpha)
        for name, first, second, a, b in pairs
    ]


def conditions(recordings: Sequence[Recording]) -> list[str]:
    """Return the conditions in the order of their names."""
    return sorted({one.condition for one in recordings if one.condition is not None})


def participant_of(recording: Recording) -> str:
    """Return the participant; a recording without one is of a participant of its own."""
    return recording.participant or f"\0{recording.name}"


def _values(recordings: Sequence[Recording], measure: str, condition: str) -> dict[str, float]:
    """Return participant -> share, from the seconds of all their recordings together."""
    parts: dict[str, list[float]] = {}
    for one in recordings:
        if one.condition == condition:
            of, whole = (
                (one.coverage_s, one.seconds)
                if measure == COVERAGE
                else (one.label_s[measure], one.believed_s)
            )
            sums = parts.setdefault(participant_of(one), [0.0, 0.0])
            sums[0] += of
            sums[1] += whole
    return {name: of / whole for name, (of, whole) in parts.items() if whole > 0}


def _paired(
    measure: str,
    first: str,
    second: str,
    a: dict[str, float],
    b: dict[str, float],
    alpha: float,
) -> Difference:
    both = sorted(a.keys() & b.keys())
    changes = np.array([b[name] - a[name] for name in both])
    spread = variance(changes)
    found = Difference(
        measure,
        first,
        second,
        paired=True,
        participants=(len(both), len(both)),
        left_out=len(a.keys() ^ b.keys()),
        difference=float(changes.mean()),
    )
    error, df = math.sqrt(spread / len(both)), len(both) - 1
    return _with_interval(found, error, df, spread, df, alpha)


def _independent(
    measure: str,
    first: str,
    second: str,
    a: dict[str, float],
    b: dict[str, float],
    alpha: float,
) -> Difference:
    x, y = np.array(list(a.values())), np.array(list(b.values()))
    found = Difference(
        measure,
        first,
        second,
        paired=False,
        participants=(len(x), len(y)),
        left_out=0,
        difference=float(y.mean() - x.mean()),
    )
    of_x, of_y = variance(x) / len(x), variance(y) / len(y)
    pooled_df = len(x) + len(y) - 2
    pooled = ((len(x) - 1) * variance(x) + (len(y) - 1) * variance(y)) / max(1, pooled_df)
    df = welch_df(of_x, of_y, len(x), len(y))
    return _with_interval(found, math.sqrt(of_x + of_y), df, pooled, pooled_df, alpha)


def _with_interval(
    found: Difference, error: float, df: float, spread: float, spread_df: int, alpha: float
) -> Difference:
    """Return the difference with its interval and effect size, where they can be computed.

    Args:
        found: The difference.
        error: Its standard error, with `df` degrees of freedom.
        df: See `error`.
        spread: The variance that the effect size refers to, with `spread_df` degrees of freedom.
        spread_df: See `spread`.
        alpha: Probability that the interval misses.
    """
    if min(found.participants) < MIN_PARTICIPANTS or error < 1e-12:
        return found
    reach = t_quantile(1 - alpha / 2, df) * error
    correction = 1 - 3 / (4 * spread_df - 1)
    return replace(
        found,
        low=found.difference - reach,
        high=found.difference + reach,
        effect=correction * found.difference / math.sqrt(spread),
    )
