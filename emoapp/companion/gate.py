"""Hold a streamed reply back and pass on whole sentences that may be shown."""

from __future__ import annotations

import re
from collections.abc import Callable

from emoapp.companion.cleaning import clean
from emoapp.companion.words import MAX_REPLY_CHARS

MAX_RAW_CHARS = 4 * MAX_REPLY_CHARS
"""Length of the longest reply before cleaning."""

_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?= )")
"""The end of a sentence, which is known to be whole once something follows."""

_THINK_START, _THINK_END = "<think>", "</think>"
"""Tags around the reasoning that some local models write before they answer."""


class Gate:
    """Check a reply piece by piece; `feed` and `finish` return the sentences that have passed.

    Args:
        refusal: Takes a sentence and the text that has passed before it, and returns why the
            sentence may not be shown, or None; see `Moderator.refusal`.

    Attributes:
        refusal: Why the rest is held back, or None; once set, nothing passes any more.
        endless: Whether the reply became longer than a reply may be; likewise.
    """

    def __init__(self, refusal: Callable[[str, str], str | None]) -> None:
        self.refusal: str | None = None
        self.endless = False
        self._check = refusal
        self._raw = ""
        self._passed = ""
        self._reasoning: bool | None = None

    def feed(self, piece: str) -> list[str]:
        """Take in some characters and return the sentences that have passed by now."""
        self._raw += piece
        self._skip_reasoning()
        if self._reasoning is not False or self._closed:
            return []
        text = clean(self._raw)
        passed = self._take(text, [end.end() for end in _SENTENCE_END.finditer(text)])
        too_long = len(text) > MAX_REPLY_CHARS or len(self._raw) > MAX_RAW_CHARS
        self.endless = self.endless or too_long
        return passed

    def finish(self) -> list[str]:
        """Take in that the reply is complete and return its last sentence if it passes."""
        if self._reasoning or self._closed:
            return []
        text = clean(self._raw)
        return self._take(text, [len(text)])

    @property
    def _closed(self) -> bool:
        return self.endless or self.refusal is not None

    def _take(self, text: str, ends: list[int]) -> list[str]:
        """Check the text after the sentences that have passed, up to each of `ends`."""
        passed = []
        for end in ends:
            sentence = text[len(self._passed) : end].strip()
            if not sentence or end > MAX_REPLY_CHARS:
                continue
            self.refusal = self._check(sentence, self._passed)
            if self.refusal is not None:
                break
            self._passed = text[:end]
            passed.append(sentence)
        return passed

    def _skip_reasoning(self) -> None:
        """Drop the reasoning that a model writes at the beginning."""
        if self._reasoning is None:
            self._raw = self._raw.lstrip()
            if len(self._raw) < len(_THINK_START) and _THINK_START.startswith(self._raw):
                return  # The tag may be incomplete.
            self._reasoning = self._raw.startswith(_THINK_START)
        if self._reasoning:
            _, end_tag, rest = self._raw.partition(_THINK_END)
            # Of the reasoning, keep only what may be the beginning of the closing tag.
            self._raw = rest if end_tag else self._raw[-len(_THINK_END) :]
            self._reasoning = not end_tag
