"""Records of what a source says while it is read."""

from __future__ import annotations

import time

from emoapp.sources import Waiting


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
