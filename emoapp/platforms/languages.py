"""The user's languages, where the environment does not name any."""

from __future__ import annotations

from emoapp import platforms
from emoapp.platforms import Fact

FACTS = (
    Fact(
        "windows",
        "The language is no variable of the environment: the system is asked.",
        "always",
        "Microsoft, GetUserDefaultUILanguage",
    ),
    Fact(
        "macos",
        "Programs that are not started from a terminal get no `LANG`; the languages are in the "
        "user's preferences.",
        "always",
        "Apple, AppleLanguages",
    ),
)


def preferred_languages() -> list[str]:
    """Return the user's languages, best first, such as "de_CH" or "zh-Hans"; may be empty."""
    try:
        if platforms.system() == "windows":
            import ctypes
            import locale

            number = ctypes.windll.kernel32.GetUserDefaultUILanguage()  # type: ignore[attr-defined]
            return [locale.windows_locale.get(number, "")]
        if platforms.system() == "macos":
            import plistlib
            from pathlib import Path

            file = Path.home() / "Library/Preferences/.GlobalPreferences.plist"
            return list(map(str, plistlib.loads(file.read_bytes()).get("AppleLanguages", ())))
    except Exception:  # no language is worth an error
        pass
    return []
