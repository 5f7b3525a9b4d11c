"""Names from outside (files, cameras, labels) made harmless for the place where they are written.

Each function takes any text, also one with surrogates, which is how Python holds the bytes of a
file's name that are no UTF-8.
"""

from __future__ import annotations

import csv
import html
import io
import re
import unicodedata
from collections.abc import Iterable

# Emojis, Persian and Indian languages need them inside words.
_JOINERS = "\u200c\u200d"
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")

# A spreadsheet takes what begins like this for a formula; the wide forms are those of Japanese.
_FORMULA = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def printable(text: str) -> str:
    r"""Write control characters, line breaks, marks of direction and surrogates as "\x1b" or
    "\u202e", for a line of a terminal, a title, a table's cell.
    """
    if text.isprintable():
        return text
    return "".join(_seen(letter) for letter in text)


def encodable(text: str) -> str:
    r"""Write what UTF-8 cannot hold as "\xff" (a byte of a file's name) or "\ud800"; and NUL,
    which readers of CSV stumble over.
    """
    return re.sub("[\0\ud800-\udfff]", lambda found: _code(found[0]), text)


def csv_cell(value: object) -> object:
    """A cell that no spreadsheet runs as a formula: such a text gets an apostrophe in front.

    Numbers and None are returned as they are, and so is every other text that can be encoded.
    `csv_text` undoes it.
    """
    if not isinstance(value, str):
        return value
    value = encodable(value)
    return f"'{value}" if _FORMULA.match(value) else value


CSV_ESCAPED = "^'('*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20])"
"""What `csv_cell` makes of a formula, as a regular expression; group 1 stood in its beginning."""


def csv_text(text: str) -> str:
    """The text that `csv_cell` was given."""
    return re.sub(CSV_ESCAPED, r"\1", text)


def csv_line(row: Iterable[object]) -> str:
    """A row of a CSV with the end of its line; None becomes an empty cell."""
    text = io.StringIO()
    # The writer quotes only what stands in its end of a line, and readers end one at "\r" too.
    csv.writer(text, lineterminator="\r\n").writerow([csv_cell(value) for value in row])
    return text.getvalue()[:-2] + "\n"


def vtt_text(text: str) -> str:
    """The text of a WebVTT cue: on one line, without tags, and not the end of the cue."""
    return html.escape(printable(text), quote=False)


def _seen(letter: str) -> str:
    if letter in _JOINERS or unicodedata.category(letter) not in _UNSEEN:
        return letter
    return _code(letter)


def _code(letter: str) -> str:
    number = ord(letter)
    if 0xDC80 <= number <= 0xDCFF:  # a byte, as os.fsdecode keeps it
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"
