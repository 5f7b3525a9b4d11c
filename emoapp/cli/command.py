"""Define the class of all commands, which parses their words and formats their help."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import click

from emoapp.cli.commands import COMMANDS, CONTEXT_SETTINGS
from emoapp.cli.formatter import Context
from emoapp.cli.options import Argument, Function, Option
from emoapp.cli.values import OneOf
from emoapp.cli.words import normalize
from emoapp.utils.language import LANGUAGES, N_

COMPANION_GROUP = N_("companion")

DESCRIPTIONS = {
    COMPANION_GROUP: "says something now and then about how a face looks; off unless asked for"
}
"""Group of options -> what the help says of it."""


class Command(click.Command):
    """A command of the program.

    Its words are brought into one spelling before click parses them, and the help lists its options
    in groups, in the language in use. Every command has `--verbose` and `--language`.

    Args:
        name: Name of the command.
        attrs: What click's command takes.
    """

    context_class = Context

    def __init__(self, name: str | None, **attrs: Any) -> None:
        super().__init__(name, **attrs)
        self.params.append(
            Option(
                ["-v", "--verbose/--no-verbose"],
                is_flag=True,
                default=False,
                help="log more, and show it on the terminal",
            )
        )
        self.params.append(
            Option(
                ["--language"],
                type=OneOf(list(LANGUAGES)),
                help="of window, reports and messages (default: the platform's)",
            )
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the command's words into the parameters of its context.

        Args:
            ctx: Gets the parameters.
            args: The words behind the command's name.

        Returns:
            The words that are left.

        Raises:
            click.UsageError: The words are wrong.
        """
        # A shell that completes words asks with words that are not whole yet.
        try:
            if not ctx.resilient_parsing:
                args = normalize(self.params, args)
            return super().parse_args(ctx, args)
        except click.UsageError as exc:
            exc.ctx = exc.ctx or ctx
            raise

    def invoke(self, ctx: click.Context) -> int:
        """Call the command's function with the values of its options as one namespace.

        Args:
            ctx: The command's context.

        Returns:
            The exit status.
        """
        assert self.callback is not None
        return ctx.invoke(self.callback, SimpleNamespace(**ctx.params)) or 0

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of arguments and options, by group.

        Args:
            ctx: The command's context.
            formatter: Gets the help.
        """
        sections: dict[str, list[tuple[str, str]]] = {N_("Arguments"): [], N_("Options"): []}
        for parameter in self.get_params(ctx):
            if isinstance(parameter, Argument):
                row = str(parameter.metavar), parameter.explanation
                sections["Arguments"].append(row)
                continue
            record = parameter.get_help_record(ctx)
            heading = parameter.group if isinstance(parameter, Option) else ""
            if record is not None:
                sections.setdefault(heading or "Options", []).append(record)
        for heading, rows in sections.items():
            if rows:
                with formatter.section(heading):
                    if heading in DESCRIPTIONS:
                        formatter.write_text(DESCRIPTIONS[heading])
                        formatter.write_paragraph()
                    formatter.write_dl(rows)


def cli_command(name: str) -> Callable[[Function], Command]:
    """Return a decorator that makes a function a command.

    The function takes the values of the options as one namespace, and returns the exit status.

    Args:
        name: Name of the command in `COMMANDS`.

    Returns:
        The decorator.
    """
    return click.command(name, cls=Command, help=COMMANDS[name], context_settings=CONTEXT_SETTINGS)
