"""Reduce what a server sends to plain letters in one line: nothing hidden, nothing that acts."""

from __future__ import annotations

import re
import unicodedata

MOST_MARKS = 2
"""More accents than this upon one letter are no writing, and grow over the lines around them."""

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, cursor, clearing
    # Titles, links, the clipboard: up to their end, and all the rest where there is none.
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x9c|\x1b\\|\x1b\Z|\Z|(?=\x1b))"
    r"|\x1b[ -/]*[0-~]?"
)
"""Control sequences of terminals (ECMA-48), the last one perhaps not complete yet."""

_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by their category that nobody sees."""

_LEFT_OUT = ("Cc", "Cf", "Cs", "Co", "Cn", "So")
"""Control, invisible and bidirectional, halves of pairs, private, unassigned, pictures."""

_INTRODUCERS = frozenset("\x07\x1b\x90\x98\x9b\x9c\x9d\x9e\x9f")
"""Begin or end control sequences, so they are needed until those are found."""


def clean(text: str) -> str:
    """Return one printable line: no control sequences, invisible letters, pictures or heaps of
    accents, and single spaces. What is left out leaves no gap, as it would on the screen.

    What a beginning of `text` becomes stays the beginning, up to its last whole word.
    """
    # First what could stand within a control sequence and hide it.
    text = "".join(one for one in text if one in _INTRODUCERS or not _hidden(one))
    text = unicodedata.normalize("NFC", _ESCAPES.sub("", text))
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter).startswith("M") else 0
        if marks <= MOST_MARKS and letter not in _INTRODUCERS:
            kept.append(" " if _is_space(letter) else letter)
    # Again: an accent that was left out may have kept a letter from the next one.
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _is_space(letter: str) -> bool:
    return letter in "\n\t\r\v\f\x85" or unicodedata.category(letter).startswith("Z")


def _hidden(letter: str) -> bool:
    if _is_space(letter):
        return False
    return (
        unicodedata.category(letter) in _LEFT_OUT or letter in _BLANKS or _selects_variant(letter)
    )


def _selects_variant(letter: str) -> bool:
    return (
        "\ufe00" <= letter <= "\ufe0f"
        or "\U000e0100" <= letter <= "\U000e01ef"
        or "\u180b" <= letter <= "\u180f"
    )
