"""Put the comparison of conditions into words and figures for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from emoapp.overlay.theme import word
from emoapp.report.study import compare
from emoapp.report.study.compare import COVERAGE, Difference, Summary
from emoapp.report.study.recordings import Recording
from emoapp.report.wording import percent, tint
from emoapp.utils.language import N_, _, ngettext

_COVERAGE_NAME = N_("Believed")
_MIN_REACH = 0.05
"""Smallest end of the axis of differences, so that nothing looks larger than it is."""


def groups(
    summaries: Sequence[Summary], labels: Sequence[str], recordings: Sequence[Recording]
) -> Iterator[dict[str, Any]]:
    """Yield for each condition its name, its size and its bar.

    Args:
        summaries: Of the conditions.
        labels: The expressions.
        recordings: The recordings.
    """
    for condition, found in groupby(summaries, key=lambda one: one.condition):
        own = {one.measure: one for one in found}
        parts: list[dict[str, Any]] = [
            {
                "label": name,
                "width": round(100 * own[name].mean, 2),
                "said": percent(own[name].mean),
            }
            for name in labels
            if name in own and own[name].mean > 0
        ]
        count = sum(one.condition == condition for one in recordings)
        people = own[COVERAGE].participants
        yield {
            "condition": condition,
            "said": f"{participants_said(people)}, {recordings_said(count)}",
            "parts": parts,
            "bar_said": ", ".join(f"{word(part['label'])} {part['said']}" for part in parts),
        }


def means(
    summaries: Sequence[Summary], labels: Sequence[str], colors: dict[str, str]
) -> Iterator[dict[str, Any]]:
    """Yield for each measure its mean and standard deviation in each condition.

    Args:
        summaries: Of the conditions.
        labels: The expressions.
        colors: Expression -> "#rrggbb".
    """
    names = list(dict.fromkeys(one.condition for one in summaries))
    found = {(one.condition, one.measure): one for one in summaries}
    for measure in (*labels, COVERAGE):
        own = [found.get((name, measure)) for name in names]
        if not any(one and one.mean for one in own):
            continue
        color = colors.get(measure, "#8a919b")
        yield {
            "label": measure if measure in colors else "",
            "name": _name(measure),
            "cells": [
                {
                    "text": _mean(one) if one else "",
                    "tint": tint(color, one.mean) if one else "none",
                }
                for one in own
            ],
        }


def reach_of(differences: Sequence[Difference]) -> float:
    """Return the end of the axis of all differences, a share."""
    ends = [abs(end) for two in differences for end in (two.difference, two.low, two.high) if end]
    return max(_MIN_REACH, *ends, 0.0) * 1.05


def pairs(differences: Sequence[Difference], reach: float) -> Iterator[dict[str, Any]]:
    """Yield for each two conditions the rows of their table.

    Args:
        differences: Between conditions.
        reach: The end of the axis, a share.
    """

    def names(two: Difference) -> tuple[str, str]:
        return two.first, two.second

    for (first, second), found in groupby(differences, key=names):
        own = list(found)
        shows = any(two.low is not None for two in own)
        yield {
            "title": _("{second} minus {first}").format(second=second, first=first),
            "said": _design(own[0]),
            "interval_head": _("Interval") if shows else "",
            "rows": [_row(two, reach) for two in own],
        }


def differences_said(differences: Sequence[Difference]) -> str:
    """Return how the intervals are to be read."""
    if not any(two.low is not None for two in differences):
        return _(
            "In points of percent. With fewer than {number} participants in a condition there is "
            "no interval and no effect size: a difference between so few says little about others."
        ).format(number=compare.MIN_PARTICIPANTS)
    return _(
        "In points of percent. The intervals hold together with {share} (Bonferroni, differences: "
        "{number}), for participants like these; where one includes 0, the direction is open. "
        "Hedges' g is the difference in standard deviations, corrected for small numbers; of "
        "pairs, in those of the differences. Shares of one recording add up to 100%, so they do "
        "not vary independently of each other. Nothing here says why conditions differ: light, "
        "cameras and faces that differ between them change the numbers too, so look at the time "
        "believed first."
    ).format(share=f"{compare.CONFIDENCE:.0%}", number=len(differences))


def participants_said(count: int) -> str:
    """Return how many participants."""
    return ngettext("{count} participant", "{count} participants", count).format(count=f"{count:,}")


def recordings_said(count: int) -> str:
    """Return how many recordings."""
    return ngettext("{count} recording", "{count} recordings", count).format(count=f"{count:,}")


def _design(two: Difference) -> str:
    if two.paired:
        said = [
            _("{people} compared with themselves.").format(
                people=participants_said(two.participants[0])
            )
        ]
        if two.left_out:
            said.append(
                _("Left out, as they are in one of the conditions only: {number}.").format(
                    number=two.left_out
                )
            )
    else:
        first, second = map(participants_said, two.participants)
        said = [
            _("{second}: {people}; {first}: {others}; none in both.").format(
                second=two.second, people=second, first=two.first, others=first
            )
        ]
    return " ".join([*said, _method(two)])


def _method(two: Difference) -> str:
    if min(two.participants) < compare.MIN_PARTICIPANTS:
        return _("Too few for an interval.")
    if two.paired:
        return _("Interval: Student's t of the differences.")
    return _("Interval: Welch's t.")


def _row(two: Difference, reach: float) -> dict[str, Any]:
    def place(value: float) -> float:
        return round(50 + 50 * value / reach, 2)

    low, high = two.low, two.high
    return {
        "label": "" if two.measure == COVERAGE else two.measure,
        "name": _name(two.measure),
        "difference": _points(two.difference),
        "interval": "" if low is None or high is None else f"{_points(low)} … {_points(high)}",
        "at": place(two.difference),
        "left": None if low is None else place(low),
        "width": None if low is None or high is None else round(place(high) - place(low), 2),
        "effect": "" if two.effect is None else f"{two.effect:+.2f}".replace("-", "−"),
    }


def _mean(one: Summary) -> str:
    spread = "" if one.sd is None else f" ± {100 * one.sd:.0f}"
    return f"{100 * one.mean:.0f}{spread}%"


def _points(share: float) -> str:
    return f"{100 * share:+.1f}".replace("-", "−")


def _name(measure: str) -> str:
    return _(_COVERAGE_NAME) if measure == COVERAGE else word(measure)
