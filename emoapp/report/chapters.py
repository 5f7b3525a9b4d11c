"""Divide a video into chapters, one per stretch in which no expression changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from typing import Any

import pandas as pd

from emoapp.overlay.theme import word
from emoapp.report.measures import Measures
from emoapp.report.reading import Log
from emoapp.utils.escape import vtt_text

MIN_CHAPTER_S = 0.5
"""A shorter stretch is merged into the chapter before it."""

Chapter = tuple[float, float, str]
"""Start and end in seconds of the video, and title."""


def chapters(log: Log, measures: Measures) -> list[Chapter]:
    """Return the chapters; stretches in which all faces are rejected have none.

    Only the people in `Measures.shown` count. The title is the expression if there is one of them,
    otherwise each one's number and expression: "1 Happy, 2 Sad".
    """
    merged: list[Chapter] = []
    for start, end, title in _stretches(measures, log.end_s):
        joins = bool(merged) and start - merged[-1][1] < 1e-6
        if joins and (end - start < MIN_CHAPTER_S or title == merged[-1][2]):
            merged[-1] = (merged[-1][0], end, merged[-1][2])
        elif end - start >= MIN_CHAPTER_S:
            merged.append((start, end, title))
    return merged


def webvtt(items: list[Chapter]) -> str:
    """Return the text of a WebVTT file."""
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
    running: list[dict[Hashable, Any]] = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        while events and events[0]["start_s"] <= start:
            running.append(events.popleft())
        running = [segment for segment in running if segment["end_s"] > start]
        if running and end - start > 1e-6:
            yield float(start), float(min(end, end_s)), _title(running, alone=len(shown) == 1)


def _title(running: list[dict[Hashable, Any]], *, alone: bool) -> str:
    if alone:
        return word(running[0]["label"])
    people = sorted(running, key=lambda segment: segment["track"])
    return ", ".join(f"{person['track']} {word(person['label'])}" for person in people)


def _time(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"
