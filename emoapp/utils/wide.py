"""Text in Chinese and Japanese, whose letters take two columns and have no blanks between them."""

from __future__ import annotations

import re

WIDE = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
"""The letters and their punctuation, for a class of a regular expression."""

# Compiled where they are used first, which most starts never do.
_WIDE_RUN = f"[{WIDE}]+"
_RUNS = f"[{WIDE}]+|[^{WIDE}]+"

_OPENING = "（「『【《〈［｛“‘"
_CLOSING = "、。，．：；！？）」』】》〉］｝”’…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ％"
_UNITS = rf"(\s*)([{_OPENING}]*(?:[{WIDE}]|[^\s{WIDE}{_OPENING}]+)[{_CLOSING}]*|[{_OPENING}]+)"


def has_wide(text: str) -> bool:
    """Return whether a text has wide letters."""
    # Most texts have none, and this is asked of each.
    return not text.isascii() and re.search(_WIDE_RUN, text) is not None


def runs(text: str) -> list[tuple[bool, str]]:
    """Split a text into runs of letters that are all wide or all not: (wide, run)."""
    return [(re.match(_WIDE_RUN, run) is not None, run) for run in re.findall(_RUNS, text)]


def units(line: str) -> list[tuple[str, str]]:
    """Split a line where it may be broken.

    Returns:
        Pairs (" " or "", what must not be broken behind it): a word, or a wide letter with the
        punctuation that belongs to it.
    """
    if not has_wide(line):
        return [(" ", word) for word in line.split()]
    return [(" " * bool(blank), unit) for blank, unit in re.findall(_UNITS, line)]


def columns(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return len(text) + sum(len(run) for wide, run in runs(text) if wide)


def broken(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns."""
    lines, line = [], ""
    for blank, unit in units(text):
        longer = f"{line}{blank}{unit}" if line else unit
        if line and columns(longer) > width:
            lines.append(line)
            longer = unit
        line = longer
    return [*lines, line]
