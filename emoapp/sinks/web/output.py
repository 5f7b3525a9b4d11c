"""The output that serves the WebSocket and the page: what the run sees of it."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

import emoapp
from emoapp.config import WEBSOCKET_PORT, OutputsConfig
from emoapp.errors import SinkError, UsageError
from emoapp.sinks.background import Report, print_report
from emoapp.sinks.base import Sink
from emoapp.sinks.outputs import OutputContext
from emoapp.sinks.web.access import Access, check_token, is_loopback
from emoapp.sinks.web.messages import Messages, Snapshot
from emoapp.types import Result
from emoapp.utils.logs import get_logger
from emoapp.utils.terminal import say

if TYPE_CHECKING:
    from emoapp.sinks.web.server import WebServer

logger = get_logger(__name__)

TOKEN_VARIABLE = "EMOAPP_WEBSOCKET_TOKEN"
"""The environment variable with the token: on a command line, others could read it."""

SOCKET_PATH = "/socket"

QUEUE_SIZE = 8
"""Frames that wait for the server's thread."""
SEND_BUFFER_BYTES = 64 * 1024
"""What the system keeps for a client that reads slowly: a second or two of frames, so that what it
reads then is not older."""
CLOSING_S = 5.0
"""How long `close` waits at most; clients have a second to say goodbye."""


class WebSocketOutput(Sink):
    """Serve the WebSocket and the page until `close`.

    Nothing that a client does or leaves undone can hold up `write`: it only appends to a short
    queue. A client that is too slow misses frames.

    Args:
        labels: The expressions, in the order of the model.
        port: What to listen on; 0 for any port that is free.
        host: Name or address of this computer; "0.0.0.0" or "::" for all of its addresses.
        token: What clients must present; needed where other computers can reach the host.
        origins: Further origins whose pages may connect; see `Access`.
        report: Is told, in the thread that writes, what went wrong.

    Attributes:
        port: What it listens on.

    Raises:
        SinkError: It can't listen there.
        UsageError: The token is missing or too short.
    """

    def __init__(
        self,
        labels: Sequence[str],
        port: int = WEBSOCKET_PORT,
        *,
        host: str = "127.0.0.1",
        token: str | None = None,
        origins: Sequence[str] = (),
        report: Report = print_report,
    ) -> None:
        if token is not None:
            check_token(token)
        elif not is_loopback(host):
            raise UsageError(f"Other computers can reach {host}: a token is needed.")
        self._messages = Messages(labels, emoapp.__version__)
        self._listening = bind(host, port)
        self.port: int = self._listening.getsockname()[1]
        self._host = host
        self._access = Access(host, self.port, token=token, origins=origins)
        self._report = report
        self._lock = threading.Lock()
        self._closing = False
        self._server: WebServer | None = None
        self._pending: deque[Snapshot] = deque(maxlen=QUEUE_SIZE)
        self._thread = threading.Thread(target=self._run, name="output websocket", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Of the page."""
        return f"http://{_in_address(self._host)}:{self.port}/"

    @property
    def socket_address(self) -> str:
        """Of the WebSocket."""
        return f"ws://{_in_address(self._host)}:{self.port}{SOCKET_PATH}"

    def write(self, result: Result) -> None:
        """Queue a result; see `Sink.write`."""
        self._pending.append(self._messages.snapshot(result))
        if self._server is not None:
            self._server.wake()
        if not self._closing and not self._thread.is_alive():
            self._closing = True
            self._report("WebSocket", "The server has ended; start emoapp again to have it back.")

    def close(self) -> None:
        """Say goodbye to all clients and close everything; may be called twice."""
        with self._lock:
            self._closing = True
            if self._server is not None:
                self._server.stop()
        self._thread.join(CLOSING_S)

    def _run(self) -> None:
        # Imported here, because it takes longer than a frame may.
        try:
            from emoapp.sinks.web.server import WebServer

            with self._lock:
                if self._closing:
                    return
                self._server = WebServer(
                    self._listening, self._access, self._messages, self._pending
                )
            self._server.run()
        except Exception:
            logger.exception("the WebSocket's server has ended")
        finally:
            self._listening.close()


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: See `WebSocketOutput`.
        port: See `WebSocketOutput`.

    Raises:
        SinkError: It can't listen there; the message says what to do.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        both = host == "::" and socket.has_dualstack_ipv6()
        listening = socket.create_server(
            address[:2], family=family, backlog=32, dualstack_ipv6=both
        )
    except (OSError, UnicodeError) as exc:
        reason = getattr(exc, "strerror", None) or exc
        raise SinkError(
            f"Cannot listen on port {port} of {host} ({reason}): choose another port with "
            "--websocket PORT, or an address of this computer with --listen ADDRESS."
        ) from exc
    # Connections inherit it.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    return listening


def _in_address(host: str) -> str:
    """Return how others call a host in an address."""
    if host in ("0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def check_output(config: OutputsConfig) -> None:
    """Check what can be known beforehand; see `OutputKind.check`."""
    assert config.websocket is not None
    _token()
    bind(config.listen, config.websocket).close()


def open_output(config: OutputsConfig, context: OutputContext) -> WebSocketOutput:
    """Open the output that a configuration asks for; see `OutputKind.open`."""
    assert config.websocket is not None
    token = _token()
    if made := token is None and not is_loopback(config.listen):
        token = secrets.token_hex(16)
    output = WebSocketOutput(
        context.labels,
        config.websocket,
        host=config.listen,
        token=token,
        origins=config.websocket_origins,
        report=context.report,
    )
    say(f"page: {output.address} WebSocket: {output.socket_address}")
    if made:
        say(f"Add this to either address: ?token={token}")
    return output


def _token() -> str | None:
    """Return the token that the user has set; None for none."""
    token = os.environ.get(TOKEN_VARIABLE)
    return check_token(token) if token else None
