"""The window on a real screen, and what is said where there is none."""

from __future__ import annotations

import sys

import cv2
import pytest
from support.programs import run_python

from emoapp.errors import NoScreenError
from emoapp.sinks.screen import connect, prepare_screen

_KEY = """
import subprocess, time
from emoapp.sinks import open_window
from support.pictures import picture
window = open_window("a test")
assert window.poll() is None and not window.closed
pressed, deadline = [], time.monotonic() + 20
window.show(picture(0))
window.poll()
found = subprocess.check_output(["xdotool", "search", "--sync", "--name", "a test"])
# With no window manager, keys go to the window under the mouse.
subprocess.run(["xdotool", "mousemove", "--window", found.split()[0], "50", "50"], check=True)
for name in ("q", "Escape", "space"):
    key = None
    while key is None and time.monotonic() < deadline:
        subprocess.run(["xdotool", "key", name], check=True)
        again = time.monotonic() + 1
        while key is None and time.monotonic() < again:
            window.show(picture(0))
            key = window.poll()
    pressed.append(key)
print(*pressed)
assert not window.closed
window.close()
window.close()
assert window.closed
window.show(picture(0))
"""


def test_window_shows_and_hears_keys_and_says_nothing_else(screen):
    ran = run_python(_KEY, DISPLAY=screen, QT_QPA_FONTDIR="/nowhere", XDG_SESSION_TYPE="wayland")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("q esc space\n", "", 0)


def test_a_window_opens_in_a_program_that_also_decodes_video(screen):
    """With PyAV loaded before OpenCV 4.13 or newer it would hang for ever."""
    code = (
        "import emoapp.sources.video_file, emoapp.sinks.recorder; from emoapp.sinks import *;"
        "window = open_window('a test'); window.stand(); print(window.closed); window.close()"
    )
    assert run_python(code, DISPLAY=screen).stdout == "False\n"


_TOLD = """
import subprocess, sys
from emoapp.sinks import open_window
from support.pictures import picture
window = open_window("a test")
window.stand()
screen = window._screen
code = "import os; from emoapp.sinks.screen import connect; "
code += "print(connect(os.environ['DISPLAY']).tell_visible('a test'))"
other = subprocess.check_output([sys.executable, "-c", code], text=True).strip()
print(screen.tell_visible("a test"), screen.tell_visible("another"), other)
for _ in range(5):
    window.show(picture(0))
    window.poll()
print(window.closed)
window.close()
"""


def test_only_the_programs_own_window_is_told_again_that_it_is_visible(screen):
    """Qt misses that in some starts on a busy machine; a window that hears it twice goes on."""
    ran = run_python(_TOLD, DISPLAY=screen)
    assert (ran.stdout.split(), ran.stderr) == (["True", "False", "False", "False"], "")


_SMALL = """
from emoapp.sinks import open_window
window = open_window("a test")
window.stand()
print(*window.fit((1280, 720)), *window.fit((640, 480)))
window.close()
"""


@pytest.mark.skipif(
    tuple(map(int, cv2.__version__.split(".")[:2])) < (4, 12),
    reason="earlier releases tell the size of the picture, and not of the window",
)
def test_a_window_fits_into_a_small_screen(small_screen):
    assert run_python(_SMALL, DISPLAY=small_screen).stdout == "800 450 800 600\n"


_CROSS = """
import ctypes, subprocess, time
from emoapp.sinks import open_window
from support.pictures import picture
window = open_window("a test")
window.show(picture(0))
window.poll()
found = subprocess.check_output(["xdotool", "search", "--sync", "--name", "a test"])

class Message(ctypes.Structure):  # XClientMessageEvent
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("kind", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("rest", ctypes.c_long * 24)]

x11 = ctypes.CDLL("libX11.so.6")
x11.XOpenDisplay.restype, x11.XInternAtom.restype = ctypes.c_void_p, ctypes.c_ulong
display = ctypes.c_void_p(x11.XOpenDisplay(None))
message = Message(type=33, window=int(found.split()[0]), format=32)
message.kind = x11.XInternAtom(display, b"WM_PROTOCOLS", 0)
message.data[0] = x11.XInternAtom(display, b"WM_DELETE_WINDOW", 0)
x11.XSendEvent(display, ctypes.c_ulong(message.window), 0, 0, ctypes.byref(message))
x11.XFlush(display)
deadline = time.monotonic() + 20
while not window.closed and time.monotonic() < deadline:
    window.show(picture(0))
    window.poll()
window.show(picture(0))
print(window.closed, window.poll())
window.close()
"""


def test_a_window_that_would_hang_is_refused(screen):
    code = "import av, cv2; from emoapp.sinks.screen import prepare_screen; prepare_screen()"
    ran = run_python(code, DISPLAY=screen)
    hangs = tuple(map(int, cv2.__version__.split(".")[:2])) >= (4, 13)
    assert ("imported av before cv2" in ran.stderr) == hangs == (ran.returncode != 0)


def test_window_closed_by_its_cross_stays_closed(screen):
    ran = run_python(_CROSS, DISPLAY=screen)
    if "libX11" in ran.stderr:
        pytest.skip("needs libX11.so.6")
    assert (ran.stdout, ran.stderr, ran.returncode) == ("True None\n", "", 0)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is Linux's")
@pytest.mark.parametrize(
    ("display", "says"),
    [
        ("", "DISPLAY is not set"),
        (":4321", "cannot be used"),
        ("127.0.0.1:4321", "cannot be used"),
        ("nonsense", "names no screen"),
    ],
)
def test_no_screen_says_so(monkeypatch, display, says):
    monkeypatch.setenv("DISPLAY", display)
    with pytest.raises(NoScreenError, match=says) as error:
        prepare_screen()
    assert "--no-window" in str(error.value)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Wayland is Linux's")
def test_wayland_without_x_says_what_to_install(monkeypatch):
    """OpenCV's wheels hold Qt's X11 alone: left to itself, it ends the program by SIGABRT."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with pytest.raises(NoScreenError, match="install the package xwayland.*--no-window"):
        prepare_screen()


def test_the_screen_answers(screen):
    for name in (screen, screen + ".0", "unix" + screen):
        # Xvfb starts anew each time its only visitor leaves: the next one has to wait for it.
        connect(name).close()
