"""Extend click's options with groups, opposites and aliases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import click

Function: TypeAlias = Callable[..., Any]
Decorator: TypeAlias = Callable[[Function], Function]


class Option(click.Option):
    """An option of a command.

    Args:
        param_decls: Its names, as click takes them.
        group: Heading of the help that it stands under; "" for "Options".
        exclusive: Options of a command with the same word here exclude each other; "" for none.
        several: Whether it takes one or more words after its name.
        bare: The value where no word follows its name; None where one must.
        alias_of: The long option that this one is another word for; "" for none. In the words of
            a command line it is replaced by that one, so the last of both holds.
        alias_value: Turns this option's word into one of `alias_of`; it gets "" from a flag.
        attrs: What click's option takes.
    """

    def __init__(
        self,
        param_decls: Sequence[str],
        *,
        group: str = "",
        exclusive: str = "",
        several: bool = False,
        bare: str | None = None,
        alias_of: str = "",
        alias_value: Callable[[str], str] = str,
        **attrs: Any,
    ) -> None:
        attrs.setdefault("multiple", several)
        super().__init__(param_decls, expose_value=not alias_of, **attrs)
        self.group = group
        self.exclusive = exclusive
        self.several = several
        self.bare = bare
        self.alias_of = alias_of
        self.alias_value = alias_value

    @property
    def long_name(self) -> str:
        """The first of its names that begins with two hyphens."""
        return next(name for name in self.opts if name.startswith("--"))

    @property
    def target(self) -> str:
        """The name of the parameter that it sets, which an alias shares with its option."""
        return self.alias_of.removeprefix("--").replace("-", "_") or str(self.name)


class Argument(click.Argument):
    """A positional argument with a help text, which click has only from 8.5 on.

    Args:
        param_decls: Its name, as click takes it.
        explanation: The help text.
        attrs: What click's argument takes.
    """

    def __init__(self, param_decls: Sequence[str], *, explanation: str, **attrs: Any) -> None:
        super().__init__(param_decls, **attrs)
        self.explanation = explanation


def option(*names: str, **attrs: Any) -> Decorator:
    """Return a decorator that adds an option to a command.

    Args:
        names: Its names, such as "-o" and "--output".
        attrs: What `Option` takes.

    Returns:
        The decorator.
    """
    return click.option(*names, cls=Option, **attrs)


def flag(*names: str, opposite: str = "", default: bool | None = False, **attrs: Any) -> Decorator:
    """Return a decorator that adds a flag and its opposite.

    So the command line can refuse what the settings file asks for: `--loop` and `--no-loop`,
    `--no-window` and `--window`.

    Args:
        names: Its names, the long one last.
        opposite: The opposite's name, where the usual one is taken.
        default: None where the program decides unless the user does.
        attrs: What `Option` takes.

    Returns:
        The decorator.
    """
    *short, name = names
    plain = name.removeprefix("--no-")
    opposite = opposite or (f"--{plain}" if plain != name else f"--no-{name[2:]}")
    return option(*short, f"{name}/{opposite}", is_flag=True, default=default, **attrs)


def argument(name: str, explanation: str, **attrs: Any) -> Decorator:
    """Return a decorator that adds a positional argument to a command.

    Args:
        name: Name of the parameter.
        explanation: The help text.
        attrs: What click's argument takes.

    Returns:
        The decorator.
    """
    return click.argument(name, cls=Argument, explanation=explanation, **attrs)


def compose(*decorators: Decorator) -> Decorator:
    """Combine decorators into one.

    Args:
        decorators: In the order in which they would stand above a function.

    Returns:
        A decorator that applies all of them.
    """

    def decorate(function: Function) -> Function:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorate
