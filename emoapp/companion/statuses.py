"""Explain a server's HTTP status without repeating anything that the server says."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from emoapp.companion.keys import how

if TYPE_CHECKING:
    import openai

MAX_WAIT_S = 3600.0
"""Longest wait in seconds that a server may ask for; some send a day by mistake."""


def in_words(exc: openai.APIStatusError) -> str:
    """Return the rest of a sentence that begins with the server's name."""
    code = exc.status_code
    if code in (401, 403):
        if "authorization" in exc.request.headers:
            return f"refuses the key ({code})."
        return f"wants a key ({code}): {how(str(exc.request.url))}."
    if code == 404:
        return "knows no such model, or the address is wrong (404)."
    if code == 429:
        wait = retry_after(exc.response.headers)
        return f"asks to wait {wait:.0f} s (429)." if wait else "asks to wait (429)."
    if 300 <= code < 400:
        return f"points to another address, which is not followed ({code})."
    if code >= 500:
        return f"has trouble of its own ({code})."
    return f"refuses the request ({code})."


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that the server asks to wait, at most `MAX_WAIT_S`; None if it does not.

    Args:
        headers: Those of the answer; "retry-after" may hold seconds or a date (RFC 9110).
    """
    value = headers.get("retry-after", "").strip()
    try:
        wait_s = float(value)
    except ValueError:
        try:
            wait_s = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return None if math.isnan(wait_s) else min(max(0.0, wait_s), MAX_WAIT_S)
