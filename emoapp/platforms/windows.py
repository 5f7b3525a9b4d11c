"""What OpenCV's windows tell of themselves."""

from __future__ import annotations

from emoapp import platforms
from emoapp.platforms import Fact

FACTS = (
    Fact(
        "macos",
        "`WND_PROP_VISIBLE` is false for a minimized window too; the window has no close button.",
        "OpenCV 4.7",
        "opencv#22601",
    ),
    Fact(
        "macos",
        "`getWindowImageRect` has the size of the picture that was shown, not of the window, which "
        "scales the picture and the mouse's position.",
        "always",
        "OpenCV, window_cocoa.mm",
    ),
    Fact("macos", "`pollKey` sleeps 10 ms for each call.", "OpenCV 4.5", "OpenCV, window_cocoa.mm"),
    Fact(
        "windows",
        "The window stretches pictures to its shape: `WINDOW_KEEPRATIO` does nothing.",
        "always",
        "opencv#19457",
    ),
    Fact(
        "linux",
        "The wheels' Qt knows X11 only; a Wayland desktop shows its windows through XWayland.",
        "OpenCV 4",
        "opencv-python, CMake options of its wheels",
    ),
)


def can_be_closed() -> bool:
    """Return whether an invisible window is one that the user has closed."""
    return platforms.system() != "macos"


def tells_size() -> bool:
    """Return whether OpenCV says how large the inside of a window is."""
    return platforms.system() != "macos"


def needs_x11() -> bool:
    """Return whether windows need an X server."""
    return platforms.system() == "linux"


def quit_hint() -> str:
    """Return how to end the program, where the window has no button for it; "" elsewhere."""
    return "q or Esc: quit" if platforms.system() == "macos" else ""


def screen_wh() -> tuple[int, int] | None:
    """Return the (width, height) of the main screen in points on macOS; None elsewhere."""
    if platforms.system() != "macos":
        return None
    import ctypes

    try:
        graphics = ctypes.CDLL("/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics")
        display = graphics.CGMainDisplayID()
        width, height = (
            int(measure(display))
            for measure in (graphics.CGDisplayPixelsWide, graphics.CGDisplayPixelsHigh)
        )
    except (OSError, AttributeError):
        return None
    return (width, height) if width > 0 and height > 0 else None
