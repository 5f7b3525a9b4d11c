"""Records of what a source says while it is read."""

from __future__ import annotations

import time

import pytest

from emoapp.sources import Waiting
from emoapp.types import Frame


def watch(source, seconds: float) -> list[dict]:
    """Every answer of `read` for so many seconds, with the time it came."""
    answers, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        answer = source.read()
        assert answer is not None, "not the end"
        shown = {"at": time.monotonic(), "reason": None, "missed": source.missed}
        if isinstance(answer, Waiting):
            shown |= {"reason": answer.reason, "since_s": answer.since_s}
        else:
            shown |= {"index": answer.index, "t": answer.t, "size_wh": answer.size_wh}
        answers.append(shown)
    return answers


RETURN_S = 2.0
"""The promise: frames again so soon after the camera or the stream is back."""


def to_the_end(source, within_s: float = 15) -> list[Frame]:
    frames, until = [], time.monotonic() + within_s
    while (answer := source.read()) is not None:
        assert time.monotonic() < until, "it does not end"
        if isinstance(answer, Frame):
            frames.append(answer)
    return frames


def went_on(answers: list[dict], returned_at: float, *, rate: float) -> None:
    """Frames, a break that was told of, and frames again, numbered and timed as one sequence.

    rate: frames a second of the source.
    """
    frames = [a for a in answers if a["reason"] is None]
    after = [a for a in frames if a["at"] > returned_at]
    assert after and after[0]["at"] - returned_at < RETURN_S
    assert len(after) > 3
    silent = [b["at"] - a["at"] for a, b in zip(answers, answers[1:], strict=False)]
    assert sum(gap > 0.2 for gap in silent) <= 2 and max(silent) < 1, "window and keys stay alive"
    for before, later in zip(frames, frames[1:], strict=False):
        assert later["index"] > before["index"] and later["t"] > before["t"]
        assert later["t"] - before["t"] == pytest.approx(later["at"] - before["at"], abs=0.3)
    assert (frames[0]["index"], frames[0]["t"]) == (0, 0.0)
    assert frames[-1]["index"] + 1 == len(frames) + frames[-1]["missed"]
    lost = max(answers, key=lambda a: a.get("since_s", 0))
    before = [a["at"] for a in frames if a["at"] < lost["at"]] or [answers[0]["at"]]
    assert lost["since_s"] == pytest.approx(lost["at"] - before[-1], abs=0.3)
    # While it is away, a second of waiting is no second of 30 missed frames.
    assert frames[-1]["missed"] < rate * 1.5
