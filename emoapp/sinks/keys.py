"""Translate the key codes of OpenCV's windows into names."""

from __future__ import annotations

_CONTROL_CHARACTERS = {27: "esc", 13: "enter", 10: "enter", 32: "space", 9: "tab", 8: "backspace"}

_X11_ORDER = ("home", "left", "up", "right", "down", "page up", "page down", "end")
_WINDOWS_ORDER = ("page up", "page down", "end", "home", "left", "up", "right", "down")
_SPECIAL_KEYS = {
    **{0xFF50 + n: name for n, name in enumerate(_X11_ORDER)},
    **{0xFF95 + n: name for n, name in enumerate(_X11_ORDER)},  # on the number pad
    **{0x21 + n << 16: name for n, name in enumerate(_WINDOWS_ORDER)},
    **{0xF700: "up", 0xF701: "down", 0xF702: "left", 0xF703: "right"},  # macOS
    **{0xF729: "home", 0xF72B: "end", 0xF72C: "page up", 0xF72D: "page down"},
}
"""Keys without a character. The last byte of each code is also that of a letter: taken for it, the
left arrow would quit."""


def key_name(code: int) -> str | None:
    """Return the name of a key.

    Args:
        code: From `cv2.pollKey`; negative for no key.

    Returns:
        "esc", "enter", "space", "tab", "backspace", "left", "right", "up", "down", "home", "end",
        "page up", "page down", or one lower-case letter, digit or sign; None for no key and for
        any other key.
    """
    if code < 0:
        return None
    if code not in _SPECIAL_KEYS:
        code &= 0xFFFF  # some systems set higher bits when Num Lock is on
    if code > 0xFF:
        return _SPECIAL_KEYS.get(code)
    # Lower case only: Caps Lock left on must not keep "q" from working.
    return _CONTROL_CHARACTERS.get(code) or (chr(code).lower() if 32 < code < 127 else None)
