"""A receiver of Open Sound Control: python-osc's own server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import BlockingOSCUDPServer


@contextmanager
def receiver(port: int = 0) -> Iterator[tuple[int, list[dict[str, list]]]]:
    """Its port, and the frames that came: address -> arguments."""
    frames: list[dict[str, list]] = []

    def take(address: str, *arguments) -> None:
        if address == "/emoapp/frame":
            frames.append({})
        frames[-1][address] = list(arguments)

    dispatcher = Dispatcher()
    dispatcher.set_default_handler(take)
    with BlockingOSCUDPServer(("127.0.0.1", port), dispatcher) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1], frames
        server.shutdown()
        thread.join()
