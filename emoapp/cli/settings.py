"""The user's own defaults: `emoapp.toml` in the platform's folder for settings.

A table for each command, with its long options as keys:

    [live]
    detector = "haar"
    size = "1280x720"
    mirror = false

and one for the limits beyond which a face gets no label (see `emoapp.limits.Limits`):

    [limits]
    brightness = 30
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from emoapp.cli.limits import changed
from emoapp.errors import UsageError
from emoapp.limits import Limits

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

VARIABLE = "EMOAPP_CONFIG"

LIMITS_TABLE = "limits"

# The limits have a table of their own.
_NO_OPTIONS = ("help", "limits")


def settings_path() -> Path:
    """Where the file is looked for: the variable EMOAPP_CONFIG, or the platform's folder."""
    if os.environ.get(VARIABLE):
        return Path(os.environ[VARIABLE])
    import platformdirs

    return Path(platformdirs.user_config_dir("emoapp", appauthor=False)) / "emoapp.toml"


def read_settings(path: Path) -> dict[str, dict[str, Any]]:
    """Command -> option -> value; empty where there is no file.

    Raises UsageError, naming the file, where it can't be read.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as exc:
        raise UsageError(f"{path}: the settings cannot be read ({exc.strerror})") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise UsageError(f"{path}: not a settings file ({exc})") from exc
    for name, table in content.items():
        if not isinstance(table, dict):
            raise UsageError(f"{path}: {name} stands outside of a table; begin with [live], say")
    return content


def apply_settings(parser: argparse.ArgumentParser, table: dict[str, Any], where: str) -> None:
    """Make the values of `table` the parser's defaults.

    where: for messages, such as "emoapp.toml, [live]".

    Raises UsageError for a key that is no option and for a value that the option does not take.
    """
    known = options(parser)
    for key, value in table.items():
        action = known.get(key.replace("_", "-"))
        if action is None:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
            raise UsageError(f"{where}: there is no option {key}; {hint}")
        parser.set_defaults(**{action.dest: _converted(action, value, f"{where}, {key}")})


def apply_limits(
    parsers: Iterable[argparse.ArgumentParser], table: dict[str, Any], where: str
) -> None:
    """Make the values of the table of limits the defaults of every parser that knows limits.

    Raises UsageError for an unknown name and for a value that is no number.
    """
    try:
        limits = changed(Limits(), table)
    except ValueError as exc:
        raise UsageError(f"{where}: {exc}") from exc
    for parser in parsers:
        if parser.get_default("limits") is not None:
            parser.set_defaults(limits=limits)


def options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """Long name without dashes -> option, of those that a settings file may set."""
    found = {}
    for action in parser._actions:
        long = [name for name in action.option_strings if name.startswith("--")]
        if long and action.dest not in _NO_OPTIONS and not action.required:
            # The first is the plain one: "--mirror" before "--no-mirror".
            found[long[0].removeprefix("--")] = action
    return found


def _converted(action: argparse.Action, value: Any, where: str) -> Any:
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise UsageError(f"{where}: expected true or false, found {value!r}")
        return value
    text = str(value)
    if action.choices is not None and text not in action.choices:
        raise UsageError(f"{where}: expected one of {', '.join(action.choices)}, found {text}")
    if action.type is None:
        return text
    try:
        return action.type(text)
    except (ValueError, argparse.ArgumentTypeError) as exc:
        raise UsageError(f"{where}: {exc}") from exc
