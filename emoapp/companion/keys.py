"""Find and store the key of a server. A key belongs to one origin and is sent nowhere else."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from urllib.parse import urlsplit

VARIABLE = "EMOAPP_COMPANION_KEY"
OPENAI_VARIABLE = "OPENAI_API_KEY"
OPENAI_ORIGIN = "https://api.openai.com"
SERVICE = "emoapp"
"""Service name in the keyring; the user name is the origin."""

UNBOUND_NAME = "companion"
"""Keyring user name of versions that kept one key for whichever server was configured."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Lookup:
    """The keys found for one origin.

    Attributes:
        key: The key; None if there is none that may be sent there.
        notes: Lines for the user, each about a key that was found and is not sent.
    """

    key: str | None
    notes: tuple[str, ...] = ()


def origin(url: str) -> str:
    """Return "scheme://host", with ":port" unless it is the scheme's default.

    Raises:
        ValueError: `url` is not the address of a server.
    """
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").rstrip(".")
    if scheme not in _DEFAULT_PORTS or not host:
        raise ValueError("no address of a server")
    host = f"[{host}]" if ":" in host else host
    port = parts.port
    return f"{scheme}://{host}" + ("" if port in (None, _DEFAULT_PORTS[scheme]) else f":{port}")


def is_local(url: str) -> bool:
    """Return whether the address is this computer."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        # Not names below "localhost": some systems look them up on the network.
        return host == "localhost"


def may_carry_key(url: str) -> bool:
    """Return whether nobody on the way can read data sent to the server at `url`."""
    return urlsplit(url).scheme == "https" or is_local(url)


def how(url: str | None = None) -> str:
    """Explain in one sentence how to provide a key.

    Args:
        url: Address of the server; None for a placeholder.
    """
    place = origin(url) if url else "ADDRESS"
    variable = f"{VARIABLE}='{place} KEY'"
    if url and not may_carry_key(url):
        return f"no key goes to {place}, because the way there is not encrypted: use https"
    if url and is_local(url):
        return f"set {variable}"
    return f"`keyring set {SERVICE} {place}` asks for it and keeps it, or set {variable}"


def find_key(url: str) -> Lookup:
    """Return the key for the server at `url` from the environment or the platform's keyring.

    The keyring, which may ask the user to unlock it, is not used for a server on this computer.

    Raises:
        ValueError: `url` is not the address of a server.
    """
    here = origin(url)
    notes: list[str] = []
    key = _from_variable(here, notes)
    if not key and here == OPENAI_ORIGIN:
        key = os.environ.get(OPENAI_VARIABLE, "").strip() or None
    if not may_carry_key(url):
        if key:
            notes.append(
                f"The key for {here} is not sent: the way there is not encrypted. Use https, or "
                "a server on this computer."
            )
        return Lookup(None, tuple(notes))
    if not key and not is_local(url):
        key = _from_keyring(here)
        if not key and _from_keyring(UNBOUND_NAME):
            notes.append(
                f"The keyring's entry `{SERVICE} {UNBOUND_NAME}` does not say which server it "
                "belongs to, so it is no longer sent. If it is this server's, keep it again: "
                f"`keyring set {SERVICE} {here}`; then `keyring del {SERVICE} {UNBOUND_NAME}`."
            )
    return Lookup(key, tuple(notes))


def keep_key(url: str, key: str) -> None:
    """Store the key for the server at `url` in the keyring.

    Raises:
        OSError: No keyring stores it; the message says why.
    """
    try:
        import keyring

        keyring.set_password(SERVICE, origin(url), key)
    except Exception as exc:  # Each platform's keyring has errors of its own.
        raise OSError(str(exc) or type(exc).__name__) from exc


def _from_variable(here: str, notes: list[str]) -> str | None:
    """Return the variable's key if the address in front of it has the origin `here`."""
    value = os.environ.get(VARIABLE, "").split()
    if not value:
        return None
    place: str | None
    try:
        place = origin(value[0])
    except ValueError:
        place = None
    if place is None or len(value) != 2:
        # The value is not repeated: it is, or holds, a key.
        notes.append(
            f"{VARIABLE} does not say which server its key belongs to, so it is not sent. "
            f"Set it to the address and the key: {VARIABLE}='{here} KEY'."
        )
        return None
    return value[1] if place == here else None


def _from_keyring(name: str) -> str | None:
    try:
        import keyring

        key = keyring.get_password(SERVICE, name)
    except Exception:  # Not installed, no keyring on this system, locked: there is no key.
        return None
    return key.strip() or None if key else None
