"""Hold a reply back while it is written, and let through whole sentences that may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable

from emoapp.companion.cleaning import clean
from emoapp.companion.words import LONGEST

MOST_RAW = 4 * LONGEST
"""More characters than this, before they are cleaned, are no reply of `LONGEST`."""

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?= )")
"""Where a sentence ends: it is known to be whole once something follows."""

_THINKS, _THOUGHT = "<think>", "</think>"
"""Some local models think aloud before they answer."""


class Gate:
    """Takes a reply in pieces; `feed` and `finish` return the sentences that have passed.

    refusal: why the rest is held back, as `Moderator.refusal` says; nothing passes any more.
    endless: whether it became longer than a reply may be; likewise.
    """

    def __init__(self, refusal: Callable[[str, str], str | None]) -> None:
        """refusal: takes a sentence and what has passed before it."""
        self.refusal: str | None = None
        self.endless = False
        self._check = refusal
        self._raw = ""
        self._passed = ""
        self._thinking: bool | None = None

    def feed(self, piece: str) -> list[str]:
        """Take in some characters."""
        self._raw += piece
        self._skip_thoughts()
        if self._thinking is not False or self._closed:
            return []
        text = clean(self._raw)
        passed = self._take(text, [end.end() for end in _END.finditer(text)])
        self.endless = self.endless or len(text) > LONGEST or len(self._raw) > MOST_RAW
        return passed

    def finish(self) -> list[str]:
        """Take in that the reply is complete, so that its last sentence is."""
        if self._thinking or self._closed:
            return []
        text = clean(self._raw)
        return self._take(text, [len(text)])

    @property
    def _closed(self) -> bool:
        return self.endless or self.refusal is not None

    def _take(self, text: str, ends: list[int]) -> list[str]:
        """Check what comes after the sentences that have passed, up to each of `ends`."""
        passed = []
        for end in ends:
            sentence = text[len(self._passed) : end].strip()
            if not sentence or end > LONGEST:
                continue
            self.refusal = self._check(sentence, self._passed)
            if self.refusal is not None:
                break
            self._passed = text[:end]
            passed.append(sentence)
        return passed

    def _skip_thoughts(self) -> None:
        """Drop what a model thinks aloud at the beginning."""
        if self._thinking is None:
            self._raw = self._raw.lstrip()
            if len(self._raw) < len(_THINKS) and _THINKS.startswith(self._raw):
                return  # It may yet become one.
            self._thinking = self._raw.startswith(_THINKS)
        if self._thinking:
            _, over, rest = self._raw.partition(_THOUGHT)
            # Of thoughts, only as much is kept as their end may have begun with.
            self._raw = rest if over else self._raw[-len(_THOUGHT) :]
            self._thinking = not over
