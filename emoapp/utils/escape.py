"""Escape names from outside (files, cameras, labels) for the place where they are written.

Each function takes any text, even with surrogates, which Python uses for bytes of a file name that
are not UTF-8.
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections.abc import Iterable

# Emojis, Persian and Indic languages need them inside words.
_JOINERS = "\u200c\u200d"
_INVISIBLE_CATEGORIES = ("Cc", "Cf", "Cs", "Zl", "Zp")

# A spreadsheet takes text that begins like this for a formula; the wide forms are Japanese.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def printable(text: str) -> str:
    r"""Escape control characters, line breaks, direction marks and surrogates.

    The result suits a line of a terminal, a title or the cell of a table.

    Args:
        text: Any text.

    Returns:
        The text with escapes such as "\x1b" and "\u202e".
    """
    if text.isprintable():
        return text
    return "".join(_make_visible(letter) for letter in text)


def encodable(text: str) -> str:
    r"""Escape what UTF-8 cannot encode, and NUL, which CSV readers cannot handle.

    Args:
        text: Any text.

    Returns:
        The text with escapes such as "\xff" (a byte of a file name) and "\ud800".
    """
    return re.sub("[\0\ud800-\udfff]", lambda found: _escape_code(found[0]), text)


def csv_cell(value: object) -> object:
    """Return a cell that no spreadsheet runs as a formula.

    Such text gets a leading apostrophe, which `csv_text` removes. Other encodable text, numbers and
    None are returned unchanged.

    Args:
        value: The value of the cell.
    """
    if not isinstance(value, str):
        return value
    value = encodable(value)
    return f"'{value}" if _FORMULA.match(value) else value


CSV_ESCAPED = "^'('*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])"
"""Regular expression for a formula escaped by `csv_cell`; group 1 is its original beginning."""


def csv_text(text: str) -> str:
    """Undo `csv_cell`.

    Args:
        text: The cell.
    """
    return re.sub(CSV_ESCAPED, r"\1", text)


def csv_line(row: Iterable[object]) -> str:
    """Return a row of a CSV file with its line break.

    Args:
        row: The values; None becomes an empty cell.
    """
    text = io.StringIO()
    # The writer quotes only its own line terminator, but readers also end lines at "\r".
    csv.writer(text, lineterminator="\r\n").writerow([csv_cell(value) for value in row])
    return text.getvalue()[:-2] + "\n"


def vtt_text(text: str) -> str:
    """Return text for a WebVTT cue: on one line and without tags.

    Args:
        text: Any text.
    """
    return html.escape(printable(text), quote=False)


def _make_visible(letter: str) -> str:
    if letter in _JOINERS or unicodedata.category(letter) not in _INVISIBLE_CATEGORIES:
        return letter
    return _escape_code(letter)


def _escape_code(letter: str) -> str:
    number = ord(letter)
    if 0xDC80 <= number <= 0xDCFF:  # a byte, as os.fsdecode keeps it
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
