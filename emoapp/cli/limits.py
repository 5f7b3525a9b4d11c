"""Read the limits of rejection from words: `--limit brightness=30`, `[limits]`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

import click

from emoapp.cli.renamed import RENAMED_LIMITS, renamed
from emoapp.limits import LIMITS, Limits


def limits_from_words(
    ctx: click.Context, param: click.Parameter, words: tuple[str, ...] | None
) -> Limits:
    """Return the limits in force: the callback of `--limit`.

    Args:
        ctx: The command's context, whose default map has the words of the settings file.
        param: The option.
        words: Each NAME=NUMBER; they change what the settings file says.

    Returns:
        The limits.

    Raises:
        click.BadParameter: An unknown name, or a value that is no number or below 0.
    """
    limits = Limits()
    for word in (*(ctx.lookup_default(str(param.name)) or ()), *(words or ())):
        name, _, number = word.partition("=")
        try:
            limits = changed(limits, {name: number})
        except ValueError as exc:
            raise click.BadParameter(str(exc), ctx, param) from None
    return limits


def words_from_table(table: Mapping[str, object]) -> tuple[str, ...]:
    """Return the table `[limits]` of a settings file as words of `--limit`.

    Args:
        table: Name -> number.

    Returns:
        Each NAME=NUMBER, with current names.

    Raises:
        ValueError: An unknown name, or a value that is no number or below 0.
    """
    current = {renamed(name, RENAMED_LIMITS, "limit"): number for name, number in table.items()}
    changed(Limits(), current)
    return tuple(f"{name}={number}" for name, number in current.items())


def changed(limits: Limits, numbers: Mapping[str, object]) -> Limits:
    """Return limits with other numbers.

    Args:
        limits: The limits to change.
        numbers: Name -> number, or its digits.

    Returns:
        The changed limits.

    Raises:
        ValueError: An unknown name, or a value that is no number or below 0.
    """
    for name, number in numbers.items():
        name = renamed(name, RENAMED_LIMITS, "limit")
        if name not in LIMITS:
            near = difflib.get_close_matches(name, LIMITS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(LIMITS)}"
            raise ValueError(f"there is no limit {name}; {hint}")
        try:
            value = float(str(number))
        except ValueError:
            raise ValueError(f"{name}: expected a number, found {number!r}") from None
        limits = replace(limits, **{name: value})
    return limits
