"""Decide who may connect: the address that was asked for, the page that asks, the token."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from emoapp.errors import UsageError

if TYPE_CHECKING:
    from websockets.datastructures import Headers

MIN_TOKEN_LENGTH = 16
"""Letters; what the program makes itself has 32."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused.

    Attributes:
        status: Of the HTTP response.
        reason: A sentence for the response, which says what to do.
    """

    status: HTTPStatus
    reason: str


def is_loopback(host: str) -> bool:
    """Return whether only programs of this computer can reach a host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_token(token: str) -> str:
    """Return the token.

    Raises:
        UsageError: It is too short, or an address could not hold it.
    """
    if len(token) < MIN_TOKEN_LENGTH or not all(c.isascii() and c.isalnum() for c in token):
        raise UsageError(
            f"The token of the WebSocket must have {MIN_TOKEN_LENGTH} or more letters and digits."
        )
    return token


class Access:
    """Check requests.

    A web page of another site can ask a browser to connect to this computer. Such a request names
    that site as its origin; where the site's name leads to this computer (DNS rebinding), as its
    host too. So both are checked.

    Args:
        host: What the server listens on.
        port: What the server listens on.
        token: What the socket asks for; None for nothing.
        origins: Further origins whose pages may connect, such as "http://localhost:3000"; "null"
            for pages that are opened as files.
    """

    def __init__(
        self, host: str, port: int, *, token: str | None = None, origins: Sequence[str] = ()
    ) -> None:
        self._token = None if token is None else token.encode()
        self._origins = {origin.rstrip("/").lower() for origin in origins}
        self._hosts: set[str] | None = None
        if is_loopback(host):
            names = {"localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host}
            self._hosts = {f"{name}:{port}" for name in names}
            self._hosts |= names if port == 80 else set()

    def refuse_host(self, headers: Headers) -> Refusal | None:
        """Return why a request for the page or the socket is refused; None where it is not."""
        hosts = headers.get_all("Host")
        if len(hosts) != 1:
            return Refusal(HTTPStatus.BAD_REQUEST, "Say in one Host header whom you look for.")
        if self._hosts is not None and hosts[0].lower() not in self._hosts:
            return Refusal(HTTPStatus.FORBIDDEN, f"Use this address: http://{min(self._hosts)}/")
        return None

    def refuse_socket(self, path: str, headers: Headers) -> Refusal | None:
        """Return why a request for the socket is refused; None where it is not.

        Args:
            path: With its query.
            headers: Of a request that `refuse_host` accepts.
        """
        origins = [origin.lower() for origin in headers.get_all("Origin")]
        own = f"http://{headers['Host'].lower()}"
        if any(origin != own and origin not in self._origins for origin in origins):
            return Refusal(
                HTTPStatus.FORBIDDEN,
                "Pages of this origin may not connect; allow it with --websocket-origin.",
            )
        if self._token is None:
            return None
        if not any(hmac.compare_digest(self._token, one) for one in _tokens(path, headers)):
            return Refusal(
                HTTPStatus.UNAUTHORIZED,
                "The token is missing or wrong: emoapp printed it when it started. Add "
                "?token=TOKEN to the address, or send the header Authorization: Bearer TOKEN.",
            )
        return None


def _tokens(path: str, headers: Headers) -> list[bytes]:
    """Return the tokens of a request, a few at most."""
    found = []
    try:
        found += parse_qs(urlsplit(path).query, max_num_fields=16).get("token", [])
    except ValueError:  # too many fields, or no valid address
        pass
    for value in headers.get_all("Authorization"):
        scheme, _, token = value.partition(" ")
        if scheme.lower() == "bearer":
            found.append(token.strip())
    return [token.encode("utf-8", "surrogatepass") for token in found[:4]]
