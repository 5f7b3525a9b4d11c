"""Check the values of a settings file against the options of a command, and convert them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import click

from emoapp.cli.options import Option
from emoapp.errors import UsageError

# They have a table of their own.
_LIMITS_OPTION = "limit"


def converted(command: click.Command, table: dict[str, Any], where: str) -> dict[str, Any]:
    """Return what the command line would make of the values of a table.

    Args:
        command: The command whose table it is.
        table: Key -> value.
        where: Names the table in messages, such as "emoapp.toml, [live]".

    Returns:
        Parameter -> value.

    Raises:
        UsageError: A key is no option, an option does not take its value, or the command line
            would take one of two keys only.
    """
    known = settable_options(command)
    keys: list[tuple[str, Option, bool]] = []
    values = {}
    for key, value in table.items():
        name = key.replace("_", "-")
        option = known.get(name)
        if option is None:
            raise UsageError(f"{where}: there is no option {key}; {_instead(key, known)}")
        value = _converted(option, name, value, f"{where}, {key}")
        # A flag that is off excludes nothing.
        keys.append((key, option, not option.is_flag or value))
        _check_exclusive(keys, where)
        values[option.target] = value
    return values


def settable_options(command: click.Command) -> dict[str, Option]:
    """Return the options of a command that a settings file may set.

    Args:
        command: The command.

    Returns:
        Long name without hyphens -> option. A flag is there under its name and its opposite's.
    """
    return {
        name.removeprefix("--"): option
        for option in command.params
        if isinstance(option, Option) and f"--{_LIMITS_OPTION}" not in option.opts
        # "--no-companion": in a file that is `companion = false`.
        if not (option.is_flag and option.alias_of)
        for name in (*option.opts, *option.secondary_opts)
        if name.startswith("--")
    }


def _instead(key: str, known: Iterable[str]) -> str:
    if key == _LIMITS_OPTION:
        return "limits stand in the table [limits]"
    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"


def _check_exclusive(keys: list[tuple[str, Option, bool]], where: str) -> None:
    """Raise UsageError where the last of the keys excludes another, or is it by another name."""
    *others, (key, option, on) = keys
    for other_key, other, other_on in others:
        exclusive = bool(option.exclusive) and option.exclusive == other.exclusive
        if (exclusive and on and other_on) or option.target == other.target:
            raise UsageError(f"{where}: {other_key} and {key} exclude each other; leave one out")


def _converted(option: Option, name: str, value: Any, where: str) -> Any:
    """Return what the command line would make of the value that a file gives the option `name`."""
    if option.is_flag:
        if not isinstance(value, bool):
            raise UsageError(f"{where}: expected true or false, found {_shown(value)}")
        return value != (f"--{name}" in option.secondary_opts)
    if option.bare is not None and isinstance(value, bool):
        # The option without a word, or not at all.
        return option.bare if value else option.default
    if option.nargs == 1 and not option.several:
        return _one(option, value, where)
    count = None if option.several else option.nargs
    if not isinstance(value, list) or (len(value) != count if count else not value):
        raise UsageError(
            f"{where}: expected a list of {count or 'one or more'} values, "
            f"such as {_example(option, count)}; found {_shown(value)}"
        )
    return tuple(_one(option, item, where) for item in value)


def _one(option: Option, value: Any, where: str) -> Any:
    """Return a single value: text, or a number, which is as good as its digits."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UsageError(f"{where}: expected a text or a number, found {_shown(value)}")
    try:
        converted = option.type.convert(str(value), option, None)
    except click.BadParameter as exc:
        raise UsageError(f"{where}: {exc.message}") from exc
    return option.alias_value(converted) if option.alias_of else converted


def _shown(value: Any) -> str:
    """Return a value as it stands in a settings file, for values that stand in one line."""
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _example(option: Option, count: int | None) -> str:
    if isinstance(option.default, list | tuple) and option.default:
        return str(list(option.default))
    return str(["..."] * (count or 1))
