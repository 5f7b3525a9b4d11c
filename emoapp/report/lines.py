"""The lines of a log that may have been cut off anywhere."""

from __future__ import annotations

import json
import re

_TORN = re.compile(rb'(?:\A|\n)("[^"]*(?:""[^"]*)*)\Z')
"""A last row that ends inside its first cell: a source's name may hold line breaks."""


def whole_lines(data: bytes) -> tuple[bytes, int]:
    """The lines that end, and how many do not: killed runs leave half of one, lost power zeros."""
    data = data.rstrip(b"\0")
    whole = data
    if data and not data.endswith((b"\n", b"\r")):
        whole = data[: data.rfind(b"\n") + 1] or data + b"\n"
    torn = _TORN.search(whole) if whole.count(b'"') % 2 else None
    if torn:
        whole = whole[: torn.start(1)]
    return whole, int(len(whole) < len(data))


def is_json(line: bytes) -> bool:
    """Whether a line is a whole JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
