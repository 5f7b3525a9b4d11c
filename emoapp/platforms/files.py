"""Names of files, and files that are open."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

from emoapp import platforms
from emoapp.platforms import Fact

FACTS = (
    Fact(
        "windows",
        'Names cannot hold < > : " / \\ | ? * or control characters, end with a dot or a space, or '
        "be those of devices: CON, NUL, COM1, LPT1 and others, with any suffix.",
        "always",
        "Microsoft, Naming Files, Paths, and Namespaces",
    ),
    Fact(
        "windows",
        "Names that differ by case only are the same file.",
        "always",
        "Microsoft, Naming Files, Paths, and Namespaces",
    ),
    Fact(
        "macos",
        "Names that differ by case, or by the Unicode form of an accent, only are the same file.",
        "always",
        "Apple, File System Programming Guide (APFS as it is formatted by default)",
    ),
    Fact(
        "windows",
        "A file that is open can be neither renamed nor replaced nor removed.",
        "always",
        "Python, os.replace (PermissionError: WinError 32)",
    ),
)

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\..*)?", re.I)


def safe_name(name: str) -> str:
    """Return the name of a file that the system takes.

    Args:
        name: Without folders, from something that is no file here: an address, say.

    Returns:
        `name` itself where the system takes it; on Windows, with what it forbids replaced.
    """
    if platforms.system() != "windows":
        return name
    name = _FORBIDDEN.sub("_", name)
    name = re.sub(r"[. ]+$", lambda end: "_" * len(end[0]), name)
    return f"_{name}" if _DEVICE.fullmatch(name) else name


def identity(path: str | os.PathLike[str]) -> str:
    """Return what two paths have in common that the system takes for the same, by their letters.

    Args:
        path: The path, which need not exist.
    """
    text = os.fspath(path)
    system = platforms.system()
    if system == "macos":
        return unicodedata.normalize("NFC", text).casefold()
    return os.path.normcase(text).lower() if system == "windows" else text


def can_rename_open() -> bool:
    """Return whether files that are open can be renamed and replaced."""
    return platforms.system() != "windows"


def same_name(paths: list[Path]) -> bool:
    """Return whether two of these paths are the same file.

    Args:
        paths: The paths, which need not exist.
    """
    return len({identity(path) for path in paths}) < len(paths)
