"""Addresses of streams as they may be shown and stored: without user, password and query."""

from __future__ import annotations

import re

# A password may hold blanks and "@"; FFmpeg takes the last "@" before the path as its end.
_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*://)((?:[^\s/?#@:]*:[^/?#\n]*@)?\S*)")
_HOST = re.compile(r"(?:\[[^\[\]\s@]*\]|[^\[\]\s@:]*)(?::\d*)?")
_LEFT_OUT = "..."
_SENTENCE_ENDS = ".,;:!?)}>'\""


def redact_url(text: str) -> str:
    """Remove user, password, query and fragment from an address, or from each one in a sentence.

    What is no address, such as a file's name, is returned as it is. A password that was not
    percent-encoded hides what stands before it too: "rtsp://me:a/b@host/s" becomes
    "rtsp://...@host/s". So do cameras that take the password in the path: of
    "rtsp://host/user=me_password=x" is left "rtsp://host/...". An address ends at a blank; only a
    password may hold some, unless it holds "/", "?" or "#" as well.
    """
    if "://" not in text:
        return text
    return _ADDRESS.sub(lambda found: _redacted(found, alone=found[0] == text), text)


def _redacted(found: re.Match[str], *, alone: bool) -> str:
    scheme, rest = found[1], found[2]
    end = "" if alone else rest[len(rest.rstrip(_SENTENCE_ENDS)) :]
    rest = rest.removesuffix(end)
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    host = authority.rpartition("@")[2]
    location = re.split("[?#]", rest[len(authority) :], maxsplit=1)[0]
    if authority.rpartition("@")[0] == _LEFT_OUT:  # redacted before
        host = authority
    behind = rest[len(authority) :]
    known_host = _HOST.fullmatch(host.removeprefix(f"{_LEFT_OUT}@"))
    # "@" before and behind "#" or "?": both may be the password's.
    torn = behind[:1] in ("#", "?") and "@" in authority and "@" in behind
    if not known_host or torn:
        kept = _behind_the_last_at(rest)
    elif ":" in authority and "@" in location:
        kept = _behind_the_last_at(authority + location)
    else:
        kept = host + location
    kept = "/".join(_LEFT_OUT if "=" in part else part for part in kept.split("/"))
    return scheme + kept + end


def _behind_the_last_at(rest: str) -> str:
    """What can't belong to a password that holds "/", "?" or "#"."""
    before, at, behind = rest.rpartition("@")
    if not at:  # a host that is none: shown up to where a password would begin
        return before or behind.partition(":")[0]
    return f"{_LEFT_OUT}@" + re.split("[?#]", behind, maxsplit=1)[0]
