"""Normalize the words of a command line for click."""

from __future__ import annotations

import re
from collections.abc import Sequence

import click

from emoapp.cli.options import Option
from emoapp.utils.language import N_

_NEGATIVE_NUMBER = re.compile(r"-\d+$|-\d*\.\d+$")


def normalize(parameters: Sequence[click.Parameter], words: Sequence[str]) -> list[str]:
    """Rewrite the words of a command for click.

    Abbreviated options are written out, aliases replaced by their option, `--sizes 24 48` becomes
    `--sizes=24 --sizes=48`. An option is never taken for the value of another, as click would do
    with `--record --privacy`.

    Args:
        parameters: Of the command.
        words: The words behind the command's name.

    Returns:
        The rewritten words. What is wrong in a way that click notices is left as it is.

    Raises:
        click.UsageError: A value is missing, an abbreviation is ambiguous, or two of the options
            exclude each other.
    """
    options = {
        name: parameter
        for parameter in parameters
        if isinstance(parameter, Option)
        for name in (*parameter.opts, *parameter.secondary_opts)
    }
    rest, normal, used = list(words), [], []
    while rest:
        word = rest.pop(0)
        if word == "--":
            normal += [word, *rest]
            break
        name, equals, value = word.partition("=")
        name = _full_name(name, options)
        option = options.get(name)
        if option is None:
            normal.append(word)
            continue
        if option.is_flag and equals:
            raise click.UsageError(f"{name} takes no value")
        if name not in option.secondary_opts:
            used.append(option)
        if option.is_flag:
            alias = f"{option.alias_of}={option.alias_value('')}"
            normal.append(alias if option.alias_of else name)
        else:
            values = [value] if equals else _take_values(option, rest)
            normal += _spelled(option, name, values)
    _check_exclusive(used)
    return normal


def is_option(word: str) -> bool:
    """Return whether a word is an option, rather than a value.

    Args:
        word: Of a command line. Negative numbers are values, and so is what holds a space, but for
            one behind an equals sign.

    Returns:
        True for an option, known or not.
    """
    return (
        len(word) > 1
        and word.startswith("-")
        and " " not in word.partition("=")[0]
        and not _NEGATIVE_NUMBER.match(word)
    )


def _full_name(name: str, options: dict[str, Option]) -> str:
    """Write an abbreviated long option out."""
    if name in options or not name.startswith("--"):
        return name
    matches = [option for option in options if option.startswith(name)]
    if len(matches) > 1:
        raise click.UsageError(f"{name} may be any of {', '.join(matches)}")
    return matches[0] if matches else name


def _take_values(option: Option, rest: list[str]) -> list[str]:
    """Remove the option's values from the start of the rest of the words."""
    most = len(rest) if option.several else option.nargs
    count = 0
    while count < min(most, len(rest)) and not is_option(rest[count]):
        count += 1
    values = rest[:count]
    del rest[:count]
    return [option.bare] if option.bare is not None and not values else values


def _spelled(option: Option, name: str, values: list[str]) -> list[str]:
    """Write an option with its values as click takes them."""
    expected = 1 if option.several else option.nargs
    if len(values) < expected:
        wanted = N_("a value") if expected == 1 else f"{expected} values"
        found = f", found {len(values)}" if values else ""
        raise click.UsageError(f"{name}: expected {wanted}{found}")
    if option.alias_of:
        return [f"{option.alias_of}={option.alias_value(values[0])}"]
    if option.nargs > 1:
        return [option.long_name, *values]
    return [f"{option.long_name}={value}" for value in values]


def _check_exclusive(used: list[Option]) -> None:
    """Raise click.UsageError where two of the options exclude each other."""
    first: dict[str, Option] = {}
    for option in used:
        other = first.setdefault(option.exclusive, option) if option.exclusive else option
        if other is not option:
            raise click.UsageError(
                f"{other.long_name} and {option.long_name} exclude each other; leave one out"
            )
