"""Where the key of a server comes from: the environment or the platform's keyring, nowhere else."""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

VARIABLE = "EMOAPP_COMPANION_KEY"
OPENAI_VARIABLE = "OPENAI_API_KEY"
OPENAI_HOST = "api.openai.com"
KEYRING = "emoapp", "companion"
"""Service and user name; `keyring set emoapp companion` asks for the key and keeps it."""

HOW = (
    f"A server that wants a key gets it from the variable {VARIABLE}, or from this computer's "
    f"keyring: `keyring set {' '.join(KEYRING)}` asks for it and keeps it."
)


def is_local(url: str) -> bool:
    """Whether the address is this computer."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def find_key(url: str) -> str | None:
    """The key for the server at `url`; None where there is none.

    OPENAI_API_KEY goes to OpenAI alone: who names another server has not given it that key. The
    keyring, which may ask the user to unlock it, is not troubled for a server on this computer.
    """
    key = os.environ.get(VARIABLE)
    parts = urlsplit(url)
    if not key and (parts.scheme, parts.hostname) == ("https", OPENAI_HOST):
        key = os.environ.get(OPENAI_VARIABLE)
    if not key and not is_local(url):
        key = _from_keyring()
    return key.strip() or None if key else None


def _from_keyring() -> str | None:
    try:
        import keyring

        return keyring.get_password(*KEYRING)
    except Exception:  # Not installed, no keyring on this system, locked: there is no key.
        return None
