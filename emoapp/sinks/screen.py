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
from emoapp.platforms import windows
from emoapp.sinks.x11 import Screen, parse_setup

_NO_WINDOW_HINT = "To work without a window, add `--no-window`."

# A screen over the network (ssh -X, a remote X server) answers well within this time.
_TIMEOUT_S = 3.0

# A server that is restarting resets connections for a moment.
_MAX_ATTEMPTS, _RETRY_PAUSE_S = 10, 0.1

_COOKIE = b"MIT-MAGIC-COOKIE-1"


def prepare_screen() -> Screen | None:
    """Check that a window can be opened, and keep Qt from writing to stderr.

    Call this before OpenCV opens its first window.

    Returns:
        The screen; None on Windows and macOS.

    Raises:
        NoScreenError: No window can be opened.
    """
    # Windows and macOS always have a screen when a program is started by hand.
    if not windows.needs_x11():
        return None
    _check_imports()
    # OpenCV's wheels bundle only Qt's X11 plugin. With this, Qt does not try Wayland first and
    # complain about the missing plugin; Wayland desktops show X11 windows through XWayland.
    os.environ["QT_QPA_PLATFORM"] = "xcb"
    # Qt's warnings (missing fonts, odd desktop settings) do not help users of this program;
    # connect() reports what keeps it from working.
    os.environ.setdefault("QT_LOGGING_RULES", "*.debug=false;*.info=false;*.warning=false")
    return connect(os.environ.get("DISPLAY", ""))


def opencv_version() -> tuple[int, ...]:
    """Return OpenCV's (major, minor) version, by which its windows differ."""
    import cv2

    return tuple(map(int, cv2.__version__.split(".")[:2]))


def _check_imports() -> None:
    """Raise NoScreenError if a window would hang forever: see `emoapp.utils.libav`."""
    version = opencv_version()  # imports cv2, where nobody has
    order = [name for name in sys.modules if name in ("av", "cv2")]
    if order == ["av", "cv2"] and version >= (4, 13):
        raise NoScreenError(
            "This program imported av before cv2, and OpenCV's windows hang then. Import cv2 first "
            "(`import emoapp.utils.libav` does both in the right order)."
        )


def connect(display: str) -> Screen:
    """Connect to an X server.

    Args:
        display: The display's name: ":0", "host:10.0".

    Returns:
        A connection that the server has accepted.

    Raises:
        NoScreenError: There is no connection; the message says why.
    """
    host, number = _parse_display(display)
    for _ in range(_MAX_ATTEMPTS):
        try:
            return _authenticate(host, number)
        except (ConnectionResetError, BrokenPipeError) as exc:
            error: OSError = exc
            time.sleep(_RETRY_PAUSE_S)
        except OSError as exc:
            error = exc
            break
    reason = error.strerror or str(error)
    raise NoScreenError(
        f"The screen DISPLAY={display} cannot be used: {reason}. {_NO_WINDOW_HINT}"
    ) from error


def _parse_display(display: str) -> tuple[str, int]:
    """Return a display's host, "" for this computer, and its number."""
    if not display:
        reason = "the variable DISPLAY is not set"
        if os.environ.get("WAYLAND_DISPLAY"):
            reason += (
                " (this Wayland desktop runs without XWayland, which OpenCV's windows need: "
                "install the package xwayland and log in again)"
            )
        raise NoScreenError(f"There is no screen for a window: {reason}. {_NO_WINDOW_HINT}")
    match = re.fullmatch(r"(?:[a-z]+/)?(.*):(\d+)(?:\.\d+)?", display)
    if match is None:
        raise NoScreenError(f"DISPLAY={display} names no screen. {_NO_WINDOW_HINT}")
    return match[1], int(match[2])


def _authenticate(host: str, number: int) -> Screen:
    """Try every key; raise OSError if none is accepted or nobody answers."""
    for name, data in _credentials(number):
        server = _open_socket(host, number)
        try:
            answer = _request_setup(server, name, data)
        except BaseException:
            server.close()
            raise
        if not isinstance(answer, str):
            return answer
        server.close()
    raise PermissionError(errno.EACCES, answer)


def _credentials(number: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield name and data of each key for the display in the user's file; finally, no key."""
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


def _request_setup(server: socket.socket, name: bytes, data: bytes) -> Screen | str:
    """Send X11's setup request.

    Returns:
        The screen if the server accepts, else the reason it states.
    """

    def padded(value: bytes) -> bytes:
        return value + bytes(-len(value) % 4)

    hello = struct.pack("<BxHHHHxx", ord("l"), 11, 0, len(name), len(data))
    server.sendall(hello + padded(name) + padded(data))
    answer = server.recv(8, socket.MSG_WAITALL)
    if len(answer) < 8:
        raise ConnectionResetError(0, "it hung up")
    if answer[0] == 1:
        rest = 4 * int.from_bytes(answer[6:8], "little")
        return Screen(server, *parse_setup(server.recv(rest, socket.MSG_WAITALL)))
    return server.recv(answer[1]).decode("latin-1").strip() or "no reason given"


def _open_socket(host: str, number: int) -> socket.socket:
    if host not in ("", "unix"):
        return socket.create_connection((host.strip("[]"), 6000 + number), _TIMEOUT_S)
    path = f"/tmp/.X11-unix/X{number}"
    for address in ("\0" + path, path):  # Linux's abstract name, then the file
        server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        server.settimeout(_TIMEOUT_S)
        try:
            server.connect(address)
            return server
        except OSError as exc:
            server.close()
            error = exc
    raise error
