"""Which language a command speaks: what its words say, the settings file, or the platform."""

from __future__ import annotations

from collections.abc import Sequence

from emoapp.cli.commands import COMMANDS
from emoapp.errors import UsageError
from emoapp.utils.language import LANGUAGES, platform_language, use

OPTION = "--language"
KEY = "language"
"""Of the settings file, where it stands above all tables."""


def choose_language(words: Sequence[str], settings: str | None = None) -> list[str]:
    """Use a language from now on.

    It is looked for before the words are parsed, because what is said of them is in it too.

    Args:
        words: The words of the command line.
        settings: The language that the settings file names; None for none.

    Returns:
        The words, with the option behind the command.

    Raises:
        UsageError: That option has no language that is known.
    """
    asked = _asked_for(words)
    use(asked if asked in LANGUAGES else settings or platform_language())
    rest = list(words)
    if rest and rest[0].partition("=")[0] == OPTION:
        if asked not in LANGUAGES:
            raise UsageError(f"{OPTION}: expected one of {', '.join(LANGUAGES)}, found {asked}")
        del rest[: 1 if "=" in rest[0] else 2]
        if rest[:1] and rest[0] in COMMANDS:
            rest[1:1] = [OPTION, asked]
        elif rest[:1] not in (["--help"], ["-h"], ["--version"]):
            rest += [OPTION, asked]
    return rest


def _asked_for(words: Sequence[str]) -> str:
    """Return the last word behind the option; "" for none."""
    found = ""
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if word == "--":
            break
        if name == OPTION:
            found = value if equals else "".join(words[number + 1 : number + 2])
    return found
