"""Reduce a server's text to one line of plain, visible characters without control sequences."""

from __future__ import annotations

import re
import unicodedata

MAX_MARKS = 2
"""Accents per letter; more are not writing, and grow over the lines around them."""

_ESCAPE_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colors, cursor, clearing
    # Titles, links, the clipboard: up to their terminator, or to the end of the text without one.
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x9c|\x1b\\|\x1b\Z|\Z|(?=\x1b))"
    r"|\x1b[ -/]*[0-~]?"
)
"""Control sequences of terminals (ECMA-48); the last one may be incomplete."""

_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Invisible characters that Unicode classifies as letters, marks or symbols."""

_REMOVED_CATEGORIES = ("Cc", "Cf", "Cs", "Co", "Cn", "So")
"""Control, format and bidirectional, surrogate, private, unassigned, pictographic."""

_INTRODUCERS = frozenset("\x07\x1b\x90\x98\x9b\x9c\x9d\x9e\x9f")
"""Begin or end control sequences, so they are kept until those are found."""


def clean(text: str) -> str:
    """Return `text` as one printable line with single spaces.

    Control sequences, invisible characters, pictographs and stacked accents are removed. They leave
    no gap, as on a screen. For a growing text, the result only ever grows too, up to its last whole
    word.
    """
    # First, characters that could hide a control sequence by standing within it.
    text = "".join(char for char in text if char in _INTRODUCERS or not _is_hidden(char))
    text = unicodedata.normalize("NFC", _ESCAPE_SEQUENCES.sub("", text))
    kept, marks = [], 0
    for letter in text:
        marks = marks + 1 if unicodedata.category(letter).startswith("M") else 0
        if marks <= MAX_MARKS and letter not in _INTRODUCERS:
            kept.append(" " if _is_space(letter) else letter)
    # Again: a removed accent may have kept a letter from composing with the next one.
    return unicodedata.normalize("NFC", " ".join("".join(kept).split()))


def _is_space(letter: str) -> bool:
    return letter in "\n\t\r\v\f\x85" or unicodedata.category(letter).startswith("Z")


def _is_hidden(letter: str) -> bool:
    if _is_space(letter):
        return False
    return (
        unicodedata.category(letter) in _REMOVED_CATEGORIES
        or letter in _BLANKS
        or _is_variation_selector(letter)
    )


def _is_variation_selector(letter: str) -> bool:
    return (
        "\ufe00" <= letter <= "\ufe0f"
        or "\U000e0100" <= letter <= "\U000e01ef"
        or "\u180b" <= letter <= "\u180f"
    )
