"""Find the whole lines of a log that may have been cut off anywhere."""

from __future__ import annotations

import json
import re

_TORN_ROW = re.compile(rb'(?:\A|\n)("[^"]*(?:""[^"]*)*)\Z')
"""A last row that ends inside its first cell: a source's name may contain line breaks."""


def whole_lines(data: bytes) -> tuple[bytes, int]:
    """Drop a last line that is not whole.

    A killed run leaves part of a line, and a power failure leaves zero bytes.

    Returns:
        The whole lines, and how many lines were dropped: 0 or 1.
    """
    data = data.rstrip(b"\0")
    whole = data
    if data and not data.endswith((b"\n", b"\r")):
        whole = data[: data.rfind(b"\n") + 1] or data + b"\n"
    torn = _TORN_ROW.search(whole) if whole.count(b'"') % 2 else None
    if torn:
        whole = whole[: torn.start(1)]
    return whole, int(len(whole) < len(data))


def is_json(line: bytes) -> bool:
    """Return whether a line is a whole JSON object."""
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False
