"""Read the user's own defaults: `emoapp.toml` in the platform's folder for settings.

A table for each command, with its long options as keys:

    [live]
    detector = "haar"
    size = "1280x720"
    mirror = false

Flags are true or false, options of several values lists: `blocks = [2, 3, 3]`. Another table has
the limits beyond which a face gets no label (see `emoapp.limits.Limits`):

    [limits]
    brightness = 30

Above all tables may stand the language of all commands: `language = "de"`.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

from emoapp.cli.commands import COMMANDS, load_command
from emoapp.cli.defaults import converted
from emoapp.cli.language import KEY
from emoapp.cli.limits import words_from_table
from emoapp.cli.renamed import RENAMED_OPTIONS, renamed
from emoapp.errors import UsageError
from emoapp.utils.language import LANGUAGES

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

VARIABLE = "EMOAPP_CONFIG"

LIMITS_TABLE = "limits"

BACKSLASH_HINT = r"a path with backslashes needs single quotes: 'C:\Users\Ada'"

_BACKSLASH = re.compile(r'^[^#\n]*"[^"\n]*\\[^"\n]*"', re.M)
"""A backslash between double quotes, which begins an escape in TOML."""


def settings_path() -> Path:
    """Return the path of the settings file, which need not exist.

    Returns:
        What the variable EMOAPP_CONFIG says, or a path in the platform's folder for settings.
    """
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    import platformdirs

    return Path(platformdirs.user_config_dir("emoapp", appauthor=False)) / "emoapp.toml"


def read_settings(path: Path) -> dict[str, Any]:
    """Read the tables of a settings file.

    Args:
        path: The file.

    Returns:
        Table -> key -> value, and the language; empty where there is no file.

    Raises:
        UsageError: The file cannot be read; the message names it.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # Windows' editor may put a mark in front
        content = tomllib.loads(text)
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise UsageError(f"{path}: the settings cannot be read ({exc.strerror})") from exc
    except UnicodeDecodeError as exc:
        raise UsageError(f"{path}: not a settings file: save it as UTF-8 ({exc})") from exc
    except tomllib.TOMLDecodeError as exc:
        hint = f"; {BACKSLASH_HINT}" if _BACKSLASH.search(text) else ""
        raise UsageError(f"{path}: not a settings file ({exc}){hint}") from exc
    for name, table in content.items():
        if not isinstance(table, dict) and name != KEY:
            raise UsageError(f"{path}: {name} stands outside of a table; begin with [live], say")
    return content


def language_in(path: Path, command: str) -> str | None:
    """Return the language that a settings file names, however wrong the rest of it may be.

    Args:
        path: The file, which need not exist.
        command: The command that is to speak it; another word for none.

    Returns:
        The language; None where it names none that is known.
    """
    try:
        content = read_settings(path)
    except UsageError:
        return None
    table = content.get(command)
    own = table.get(KEY) if isinstance(table, dict) else None
    return next((code for code in (own, content.get(KEY)) if code in list(LANGUAGES)), None)


def read_defaults(path: Path) -> dict[str, dict[str, Any]]:
    """Read the defaults of all commands from a settings file, and check all of it.

    Args:
        path: The file.

    Returns:
        Command -> parameter -> value: what click calls a default map.

    Raises:
        UsageError: The file cannot be read, or something in it is wrong; the message says where.
    """
    defaults: dict[str, dict[str, Any]] = {name: {} for name in COMMANDS}
    for name, table in read_settings(path).items():
        where = f"{path}, [{name}]"
        if name == KEY:
            if not isinstance(table, str) or table not in LANGUAGES:
                known = ", ".join(LANGUAGES)
                raise UsageError(f"{path}, {KEY}: expected one of {known}, found {table}")
            for values in defaults.values():
                values[KEY] = table
            continue
        if name == LIMITS_TABLE:
            try:
                words = words_from_table(table)
            except ValueError as exc:
                raise UsageError(f"{where}: {exc}") from exc
            # Commands without limits ignore it.
            for values in defaults.values():
                values["limits"] = words
            continue
        if name not in COMMANDS:
            raise UsageError(f"{path}: there is no command {name}; known are {', '.join(COMMANDS)}")
        names = RENAMED_OPTIONS.get(name, {})
        current = {renamed(key, names, "option"): value for key, value in table.items()}
        defaults[name].update(converted(load_command(name), current, where))
    return defaults
