"""Fakes of what lies below the program on systems that are not here."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np

PLATFORMS = {"linux": "linux", "windows": "win32", "macos": "darwin"}


def pretend(monkeypatch, system: str) -> None:
    """Let the program believe that it runs on this system."""
    platform = SimpleNamespace(platform=PLATFORMS[system])
    monkeypatch.setattr("emoapp.platforms.sys", platform)  # libraries know better


class Capture:
    """In place of `cv2.VideoCapture`: opens by some backends and reads what it is given.

    opens: the backends that open.
    reads: for each read a picture, or None for a read that fails; the last one is repeated.
    rate: what the camera states.
    """

    made: list[Capture] = []

    def __init__(self, opens: Iterable[int], reads: Iterable[np.ndarray | None], rate: float = 30):
        self._opens, self._reads, self._rate = set(opens), itertools.chain(reads), rate
        self._last: np.ndarray | None = None
        self.asked: dict[int, list[float]] = {}
        self.has: dict[int, float] = {}
        self.is_open = False
        self.released = False

    def __call__(self, device: int | str, backend: int) -> Capture:
        Capture.made.append(self)
        self.is_open = backend in self._opens
        return self

    def isOpened(self) -> bool:
        return self.is_open

    def set(self, what: int, value: float) -> bool:
        self.asked.setdefault(what, []).append(value)
        self.has[what] = value
        return True

    def get(self, what: int) -> float:
        return self._rate if what == cv2.CAP_PROP_FPS else self.has.get(what, 0.0)

    def read(self) -> tuple[bool, np.ndarray | None]:
        self._last = next(self._reads, self._last)
        return self._last is not None, self._last

    def release(self) -> None:
        self.released = True


class Desktop:
    """In place of OpenCV's window functions: one window.

    room_wh: the size of the window's inside, as the system tells it.

    Attributes:
        shown: The pictures that were shown.
        visible: What WND_PROP_VISIBLE says.
        keys: What comes at each look at the keys: a key's code, -1 for none, or what is called.
    """

    def __init__(self, monkeypatch, room_wh: tuple[int, int] | None = None) -> None:
        self.room_wh = room_wh
        self.shown: list[np.ndarray] = []
        self.sizes: list[tuple[int, int]] = []
        self.visible = 1.0
        self.polls = 0
        self.keys: list[int | Callable[[], object]] = []
        self.mouse: Callable[..., None] = lambda *_: None
        calls = {
            "namedWindow": lambda *_: None,
            "destroyWindow": lambda *_: None,
            "setWindowProperty": lambda *_: None,
            "resizeWindow": lambda title, width, height: self.sizes.append((width, height)),
            "imshow": lambda title, picture: self.shown.append(picture.copy()),
            "getWindowProperty": lambda *_: self.visible,
            "getWindowImageRect": lambda *_: (0, 0, *self._rect_wh()),
            "setMouseCallback": self._listen,
            "pollKey": self._poll,
        }
        for name, call in calls.items():
            monkeypatch.setattr(cv2, name, call)

    def _rect_wh(self) -> tuple[int, int]:
        """As macOS where no room was given: the size of the picture."""
        shown_wh = self.shown[-1].shape[1::-1] if self.shown else (0, 0)
        return self.room_wh or shown_wh

    def _listen(self, title: str, callback: Callable[..., None]) -> None:
        self.mouse = callback

    def _poll(self) -> int:
        self.polls += 1
        key = self.keys.pop(0) if self.keys else -1
        return key if isinstance(key, int) else key() or -1


def keep_open_files(monkeypatch) -> None:
    """Let files that are open here be neither renamed, nor replaced, nor removed, as on Windows."""

    def refusing(call: Callable[..., object]) -> Callable[..., object]:
        def checked(*paths: object, **options: object) -> object:
            mine = {os.path.realpath(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")}
            for path in paths:
                if isinstance(path, str | Path) and os.path.realpath(path) in mine:
                    raise PermissionError(13, "the file is open (WinError 32)", str(path))
            return call(*paths, **options)

        return checked

    for name in ("rename", "replace", "unlink", "remove"):
        monkeypatch.setattr(os, name, refusing(getattr(os, name)))
