"""List the commands, and import only the one that is run."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

import emoapp
from emoapp.cli.formatter import Context
from emoapp.errors import UsageError
from emoapp.utils.blas import use_one_thread
from emoapp.utils.language import N_

PROGRAM = "emoapp"

COMPLETION_VARIABLE = "_EMOAPP_COMPLETE"
"""Set by a shell that asks for completions; the name is click's convention."""

CONTEXT_SETTINGS = {"help_option_names": ["-h", "--help"]}

COMMANDS: Mapping[str, str] = {
    "live": "Show the camera in a window, with everybody's expressions.",
    "video": "Analyze every frame of videos; write annotated copies and tables of numbers.",
    "image": "Analyze pictures; print the faces, write annotated copies and tables of numbers.",
    "report": "Turn a log, or a folder of them, into a report: a page, tables and plots.",
    "profile": "Learn one person's expressions: a correction for your own face.",
    "cameras": "List the cameras of this computer, with their sizes and rates.",
    "desktop": "Put emoapp into the menu of a Linux desktop, or take it out again.",
    "config": "Show the current defaults and where they come from.",
    "doctor": "Find out why something does not work here, and what to do about it.",
    "benchmark": "Measure each stage on the bundled clip, next to bare library calls.",
    "train": "Train a model, or teachers for one, on FER-2013 or folders of pictures.",
    "distill": "Train a model on the labels and on the answers of other models.",
    "evaluate": "Measure a model on labeled pictures, with the code of live use.",
    "export": "Convert one or several trained networks to the file that live use runs.",
}
"""Name -> help. The module of the same name in this package defines it as `command`."""


class CommandGroup(click.Group):
    """A group that imports the module of a command when that command is asked for."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the help.

        Args:
            ctx: The group's context.

        Returns:
            The keys of `COMMANDS`.
        """
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command.

        Args:
            ctx: The group's context.
            cmd_name: Name of the command.

        Returns:
            The command; None for an unknown name.
        """
        return load_command(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any, and with their whole help.

        Args:
            ctx: The group's context.
            formatter: Gets the list.
        """
        with formatter.section(N_("Commands")):
            formatter.write_dl(list(COMMANDS.items()))


ONE_THREAD = ("live", "profile")
"""Commands that learn profiles."""


def load_command(name: str) -> click.Command:
    """Import the module of a command.

    Args:
        name: Name of the command.

    Returns:
        The command that the module defines.

    Raises:
        UsageError: There is no such command.
    """
    if name not in COMMANDS:
        raise UsageError(f"there is no command {name!r}; known are {', '.join(COMMANDS)}")
    if name in ONE_THREAD:
        use_one_thread()  # before the import, which may bring numpy
    command: Any = import_module(f"{__package__}.{name}").command
    assert isinstance(command, click.Command)
    return command


GROUP = click.version_option(
    emoapp.__version__, prog_name=PROGRAM, message="%(prog)s %(version)s", help="show the version"
)(
    CommandGroup(
        PROGRAM,
        help="Read facial expressions from a webcam, recorded video and pictures.",
        epilog=f'Shell completion: eval "$({COMPLETION_VARIABLE}=bash_source {PROGRAM})" in bash; '
        "for zsh and fish there are zsh_source and fish_source.",
        context_settings=CONTEXT_SETTINGS,
        no_args_is_help=False,
        subcommand_metavar="COMMAND ...",
        options_metavar="",
    )
)
