"""Clients of the WebSocket, well-behaved and hostile."""

from __future__ import annotations

import base64
import json
import os
import re
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from websockets.sync.client import ClientConnection, connect

from emoapp.utils.resources import ASSETS


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads((ASSETS / "page" / "schema.json").read_text("utf-8")))


def checked(text: str | bytes) -> dict[str, Any]:
    """Return a message, which is as the schema says."""
    assert isinstance(text, str)
    message = json.loads(text)
    _validator().validate(message)
    return message


@contextmanager
def client(port: int, query: str = "", **options: Any) -> Iterator[ClientConnection]:
    """A client that has read its hello."""
    address = f"ws://127.0.0.1:{port}/socket{query}"
    with connect(address, compression=None, proxy=None, **options) as connection:
        assert checked(connection.recv(10))["type"] == "hello"
        yield connection


def upgrade(port: int, *, path: str = "/socket", **headers: str | None) -> bytes:
    """A request for the socket; None leaves a header out."""
    key = base64.b64encode(os.urandom(16)).decode()
    fields = {
        "Host": f"127.0.0.1:{port}",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
    } | headers
    lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("latin-1")


def raw(port: int, request: bytes, *, buffer: int | None = None) -> socket.socket:
    """A socket that has sent a request and read nothing."""
    found = socket.socket()
    if buffer is not None:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    found.settimeout(10)
    found.connect(("127.0.0.1", port))
    found.sendall(request)
    return found


def answer(port: int, request: bytes, *, last: bool = False) -> tuple[int, bytes]:
    """Return the status of the response to a request and all of it; 0 without a response.

    last: tell the server that nothing more will come, as of a request that may be incomplete.
    """
    with raw(port, request) as found:
        data = b""
        if last:
            found.shutdown(socket.SHUT_WR)
        try:
            while chunk := found.recv(65536):
                data += chunk
                if data.startswith(b"HTTP/1.1 101"):
                    break
        except ConnectionError:
            pass
    status = re.match(rb"HTTP/1.1 (\d+) ", data)
    return (int(status[1]), data) if status else (0, data)


def die(found: socket.socket) -> None:
    """Close a connection as a computer does whose cable is pulled: no goodbye, only a reset."""
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    found.close()


def until(condition: Callable[[], Any], within_s: float = 20) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@contextmanager
def live(*words: object, **env: str) -> Iterator[tuple[subprocess.Popen[str], int, str]]:
    """`emoapp live --no-window --websocket 0` that listens: (program, port, what it printed)."""
    command = [sys.executable, "-m", "emoapp", "live", "--no-window", "--websocket", "0"]
    program = subprocess.Popen(
        [*command, *map(str, words)],
        env=os.environ | env,
        cwd=Path("/") if os.name == "posix" else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        said = ""
        for line in program.stdout:
            said += line
            if found := re.search(r"ws://\S+:(\d+)/socket", line):
                said += program.stdout.readline() if "--listen" in words else ""
                yield program, int(found[1]), said
                return
        raise AssertionError(f"it did not listen: {said}")
    finally:
        program.kill()
        program.communicate()
