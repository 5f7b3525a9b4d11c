"""Limit what an HTTP exchange with a server may send and receive.

Objects of the transport are typed as Any: they come from httpx or httpx2, whichever openai uses.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from emoapp.companion.keys import is_local
from emoapp.platforms import clock

CONNECT_TIMEOUT_S = 5.0

MAX_ANSWER_BYTES = 4_000_000
"""Size limit of an answer: 100 times what the longest reply takes as events."""

SENT_HEADERS = ("host", "accept", "content-type", "content-length", "authorization")
"""Headers that are sent; the client's others (system, processor, versions) are removed."""

HIDDEN_KEY = "Bearer (the key is not shown)"


class RequestEnded(Exception):
    """End a request early.

    Args:
        fault: The rest of the line that is shown, after the server's name; None for no line.
        refused: Why the reply may not be shown, or None.
    """

    def __init__(self, fault: str | None, refused: str | None = None) -> None:
        super().__init__(fault)
        self.fault, self.refused = fault, refused


class Exchange:
    """One request to one server, and its answer, within the limits.

    Args:
        request: As `talk` describes it.
        key: The server's key; None for none.
        on_sent: Called with a description of the request just before it is sent.
    """

    def __init__(
        self,
        request: dict[str, Any],
        key: str | None,
        *,
        on_sent: Callable[[dict[str, Any]], object],
    ) -> None:
        self._request, self._key, self._on_sent = request, key, on_sent
        self._httpx = _httpx_module()
        self._origin = _origin(self._httpx.URL(request["url"]))
        self._deadline = clock.now() + request["answer_s"]

    def open_client(self) -> Any:
        """Return an HTTP client that enforces the limits, for openai's client."""
        import openai

        return openai.DefaultHttpxClient(
            timeout=self._httpx.Timeout(self._request["silence_s"], connect=CONNECT_TIMEOUT_S),
            # Nobody is contacted but the server that the user named.
            follow_redirects=False,
            # A proxy for the outside would not find a server on this computer.
            trust_env=not is_local(self._request["url"]),
            event_hooks={"request": [self._check_request], "response": [self._check_response]},
        )

    def _check_request(self, sent: Any) -> None:
        # The key belongs to one origin, whatever the client makes of a redirect.
        if _origin(sent.url) != self._origin:
            raise RequestEnded("points to another address, which is not followed.")
        for name in list(sent.headers):
            if name not in SENT_HEADERS or (name == "authorization" and not self._key):
                del sent.headers[name]
        sent.headers["accept-encoding"] = "identity"
        self._on_sent(_described(sent))
        if self._request["dry_run"]:
            raise RequestEnded(None)

    def _check_response(self, response: Any) -> None:
        # A few compressed bytes, counted before they are unpacked, can fill the memory.
        if response.headers.get("content-encoding", "identity") != "identity":
            raise RequestEnded("sends what is no reply.")
        response.stream = _limited(self._httpx, response.stream, self._deadline)


def _httpx_module() -> Any:
    """Return the package of openai's transport: httpx, or the compatible httpx2 in new versions."""
    import openai

    return sys.modules[openai.DefaultHttpxClient.__mro__[1].__module__.split(".")[0]]


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _limited(httpx_module: Any, stream: Any, deadline: float) -> Any:
    """Return the stream with its time and size limited."""

    class Limited(httpx_module.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for part in stream:
                size += len(part)
                if size > MAX_ANSWER_BYTES or clock.now() > deadline:
                    raise RequestEnded("does not come to an end.")
                yield part

        def close(self) -> None:
            stream.close()

    return Limited()


def _described(sent: Any) -> dict[str, Any]:
    headers = dict(sent.headers)
    if "authorization" in headers:
        headers["authorization"] = HIDDEN_KEY
    return {
        "method": sent.method,
        "url": str(sent.url),
        "headers": headers,
        "body": json.loads(sent.content),
    }
