"""The user's own defaults: `emoapp.toml` in the platform's folder for settings.

A table for each command, with its long options as keys:

    [live]
    detector = "haar"
    size = "1280x720"
    mirror = false

Flags are true or false, options of several values lists: `blocks = [2, 3, 3]`. Another table has
the limits beyond which a face gets no label (see `emoapp.limits.Limits`):

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

from emoapp.cli.flags import Flag
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

# "--no-demo", "--no-companion": in a file that is `demo = false`.
_UNDOING = (argparse._StoreFalseAction, argparse._StoreConstAction)


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

    Raises UsageError for a key that is no option, for a value that the option does not take, and
    for two keys of which the command line would take one.
    """
    known = options(parser)
    keys: list[tuple[str, argparse.Action, bool]] = []
    for key, value in table.items():
        name = key.replace("_", "-")
        action = known.get(name)
        if action is None:
            raise UsageError(f"{where}: there is no option {key}; {_instead(key, known)}")
        converted = _converted(action, name, value, f"{where}, {key}")
        # A flag that is off excludes nothing.
        keys.append((key, action, action.nargs != 0 or converted))
        _check_exclusive(parser, keys, where)
        for one in parser._actions:
            # Those without a default are other words for the same, such as --camera for --source.
            # With one, argparse would take "clip.mp4" for a camera's name.
            if one.dest == action.dest and one.default is not argparse.SUPPRESS:
                one.default = converted
        # What the file says need not be said again.
        action.required = False


def _instead(key: str, known: Iterable[str]) -> str:
    if key == "limit":
        return f"limits stand in the table [{LIMITS_TABLE}]"
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _check_exclusive(
    parser: argparse.ArgumentParser, keys: list[tuple[str, argparse.Action, bool]], where: str
) -> None:
    """Raise UsageError where the last of the keys excludes another, or is it by another name."""
    groups = [group._group_actions for group in parser._mutually_exclusive_groups]
    *others, (key, action, on) = keys
    for other_key, other, other_on in others:
        exclusive = any(action in group and other in group for group in groups)
        if (exclusive and on and other_on) or other.dest == action.dest:
            raise UsageError(f"{where}: {other_key} and {key} exclude each other; leave one out")


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
    """Long name without dashes -> option, of those that a settings file may set.

    A flag is there under its name and under its opposite's.
    """
    found = {}
    for action in parser._actions:
        if action.dest in _NO_OPTIONS or type(action) in _UNDOING:
            continue
        for name in action.option_strings:
            if name.startswith("--"):
                found[name.removeprefix("--")] = action
    return found


def _converted(action: argparse.Action, name: str, value: Any, where: str) -> Any:
    """What the command line would make of the value that a file gives the option `name`."""
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise UsageError(f"{where}: expected true or false, found {_shown(value)}")
        return value != (isinstance(action, Flag) and f"--{name}" == action.opposite)
    if action.nargs == "?" and isinstance(value, bool):
        # The option without a word, or not at all.
        return action.const if value else action.default
    if action.nargs in (None, "?"):
        return _one(action, value, where)
    count = action.nargs if isinstance(action.nargs, int) else None
    if not isinstance(value, list) or (len(value) != count if count else not value):
        raise UsageError(
            f"{where}: expected a list of {count or 'one or more'} values, "
            f"such as {_example(action, count)}; found {_shown(value)}"
        )
    return [_one(action, item, where) for item in value]


def _one(action: argparse.Action, value: Any, where: str) -> Any:
    """A single value: text, or a number, which is as good as its digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{where}: expected a text or a number, found {_shown(value)}")
    text = str(value)
    if action.choices is not None and text not in action.choices:
        raise UsageError(f"{where}: expected one of {', '.join(action.choices)}, found {text}")
    if action.type is None:
        return text
    try:
        return action.type(text)
    except (ValueError, argparse.ArgumentTypeError) as exc:
        raise UsageError(f"{where}: {exc}") from exc


def _shown(value: Any) -> str:
    """A value of a settings file as it stands there, for values that stand in one line."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _example(action: argparse.Action, count: int | None) -> str:
    if isinstance(action.default, list | tuple) and action.default:
        return str(list(action.default))
    return str(["..."] * (count or 1))
