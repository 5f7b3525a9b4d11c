"""Remove user, password and query from the addresses of streams."""

from __future__ import annotations

import re

# A password may contain blanks and "@"; FFmpeg takes the last "@" before the path as its end.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*://)((?:[^\s/?#@:]*:[^/?#\n]*@)?\S*)")
_HOST = re.compile(r"(?:\[[^\[\]\s@]*\]|[^\[\]\s@:]*)(?::\d*)?")
_PLACEHOLDER = "..."
_SENTENCE_ENDS = ".,;:!?)}>'\""


def redact_url(text: str) -> str:
    """Remove user, password, query and fragment from an address, or from each one in a sentence.

    Text without an address, such as a file name, is returned unchanged. A password that is not
    percent-encoded also hides what precedes it: "rtsp://me:a/b@host/s" becomes
    "rtsp://...@host/s". Passwords in the path, as some cameras take them, are hidden too:
    "rtsp://host/user=me_password=x" becomes "rtsp://host/...". An address ends at a blank; only a
    password may contain blanks, unless it also contains "/", "?" or "#".

    Args:
        text: An address, or a sentence that may contain some.
    """
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: _redact(found, alone=found[0] == text), text)


def _redact(found: re.Match[str], *, alone: bool) -> str:
    scheme, rest = found[1], found[2]
    end = "" if alone else rest[len(rest.rstrip(_SENTENCE_ENDS)) :]
    rest = rest.removesuffix(end)
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    location = re.split("[?#]", rest[len(authority) :], maxsplit=1)[0]
    if authority.rpartition("@")[0] == _PLACEHOLDER:  # already redacted
        host = authority
    behind = rest[len(authority) :]
    known_host = _HOST.fullmatch(host.removeprefix(f"{_PLACEHOLDER}@"))
    # "@" both before and after "#" or "?": either may belong to the password.
    is_ambiguous = behind[:1] in ("#", "?") and "@" in authority and "@" in behind
    if not known_host or is_ambiguous:
        kept = _after_last_at(rest)
    elif ":" in authority and "@" in location:
        kept = _after_last_at(authority + location)
    else:
        kept = host + location
    kept = "/".join(_PLACEHOLDER if "=" in part else part for part in kept.split("/"))
    return scheme + kept + end


def _after_last_at(rest: str) -> str:
    """Return what cannot belong to a password that contains "/", "?" or "#"."""
    before, at, behind = rest.rpartition("@")
    if not at:  # not a valid host: shown up to where a password would begin
        return before or behind.partition(":")[0]
    return f"{_PLACEHOLDER}@" + re.split("[?#]", behind, maxsplit=1)[0]
