"""Chapters for a player: one for each stretch in which nobody's expression changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pandas as pd

from emoapp.overlay.theme import word
from emoapp.report.measures import Measures
from emoapp.report.reading import Log
from emoapp.utils.escape import vtt_text

SHORTEST_S = 0.5
"""A shorter stretch is left to the chapter before it."""

Chapter = tuple[float, float, str]
"""From, to (seconds of the video), title."""


def chapters(log: Log, measures: Measures) -> list[Chapter]:
    """What the people who are told of one by one show, and when; not where no label is believed.

    With one person the title is the expression, with more it says whose: "1 Happy, 2 Sad".
    """
    merged: list[Chapter] = []
    for start, end, title in _stretches(measures, log.end_s):
        joins = bool(merged) and start - merged[-1][1] < 1e-6
        if joins and (end - start < SHORTEST_S or title == merged[-1][2]):
            merged[-1] = (merged[-1][0], end, merged[-1][2])
        elif end - start >= SHORTEST_S:
            merged.append((start, end, title))
    return merged


def webvtt(items: list[Chapter]) -> str:
    """A WebVTT file."""
    cues = [
        f"{number}\n{_time(start)} --> {_time(end)}\n{vtt_text(title)}\n"
        for number, (start, end, title) in enumerate(items, 1)
    ]
    return "\n".join(["WEBVTT\n", *cues])


def _stretches(measures: Measures, end_s: float) -> Iterator[Chapter]:
    shown = measures.shown
    segments = measures.segments
    segments = segments[segments["track"].isin(shown) & segments["label"].notna()]
    cuts = pd.unique(pd.concat([segments["start_s"], segments["end_s"]]).sort_values())
    events = deque(segments.sort_values("start_s").to_dict("records"))
    running: list[dict] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        while events and events[0]["start_s"] <= start:
            running.append(events.popleft())
        running = [one for one in running if one["end_s"] > start]
        if running and end - start > 1e-6:
            yield float(start), float(min(end, end_s)), _title(running, alone=len(shown) == 1)


def _title(running: list[dict], *, alone: bool) -> str:
    if alone:
        return word(running[0]["label"])
    people = sorted(running, key=lambda one: one["track"])
    return ", ".join(f"{one['track']} {word(one['label'])}" for one in people)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
