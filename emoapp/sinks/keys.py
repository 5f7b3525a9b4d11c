"""Names for the keys that a window gets, out of the numbers that OpenCV gives them."""

from __future__ import annotations

_LETTERLESS = {27: "esc", 13: "enter", 10: "enter", 32: "space", 9: "tab", 8: "backspace"}

_X11 = ("home", "left", "up", "right", "down", "page up", "page down", "end")
_WINDOWS = ("page up", "page down", "end", "home", "left", "up", "right", "down")
_FAR = {
    **{0xFF50 + n: name for n, name in enumerate(_X11)},
    **{0xFF95 + n: name for n, name in enumerate(_X11)},  # on the number pad
    **{0x21 + n << 16: name for n, name in enumerate(_WINDOWS)},
    **{0xF700: "up", 0xF701: "down", 0xF702: "left", 0xF703: "right"},  # macOS
    **{0xF729: "home", 0xF72B: "end", 0xF72C: "page up", 0xF72D: "page down"},
}
"""Keys without a character. The last byte of their numbers is some letter's: taken for that, an
arrow to the left would quit."""


def key_name(code: int) -> str | None:
    """Return the name of a key, or None for no key and for one that has no name here.

    code: from `cv2.pollKey`; below 0 for no key.

    "esc", "enter", "space", "tab", "backspace", "left", "right", "up", "down", "home", "end",
    "page up", "page down", or one small letter, digit or sign.
    """
    if code < 0:
        return None
    if code not in _FAR:
        code &= 0xFFFF  # some systems say above it that Num Lock is on
    if code > 0xFF:
        return _FAR.get(code)
    # Small letters only: a forgotten Caps Lock must not keep "q" from working.
    return _LETTERLESS.get(code) or (chr(code).lower() if 32 < code < 127 else None)
