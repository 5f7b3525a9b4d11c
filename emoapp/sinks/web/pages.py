"""The files of the page, as HTTP responses."""

from __future__ import annotations

import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from websockets.datastructures import Headers
from websockets.http11 import Response

from emoapp.sinks.web.access import Refusal
from emoapp.utils.resources import ASSETS

_PLAIN = "text/plain; charset=utf-8"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/schema+json",
    ".png": "image/png",
    ".otf": "font/otf",
}

# The page needs nothing from elsewhere. Not every browser counts a WebSocket as "self".
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self' {socket}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_HOST = re.compile(r"[A-Za-z0-9.:\[\]-]{1,255}")

_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # the address may hold the token
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
    "Connection": "close",
}


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    """Return path in an address -> file. No other file can be asked for."""
    page = {path.name: path for path in (ASSETS / "page").iterdir()}
    icons = {f"icons/{path.name}": path for path in (ASSETS / "icons").glob("*.png")}
    fonts = {f"fonts/{path.name}": path for path in (ASSETS / "fonts").glob("*.otf")}
    found = {f"/{name}": path for name, path in (page | icons | fonts).items()}
    found = {name: path for name, path in found.items() if path.suffix in _TYPES}
    return found | {"/": page["index.html"]}


@lru_cache(maxsize=64)
def _content(path: Path) -> bytes:
    return path.read_bytes()


def is_page(path: str) -> bool:
    """Return whether a path, without its query, names a file of the page."""
    return path in _files()


def page_response(path: str, host: str) -> Response:
    """Return a file of the page.

    Args:
        path: As for `is_page`, which must be true of it.
        host: What the request calls this computer.

    Raises:
        OSError: It cannot be read.
    """
    file = _files()[path]
    response = _response(HTTPStatus.OK, _content(file), _TYPES[file.suffix])
    if file.suffix == ".html":
        socket = f"ws://{host}" if _HOST.fullmatch(host) else ""
        response.headers["Content-Security-Policy"] = _POLICY.format(socket=socket)
    return response


def refusal_response(refusal: Refusal) -> Response:
    """Return the response to a request that is refused."""
    response = _response(
        refusal.status, f"{refusal.reason}\n".encode(), "text/plain; charset=utf-8"
    )
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    if refusal.status == HTTPStatus.UPGRADE_REQUIRED:
        response.headers["Upgrade"] = "websocket"
    return response


def _response(status: HTTPStatus, body: bytes, kind: str) -> Response:
    headers = Headers(_HEADERS)
    headers["Content-Type"] = kind
    headers["Content-Length"] = str(len(body))
    return Response(status.value, status.phrase, headers, body)
