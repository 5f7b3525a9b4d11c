"""Check whether a window can be opened, since OpenCV's Qt aborts the program if not.

Not by XOpenDisplay or xcb_connect: both hang forever on a server that accepts and stays silent,
and both report a refusal, a restart and a missing server alike (xcb writes the reason to stderr).
"""

from __future__ import annotations

import errno
import os
import re
import socket
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from emoapp.errors import NoScreenError

_OTHERWISE = "To work without a window, add `--no-window`."

# A screen over the network (ssh -X, a remote X server) answers well within this.
_TIMEOUT_S = 3.0

# A server that is just starting anew resets connections for a moment.
_ATTEMPTS, _PAUSE_S = 10, 0.1

_COOKIE = b"MIT-MAGIC-COOKIE-1"


def prepare_screen() -> socket.socket | None:
    """Raise NoScreenError unless a window can be opened; keep Qt from writing to stderr.

    To be called before OpenCV opens its first window. What is returned is to be closed after the
    last: some X servers (Xvfb) start anew when their only visitor leaves, and a window that opens
    at that moment would end the program.
    """
    # Windows and macOS always have a screen where a program is started by hand.
    if not sys.platform.startswith(("linux", "freebsd")):
        return None
    _check_imports()
    # OpenCV's wheels bring Qt with its X11 part only. Told so, it does not try Wayland first and
    # complain that the part is missing; Wayland desktops show X11 windows through XWayland.
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    # Qt's warnings (missing fonts, odd desktop settings) help nobody who uses this program; what
    # keeps it from working is said by connect().
    os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;*.warning=false")
    return connect(os.environ.get("DISPLAY", ""))


def _check_imports() -> None:
    """Raise where a window would hang for ever: see `emoapp.utils.libav`."""
    import cv2

    order = [name for name in sys.modules if name in ("av", "cv2")]
    if order == ["av", "cv2"] and tuple(map(int, cv2.__version__.split(".")[:2])) >= (4, 13):
        raise NoScreenError(
            "This program imported av before cv2, and OpenCV's windows hang then. Import cv2 first "
            "(`import emoapp.utils.libav` does both in the right order)."
        )


def connect(display: str) -> socket.socket:
    """A connection to the X server `display` (":0", "host:10.0"), which has accepted it.

    Raises NoScreenError, saying why, where it does not.
    """
    host, number = _parse(display)
    for _ in range(_ATTEMPTS):
        try:
            return _be_let_in(host, number)
        except (ConnectionResetError, BrokenPipeError) as exc:
            error: OSError = exc
            time.sleep(_PAUSE_S)
        except OSError as exc:
            error = exc
            break
    reason = error.strerror or str(error)
    raise NoScreenError(
        f"The screen DISPLAY={display} cannot be used: {reason}. {_OTHERWISE}"
    ) from error


def _parse(display: str) -> tuple[str, int]:
    """The host, "" for this computer, and the number."""
    if not display:
        reason = "the variable DISPLAY is not set"
        if os.environ.get("WAYLAND_DISPLAY"):
            reason += " (this Wayland desktop runs without XWayland, which OpenCV's windows need)"
        raise NoScreenError(f"There is no screen for a window: {reason}. {_OTHERWISE}")
    match = re.fullmatch(r"(?:[a-z]+/)?(.*):(\d+)(?:\.\d+)?", display)
    if match is None:
        raise NoScreenError(f"DISPLAY={display} names no screen. {_OTHERWISE}")
    return match[1], int(match[2])


def _be_let_in(host: str, number: int) -> socket.socket:
    """Try every key; raises OSError where none fits or nobody answers."""
    for name, data in _credentials(number):
        server = _dial(host, number)
        try:
            refusal = _introduce(server, name, data)
        except BaseException:
            server.close()
            raise
        if not refusal:
            return server
        server.close()
    raise PermissionError(errno.EACCES, refusal)


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


def _introduce(server: socket.socket, name: bytes, data: bytes) -> str:
    """Begin X11's conversation; "" where the server accepts, else the reason that it gives."""

    def padded(value: bytes) -> bytes:
        return value + bytes(-len(value) % 4)

    hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(data))
    server.sendall(hello + padded(name) + padded(data))
    answer = server.recv(8, socket.MSG_WAITALL)
    if len(answer) < 8:
        raise ConnectionResetError(0, "it hung up")
    if answer[0] == 1:
        return ""
    return server.recv(answer[1]).decode("latin-1").strip() or "no reason given"


def _dial(host: str, number: int) -> socket.socket:
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
