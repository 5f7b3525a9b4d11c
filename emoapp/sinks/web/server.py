"""Answer requests for the page and the WebSocket, and send frames to the clients."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from emoapp.sinks.web.access import Access, Refusal
from emoapp.sinks.web.connections import Door, GuardedConnection
from emoapp.sinks.web.messages import Messages, Snapshot
from emoapp.sinks.web.output import SOCKET_PATH
from emoapp.sinks.web.pages import is_page, page_response, refusal_response
from emoapp.utils.logs import get_logger

logger = get_logger(__name__)

MAX_CLIENTS = 16
STALLED_S = 20.0
"""A client that reads nothing for so long is cut off; so is one that answers no ping."""
CLOSING_S = 1.0
"""Clients have so long to say goodbye."""


class WebServer:
    """Serve the page and the WebSocket until `stop`.

    A client that is busy misses frames, and gets the latest one when it reads again.

    Args:
        listening: A socket that listens; taken over, and closed by `run`.
        access: Who may connect.
        messages: Makes the messages.
        pending: The frames to send; `wake` says that there are new ones.
    """

    def __init__(
        self,
        listening: socket.socket,
        access: Access,
        messages: Messages,
        pending: deque[Snapshot],
    ) -> None:
        self._access, self._messages = access, messages
        self._hello = messages.hello()
        self._door = Door(listening)
        self._clients: set[GuardedConnection] = set()
        self._pending = pending
        self._waking = False
        self._latest: Snapshot | None = None
        self._reasons: set[str] = set()
        # Windows has another one, which does not accept connections by `Door.accept`.
        self._loop = asyncio.SelectorEventLoop()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        """Have the pending frames sent; returns at once. Called in the thread that writes."""
        if not self._waking:
            self._waking = True
            self._call(self._spread)

    def stop(self) -> None:
        """Make `run` say goodbye to the clients and return; may be called in any thread."""
        self._call(self._stopping.set)

    def run(self) -> None:
        """Serve until `stop`; called once, in a thread of its own."""
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self._door.close()

    def _call(self, function: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # it has ended already
            self._loop.call_soon_threadsafe(function)

    async def _serve(self) -> None:
        quiet = logging.getLogger(f"{__name__}.protocol")
        quiet.setLevel(logging.CRITICAL + 1)  # what strangers send is no error of this program

        class Connection(GuardedConnection):
            door = self._door

        server = await serve(
            self._talk,
            sock=self._door,
            process_request=self._answer,
            server_header=None,
            compression=None,
            open_timeout=5,
            ping_interval=STALLED_S,
            ping_timeout=STALLED_S,
            close_timeout=CLOSING_S,
            max_size=1024,
            max_queue=2,
            logger=quiet,
            create_connection=Connection,
        )
        try:
            while not self._stopping.is_set():
                await _wait_for(self._stopping, 1.0)
                self._look_after_clients()
        finally:
            await self._end(server)

    async def _end(self, server: Server) -> None:
        for connection in set(self._door.inside) - self._clients:
            connection.transport.abort()
        server.close()
        ending = asyncio.ensure_future(server.wait_closed())
        await asyncio.wait([ending], timeout=CLOSING_S)
        for connection in set(self._door.inside):
            connection.transport.abort()
        await ending
        logger.info("the WebSocket is closed; %d connections cut off", self._door.refused)

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Return the response to a request; None where it becomes a WebSocket."""
        path = request.path.partition("?")[0]
        refusal = self._refusal(request, path)
        if refusal is not None:
            self._log_once(refusal)
            return refusal_response(refusal)
        return None if path == SOCKET_PATH else page_response(path, request.headers["Host"])

    def _refusal(self, request: Request, path: str) -> Refusal | None:
        if getattr(request, "method", "GET") != "GET":  # older releases accept nothing else
            return Refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Use GET.")
        if refusal := self._access.refuse_host(request.headers):
            return refusal
        if path != SOCKET_PATH:
            missing = f"There is the page, /, and the WebSocket, {SOCKET_PATH}."
            return None if is_page(path) else Refusal(HTTPStatus.NOT_FOUND, missing)
        if refusal := self._access.refuse_socket(request.path, request.headers):
            return refusal
        if self._door.clients >= MAX_CLIENTS:
            full = f"All {MAX_CLIENTS} places are taken: close a page or a program that listens."
            return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, full)
        if "Upgrade" not in request.headers:
            return Refusal(HTTPStatus.UPGRADE_REQUIRED, "Connect here with a WebSocket.")
        return None

    def _log_once(self, refusal: Refusal) -> None:
        # Once each: a client must not be able to fill the log.
        if refusal.reason not in self._reasons:
            self._reasons.add(refusal.reason)
            logger.info("refused a request: %d %s", refusal.status, refusal.reason)

    async def _talk(self, connection: ServerConnection) -> None:
        """Serve one client."""
        assert isinstance(connection, GuardedConnection)
        with suppress(ConnectionClosed):
            await connection.send(self._hello)
            if self._latest is not None:
                await connection.send(self._messages.frame(self._latest))
            self._clients.add(connection)
            await connection.recv()
            await connection.close(CloseCode.POLICY_VIOLATION, "this socket only sends")
        self._clients.discard(connection)

    def _spread(self) -> None:
        """Send what waits to all clients that can take it."""
        self._waking = False
        while self._pending:
            self._latest = self._pending.popleft()
            ready = [client for client in self._clients if self._is_ready(client)]
            if ready:
                broadcast(ready, self._messages.frame(self._latest))

    def _is_ready(self, client: GuardedConnection) -> bool:
        if not client.unsent:
            client.busy_since = None
            return True
        if client.busy_since is None:
            client.busy_since = self._loop.time()
        return False

    def _look_after_clients(self) -> None:
        """Cut off clients that have stalled, and send the others what they have missed."""
        for client in set(self._clients):
            if client.busy_since is None:
                continue
            if client.unsent:
                if self._loop.time() - client.busy_since > STALLED_S:
                    client.cut_off()
            elif self._latest is not None:
                client.busy_since = None
                broadcast([client], self._messages.frame(self._latest))


async def _wait_for(event: asyncio.Event, seconds: float) -> None:
    with suppress(asyncio.TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
