"""Finds out whether a window can be opened, before OpenCV tries: its Qt ends the program if not."""

from __future__ import annotations

import os
import re
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

from emoapp.errors import NoScreenError

_OTHERWISE = "To work without a window, add `--no-window`."

# A screen over the network (ssh -X, a remote X server) answers well within this.
_TIMEOUT_S = 3.0

_COOKIE = b"MIT-MAGIC-COOKIE-1"


def prepare_screen() -> None:
    """Raise NoScreenError unless a window can be opened; keep Qt from writing to stderr.

    To be called before OpenCV opens its first window.
    """
    # Windows and macOS always have a screen where a program is started by hand.
    if not sys.platform.startswith(("linux", "freebsd")):
        return
    # OpenCV's wheels bring Qt with its X11 part only. Told so, it does not try Wayland first and
    # complain that the part is missing; Wayland desktops show X11 windows through XWayland.
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    # Qt's warnings (missing fonts, odd desktop settings) help nobody who uses this program; what
    # keeps it from working is said by check_display().
    os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;*.warning=false")
    check_display(os.environ.get("DISPLAY", ""))


def check_display(display: str) -> None:
    """Raise NoScreenError unless the X server `display` (":0", "host:10.0") lets us in."""
    if not display:
        reason = "the variable DISPLAY is not set"
        if os.environ.get("WAYLAND_DISPLAY"):
            reason += " (this Wayland desktop runs without XWayland, which OpenCV's windows need)"
        raise NoScreenError(f"There is no screen for a window: {reason}. {_OTHERWISE}")
    match = re.fullmatch(r"(?:[a-z]+/)?(.*):(\d+)(?:\.\d+)?", display)
    if match is None:
        raise NoScreenError(f"DISPLAY={display} names no screen. {_OTHERWISE}")
    host, number = match[1], int(match[2])
    refusal = ""
    try:
        for name, data in _credentials(number):
            refusal = _knock(host, number, name, data)
            if not refusal:
                return
    except OSError as exc:
        reason = exc.strerror or str(exc)
        raise NoScreenError(
            f"The screen DISPLAY={display} cannot be reached: {reason}. {_OTHERWISE}"
        ) from exc
    raise NoScreenError(f"The screen DISPLAY={display} lets nobody in: {refusal}. {_OTHERWISE}")


def _credentials(number: int) -> Iterator[tuple[bytes, bytes]]:
    """Name and data of each key in the user's file for that display; at last, none at all."""
    path = Path(os.environ.get("XAUTHORITY") or Path.home() / ".Xauthority")
    try:
        rest = path.read_bytes()
    except OSError:
        rest = b""
    while len(rest) > 2:
        rest, fields = rest[2:], []  # family; then address, number, name, data
        for _ in range(4):
            size = int.from_bytes(rest[:2], "big")
            fields.append(rest[2 : 2 + size])
            rest = rest[2 + size :]
        if fields[2] == _COOKIE and fields[1] in (b"", str(number).encode()):
            yield fields[2], fields[3]
    yield b"", b""


def _knock(host: str, number: int, name: bytes, data: bytes) -> str:
    """Begin X11's conversation; "" where the server accepts, else the reason that it gives."""

    def padded(value: bytes) -> bytes:
        return value + bytes(-len(value) % 4)

    with _connect(host, number) as server:
        hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(data))
        server.sendall(hello + padded(name) + padded(data))
        answer = server.recv(8, socket.MSG_WAITALL)
        if len(answer) < 8:
            return "it hung up"
        if answer[0] == 1:
            return ""
        return server.recv(answer[1]).decode("latin-1").strip() or "no reason given"


def _connect(host: str, number: int) -> socket.socket:
    if host not in ("", "unix"):
        return socket.create_connection((host.strip("[]"), 6000 + number), _TIMEOUT_S)
    path = f"/tmp/.X11-unix/X{number}"
    for address in ("\0" + path, path):  # Linux's own names without a file, then the file
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.settimeout(_TIMEOUT_S)
        try:
            server.connect(address)
            return server
        except OSError as exc:
            server.close()
            error = exc
    raise error
