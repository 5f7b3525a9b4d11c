"""When the companion speaks."""

from __future__ import annotations

import pytest
from support.companion import FPS, track

from emoapp.companion.watcher import Watcher
from emoapp.config import Pace


def said(story, pace=None) -> list[tuple[float, str, str]]:
    """(seconds, kind, label) of each occasion; story: (label, seconds[, person]) one by one."""
    watcher, found, frame = Watcher(pace), [], 0
    for label, seconds, *person in story:
        for _ in range(round(seconds * FPS)):
            occasion = watcher.see(track(label, *person), frame / FPS)
            if occasion is not None:
                watcher.told(occasion)
                found.append((round(frame / FPS), occasion.kind, occasion.label))
            frame += 1
    return found


@pytest.mark.parametrize(
    "story, expected",
    {
        "too short for a word": ([("happy", 19)], []),
        "it lasts": ([("happy", 25)], [(20, "lasted", "happy")]),
        "and lasts: ever more rarely": (
            [("happy", 400)],
            [(20, "lasted", "happy"), (80, "lasted", "happy"), (240, "lasted", "happy")],
        ),
        "a neutral face is no news": ([("neutral", 290)], []),
        "a change that stays": (
            [("neutral", 10), ("happy", 8)],
            [(15, "changed", "happy")],
        ),
        "a change that does not": ([("neutral", 10), ("happy", 3), ("neutral", 30)], []),
        "a flicker breaks nothing off": (
            [("happy", 12), ("sad", 0.5), ("happy", 9)],
            [(20, "lasted", "happy")],
        ),
        "not after a flicker": ([("happy", 2), ("surprise", 2), ("neutral", 30)], []),
        "quiet while unsure": ([("happy", 12), ("?", 60)], []),
        "quiet while gone": ([("happy", 19), (None, 60)], []),
        "a detector that blinks": (
            [("happy", 12), (None, 1), ("happy", 8)],
            [(20, "lasted", "happy")],
        ),
        "gone for long begins anew": ([("happy", 12), (None, 5), ("happy", 12)], []),
        "a moment before a long doubt does not count": (
            [
                ("happy", 0.5),
                ("?", 60),
                ("happy", 5),
                ("?", 9),
                ("sad", 0.5),
                (None, 170),
                ("sad", 5),
            ],
            [],
        ),
        "another person begins anew": ([("happy", 12, 1), ("happy", 12, 2)], []),
        "at most one word in a minute": (
            [("happy", 25), ("sad", 8), ("happy", 8), ("surprise", 8), ("angry", 40)],
            [(20, "lasted", "happy"), (80, "lasted", "angry")],
        ),
        "sadness that comes back calls for help, once": (
            [("sad", 60), ("neutral", 20), ("fear", 60), ("neutral", 20), ("sad", 100)],
            [
                (20, "lasted", "sad"),
                (85, "changed", "fear"),
                (145, "changed", "neutral"),
                (205, "long", "sad"),
            ],
        ),
    }.values(),
)
def test_it_speaks_when_there_is_a_reason(story, expected):
    found = said(story)
    assert [one[1:] for one in found] == [one[1:] for one in expected]
    assert [one[0] for one in found] == pytest.approx([one[0] for one in expected], abs=1)


def test_the_seconds_can_be_set():
    assert said([("happy", 5)], Pace(lasted_s=3, every_s=60)) == [(3, "lasted", "happy")]
    assert len(said([("happy", 30)], Pace(lasted_s=1, every_s=1))) > 2
