"""Connections whose clients may send next to nothing, and only so many of them."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from emoapp.platforms import clock

REQUEST_BYTES = 32 * 1024
"""Most that a client may send before it is connected: browsers add cookies of other programs."""
TALK_BYTES = 4 * 1024
TALK_BYTES_PER_S = 256
"""What a client may send afterwards, at once and in the long run: it has only pings to answer."""

BACKLOG = 32
"""Connections that wait to be accepted."""
MAX_SOCKETS = 64
"""Most connections in any state; a browser opens six at once for the files of a page."""
BURST = 128
REQUESTS_PER_S = 32.0
"""How many new connections are served at once and in the long run; others are closed at once,
so that a program that asks again and again takes little time from the picture."""


class Budget:
    """An amount that is used up, and grows again with time up to where it began.

    Args:
        size: What there is at the beginning, and at most.
        per_s: What comes back each second.
    """

    def __init__(self, size: float, per_s: float) -> None:
        self._size, self._per_s = size, per_s
        self._left, self._at = size, 0.0

    def take(self, amount: float, now: float) -> bool:
        """Use up an amount.

        Args:
            amount: How much.
            now: Seconds, monotonic.

        Returns:
            Whether there was enough; nothing is taken otherwise.
        """
        self._left = min(self._size, self._left + (now - self._at) * self._per_s)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True


class Door(socket.socket):
    """A listening socket that closes connections at once where there are too many.

    It does so before the event loop makes anything of them, which takes three times as long.

    Args:
        listening: The socket, which is taken over.

    Attributes:
        inside: All connections that are not closed yet.
        refused: How many were closed at once or cut off.
    """

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(fileno=listening.detach())
        self.inside: set[GuardedConnection] = set()
        self.refused = 0
        self._requests = Budget(BURST, REQUESTS_PER_S)

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection that may go on; see `socket.socket.accept`.

        Raises:
            BlockingIOError: None waits, or it is time to look after those that are here.
        """
        for _ in range(BACKLOG):
            connection, address = super().accept()
            fits = len(self.inside) < MAX_SOCKETS
            if fits and self._requests.take(1, clock.now()):
                return connection, address
            self.refused += 1
            connection.close()
        raise BlockingIOError

    @property
    def clients(self) -> int:
        """How many WebSockets are open."""
        return sum(connection.protocol.state is State.OPEN for connection in self.inside)


class GuardedConnection(ServerConnection):
    """A connection that is cut off when its client sends more than it has any reason to.

    Args:
        args: What `ServerConnection` takes.
        kwargs: What `ServerConnection` takes.

    Attributes:
        door: Where the client came in; the server's own subclass sets it.
        busy_since: Since when the client has not read all that was sent, by the loop's clock; None
            if it has.
    """

    door: Door

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bytes = Budget(REQUEST_BYTES, 0)
        self._talks = False
        self.busy_since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self.door.inside.add(self)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.door.inside.discard(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what the client sends, as long as it is little."""
        if not self._talks and self.protocol.state is State.OPEN:
            self._talks, self._bytes = True, Budget(TALK_BYTES, TALK_BYTES_PER_S)
        if self._bytes.take(len(data), self.loop.time()):
            super().data_received(data)
        else:
            self.cut_off()

    def cut_off(self) -> None:
        """Close the connection without a word."""
        self.door.refused += 1
        self.transport.abort()

    @property
    def unsent(self) -> int:
        """Bytes that wait for the client to read."""
        return self.transport.get_write_buffer_size()
