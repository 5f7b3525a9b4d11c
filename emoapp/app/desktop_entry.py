"""Put the program into the menus of Linux desktops, and take it out again.

The files follow freedesktop.org's Desktop Entry Specification 1.4 and Icon Theme
Specification 0.13, and are the user's own.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import partial
from pathlib import Path

import platformdirs

from emoapp.errors import SinkError
from emoapp.utils.files import write_whole
from emoapp.utils.resources import ASSETS

ICON = ASSETS / "emoapp.png"
"""256 x 256 pixels."""

# Without StartupWMClass: the windows of OpenCV's Qt have no class.
ENTRY = ASSETS / "emoapp.desktop"
"""The entry, but for the words that start the program."""


def install() -> list[Path]:
    """Write the entry and its icon; those of an earlier installation are replaced.

    Returns:
        The files.

    Raises:
        SinkError: One cannot be written.
    """
    entry, icon = _files()
    words = program()
    command = " ".join(map(_quoted, words))
    text = ENTRY.read_text("utf-8").format(program=_escaped(words[0]), command=command)
    try:
        for path, content in ((icon, ICON.read_bytes()), (entry, os.fsencode(text))):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, partial(Path.write_bytes, data=content))
    except OSError as exc:
        raise SinkError(
            f"{exc.filename} cannot be written: {exc.strerror}. Set XDG_DATA_HOME to a folder that "
            "can be written."
        ) from exc
    return [entry, icon]


def remove() -> list[Path]:
    """Delete the entry and its icon.

    Returns:
        The files that were there.

    Raises:
        SinkError: One cannot be deleted.
    """
    there = [path for path in _files() if os.path.lexists(path)]
    try:
        for path in there:
            path.unlink()
    except OSError as exc:
        raise SinkError(
            f"{exc.filename} cannot be deleted: {exc.strerror}. Set XDG_DATA_HOME to a folder that "
            "can be written."
        ) from exc
    return there


def program() -> list[str]:
    """Return the words that start this installation of the program from anywhere.

    The name by which it was called comes first: pipx and uv keep a link of that name when they
    install another version.
    """
    if getattr(sys, "frozen", False):
        return [sys.executable]
    schemes = (sysconfig.get_default_scheme(), sysconfig.get_preferred_scheme("user"))
    scripts = [os.path.join(sysconfig.get_path("scripts", scheme), "emoapp") for scheme in schemes]
    for script in (os.path.abspath(sys.argv[0]), *scripts):
        if os.path.basename(script) == "emoapp" and os.access(script, os.X_OK):
            return [script]
    return [sys.executable, "-m", "emoapp"]


def _files() -> tuple[Path, Path]:
    """Return the paths of the entry and of its icon."""
    data = platformdirs.user_data_path()
    return (
        data / "applications" / "emoapp.desktop",
        data / "icons" / "hicolor" / "256x256" / "apps" / "emoapp.png",
    )


def _escaped(text: str) -> str:
    """Return a value of type string."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")


def _quoted(word: str) -> str:
    """Return a word of a command line, which is quoted first and then escaped as any value."""
    for special in '\\"`$':
        word = word.replace(special, f"\\{special}")
    return _escaped(f'"{word}"').replace("%", "%%")
