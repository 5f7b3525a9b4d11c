"""Parse the words of a command line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from types import SimpleNamespace

import click

from emoapp.cli.commands import COMMANDS, GROUP, PROGRAM, load_command
from emoapp.cli.language import choose_language
from emoapp.cli.settings import language_in, read_defaults, settings_path
from emoapp.errors import UsageError


class CommandLineError(UsageError):
    """The words of the command line are wrong.

    Args:
        message: What is wrong.
        hint: What to do about it, for a line of its own.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def parse(words: Sequence[str], *, settings: bool = True) -> SimpleNamespace:
    """Parse the words of a command line without running the command.

    Args:
        words: The command and its words.
        settings: With the user's own defaults.

    Returns:
        The values of the command's parameters.

    Raises:
        UsageError: The words or the settings are wrong.
        click.exceptions.Exit: The words asked for help, which has been printed.
    """
    return SimpleNamespace(**open_context(words, settings=settings).params)


def open_context(words: Sequence[str], *, settings: bool = True) -> click.Context:
    """Parse the words of a command line into the context in which click runs the command.

    Args:
        words: The command and its words.
        settings: With the user's own defaults.

    Returns:
        The context, ready for `context.command.invoke(context)`.

    Raises:
        UsageError: The words or the settings are wrong.
        click.exceptions.Exit: The words asked for help, which has been printed.
    """
    group = click.Context(GROUP, info_name=PROGRAM)
    # Before anything is said. What is wrong in the file is said below, by those who need it.
    choose_language(words, language_in(settings_path(), words[0] if words else ""))
    try:
        group = GROUP.make_context(PROGRAM, list(words[:1]))
        if not words:
            raise click.UsageError("a command is missing")
        name = words[0]
        if name not in COMMANDS:
            raise CommandLineError(f"there is no command {name}", _nearest(name, COMMANDS, group))
        if settings:
            group.default_map = read_defaults(settings_path())
        return load_command(name).make_context(name, list(words[1:]), parent=group)
    except click.UsageError as exc:
        raise _as_error(exc, group) from exc


def _as_error(exc: click.UsageError, group: click.Context) -> CommandLineError:
    """Return click's error with the program's words for it."""
    context = exc.ctx or group
    hint = _see_help(context)
    if isinstance(exc, click.NoSuchOption):
        known = [
            name
            for parameter in context.command.get_params(context)
            for name in (*parameter.opts, *parameter.secondary_opts)
            if name.startswith("--")
        ]
        message = f"there is no option {exc.option_name}"
        return CommandLineError(message, _nearest(exc.option_name, known, context))
    if isinstance(exc, click.BadParameter) and exc.param is not None:
        name = exc.param.opts[0] if isinstance(exc.param, click.Option) else exc.param.metavar
        missing = isinstance(exc, click.MissingParameter)
        return CommandLineError(f"{name} is missing" if missing else f"{name}: {exc.message}", hint)
    return CommandLineError(exc.format_message(), hint)


def _nearest(name: str, known: Iterable[str], context: click.Context) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else _see_help(context)


def _see_help(context: click.Context) -> str:
    return f"see `{context.command_path} --help`"
