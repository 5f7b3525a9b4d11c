"""Windows as Windows and macOS make them: fakes of OpenCV's functions."""

from __future__ import annotations

import ctypes
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from support.desks import Desktop, pretend

from emoapp.app.live.messages import Messages
from emoapp.overlay import Overlay
from emoapp.platforms.windows import screen_wh
from emoapp.sinks.window import BACKGROUND, FIRST_WH, STAND_POLLS, Window

WIDE = np.full((180, 320, 3), 200, np.uint8)


def showing(title: str, picture: np.ndarray) -> Window:
    window = Window(title)
    window.show(picture)
    return window


def test_minimizing_on_macos_does_not_end_the_program(monkeypatch):
    pretend(monkeypatch, "macos")
    desktop = Desktop(monkeypatch)
    window = showing("emoapp", WIDE)
    desktop.visible = 0.0
    assert not window.closed
    pretend(monkeypatch, "windows")
    assert window.closed


def test_macos_says_how_to_quit_where_there_is_no_button(monkeypatch):
    said = []
    monkeypatch.setattr(Overlay, "notify", lambda self, text, **_: said.append(text))
    for system in ("macos", "windows"):
        pretend(monkeypatch, system)
        messages = Messages()
        messages.hint()
        messages.show(Overlay(()))
    assert "q or Esc" in said[0] and said[1] == "h: keys"


def test_full_screen_on_macos_has_the_size_of_the_screen(monkeypatch):
    pretend(monkeypatch, "macos")
    graphics = SimpleNamespace(
        CGMainDisplayID=lambda: 7,
        CGDisplayPixelsWide=lambda display: 1512 if display == 7 else 0,
        CGDisplayPixelsHigh=lambda display: 982,
    )
    monkeypatch.setattr(ctypes, "CDLL", lambda path: graphics)
    Desktop(monkeypatch)
    window = showing("emoapp", WIDE)
    assert window.fit((320, 180)) == FIRST_WH
    window.toggle_full_screen()
    assert window.fit((320, 180)) == (1512, 850)
    window.toggle_full_screen()
    assert window.fit((320, 180)) == FIRST_WH

    def missing(path):
        raise OSError(path)

    monkeypatch.setattr(ctypes, "CDLL", missing)
    assert screen_wh() is None


def test_another_shape_on_macos_is_not_squeezed(monkeypatch):
    """OpenCV says the picture's size there: margins would be squeezed into the new window."""
    pretend(monkeypatch, "macos")
    desktop = Desktop(monkeypatch)
    window = showing("emoapp", WIDE)
    size_wh = window.fit((400, 300))
    assert desktop.sizes[-1] == size_wh == (960, 720)
    window.show(np.full((720, 960, 3), 200, np.uint8))
    assert desktop.shown[-1].shape == (720, 960, 3)


def test_windows_gets_a_picture_of_the_windows_own_shape_and_clicks_are_shifted(monkeypatch):
    """The Win32 window stretches whatever it is given."""
    pretend(monkeypatch, "windows")
    desktop = Desktop(monkeypatch, room_wh=(1000, 800))
    window = showing("emoapp", WIDE)
    size_wh = window.fit((320, 180))
    assert size_wh == (1000, 562)
    window.show(np.full((562, 1000, 3), 200, np.uint8))
    shown = desktop.shown[-1]
    assert shown.shape == (800, 1000, 3)
    assert (shown[0] == BACKGROUND).all() and (shown[400] == 200).all()
    desktop.mouse(cv2.EVENT_LBUTTONDOWN, 10, 119 + 5, 0, None)
    assert window.clicked() == (10, 5)


@pytest.mark.parametrize("system", ["macos", "windows"])
def test_one_look_at_the_keys_a_frame(monkeypatch, system, demo):
    """Each sleeps 10 ms on macOS."""
    from emoapp.app.live import run_live
    from emoapp.config import LiveConfig

    pretend(monkeypatch, system)
    desktop = Desktop(monkeypatch, room_wh=None if system == "macos" else FIRST_WH)
    numbers = run_live(LiveConfig(source=str(demo), loop=True, max_frames=40))
    assert numbers["frames"]["shown"] == 40
    # One for each picture, those before the first result too, and those of the opening window.
    assert desktop.polls <= len(desktop.shown) + STAND_POLLS
