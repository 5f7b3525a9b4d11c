"""Ask an X server about windows, by its protocol (X.Org, X Window System Protocol, version 11)."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

_ERROR, _REPLY = 0, 1
_EXPOSE, _MAP_NOTIFY = 12, 19
_DEPTH = 4
"""A window manager puts windows into frames: so deep they are looked for."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A connection to an X server.

    Some X servers (Xvfb) restart when their only client leaves, and a window that opens at that
    moment would end the program: so `close` it after the last window.

    Attributes:
        server: The connection.
        root: The window of the first screen.
        size_wh: (width, height) of that screen in pixels.
    """

    server: socket.socket
    root: int
    size_wh: tuple[int, int]

    def wait_until_idle(self) -> None:
        """Wait until the server has dealt with what it got before, from other programs too."""
        with suppress(OSError):  # it does not answer
            self._ask(struct.pack("<BxH", 43, 1))

    def tell_visible(self, title: str) -> bool:
        """Tell this process's window again that it is mapped and exposed.

        Qt paints no window of which it does not know that it is mapped, and misses that in one of
        15 starts on a busy machine: the window then stays black. To be told twice does no harm.

        Args:
            title: Of the window.

        Returns:
            Whether there is such a window.
        """
        with suppress(OSError, struct.error):
            for window in self._own_windows(title.encode()):
                size_wh = struct.unpack_from("<16xHH", self._ask(_request(14, window)))
                mapped = struct.pack("<BxxxIIB19x", _MAP_NOTIFY, window, window, 0)
                exposed = struct.pack("<BxxxIHHHHH14x", _EXPOSE, window, 0, 0, *size_wh, 0)
                for event in (mapped, exposed):
                    self.server.sendall(struct.pack("<BxHII", 25, 11, window, 0) + event)
                self.wait_until_idle()
                return True
        return False

    def close(self) -> None:
        """Close the connection."""
        self.server.close()

    def _own_windows(self, title: bytes) -> Iterator[int]:
        name = b"_NET_WM_PID"
        padded = name + bytes(-len(name) % 4)
        length = 2 + len(padded) // 4
        asked = self._ask(struct.pack("<BBHHxx", 16, 1, length, len(name)) + padded)
        (pid_atom,) = struct.unpack_from("<8xI", asked)
        level = [self.root]
        for _ in range(_DEPTH):
            level = [child for window in level for child in self._children(window)]
            for window in level:
                pid = self._property(window, pid_atom)[:4]
                if pid == struct.pack("<I", os.getpid()) and self._property(window, 39) == title:
                    yield window

    def _children(self, window: int) -> list[int]:
        answer = self._ask(_request(15, window))
        if not answer:
            return []
        (count,) = struct.unpack_from("<16xH", answer)
        return list(struct.unpack_from(f"<{count}I", answer, 32))

    def _property(self, window: int, atom: int) -> bytes:
        """Return up to 256 bytes of a property; 39 is the window's name."""
        answer = self._ask(struct.pack("<BxHIIIII", 20, 6, window, atom, 0, 0, 64))
        if not answer:
            return b""
        (count,) = struct.unpack_from("<16xI", answer)
        return answer[32 : 32 + count * answer[1] // 8]

    def _ask(self, request: bytes) -> bytes:
        """Send a request and return its reply; nothing where the server refuses it."""
        self.server.sendall(request)
        while True:
            answer = self.server.recv(32, socket.MSG_WAITALL)
            if len(answer) < 32:
                raise ConnectionResetError(0, "it hung up")
            if answer[0] == _ERROR:  # the window is gone
                return b""
            if answer[0] == _REPLY:
                more = 4 * int.from_bytes(answer[4:8], "little")
                return answer + (self.server.recv(more, socket.MSG_WAITALL) if more else b"")


def parse_setup(setup: bytes) -> tuple[int, tuple[int, int]]:
    """Return the first screen's root window and (width, height) in pixels.

    Args:
        setup: What follows the first 8 bytes of the server's answer.
    """
    vendor_length, formats = struct.unpack_from("<16xH3xB", setup)
    # 32 bytes, the vendor's name padded to words, 8 bytes for each format; then the screens.
    first = 32 + (vendor_length + 3) // 4 * 4 + 8 * formats
    root, width, height = struct.unpack_from("<I16xHH", setup, first)
    return root, (width, height)


def _request(opcode: int, window: int) -> bytes:
    return struct.pack("<BxHI", opcode, 2, window)
