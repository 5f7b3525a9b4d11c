"""The menu of programs: where its entries are, or how one is made by hand."""

from __future__ import annotations

from emoapp import platforms
from emoapp.platforms import Fact

FACTS = (
    Fact(
        "linux",
        "Menus list the entries in `applications` and show icons of the theme `hicolor`, both "
        "under `XDG_DATA_HOME`.",
        "always",
        "freedesktop.org, Desktop Entry and Icon Theme Specifications",
    ),
)

_BY_HAND = {
    "windows": (
        "`emoapp desktop` is for Linux. On Windows, make a shortcut by hand: run `where emoapp` "
        "for the program's path, right-click the desktop, New, Shortcut, and enter that path "
        "followed by `live`."
    ),
    "macos": (
        "`emoapp desktop` is for Linux. On macOS, make one by hand: run `which emoapp` for the "
        "program's path, open Automator, New Document, Application, Run Shell Script, enter that "
        "path followed by `live`, and save it under Applications."
    ),
}


def how_by_hand() -> str:
    """Return why emoapp makes no entry here, and how to make one by hand; "" where it makes it."""
    return _BY_HAND.get(platforms.system(), "")
