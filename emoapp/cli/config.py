"""`emoapp config`: which defaults are in force, and where they come from."""

from __future__ import annotations

from dataclasses import asdict
from types import SimpleNamespace
from typing import TypeAlias

import click
from click.core import ParameterSource

from emoapp.cli.command import cli_command
from emoapp.cli.commands import load_command
from emoapp.cli.defaults import settable_options
from emoapp.cli.options import argument, flag
from emoapp.cli.settings import LIMITS_TABLE, settings_path
from emoapp.utils.language import _
from emoapp.utils.terminal import say, sayable


@cli_command("config")
@argument(
    "name", "which command's (default: live)", metavar="[COMMAND]", default="live", required=False
)
@flag("--path", help="print only the path of the settings file")
def command(args: SimpleNamespace) -> int:
    """Print the defaults of a command, and where each comes from.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    path = settings_path()
    if args.path:
        say(path, data=True)
        return 0
    say(path if path.exists() else f"{path} (not there: every value is the program's own)")
    table = Table(_("option"), _("value"), _("from"))

    def show(name: str, value: object, from_file: bool) -> None:
        shown = "" if value is None else str(value)
        cells = name, shown, path.name if from_file else _("default")
        # Text: a value may hold brackets, which rich would take for its own.
        table.add_row(*(Text(sayable(cell, data=True)) for cell in cells))

    rows, limits = _defaults(args.name)
    for row in rows:
        show(*row)
    if limits:
        table.add_section()
    for row in limits:
        show(*row)
    Console().print(table)
    return 0


_Row: TypeAlias = tuple[str, object, bool]
"""Name, value, and whether the settings file has it."""


def _defaults(name: str) -> tuple[list[_Row], list[_Row]]:
    """Return the options of a command and the limits, if it has limits."""
    command = load_command(name)
    defaults = (click.get_current_context().find_root().default_map or {}).get(name, {})
    # Resilient: what is required is missing here.
    context = command.make_context(name, [], resilient_parsing=True, default_map=defaults)
    rows: list[_Row] = []
    for option in settable_options(command).values():
        # --camera and --source are two words for one thing.
        if option.alias_of or any(option.long_name[2:] == row[0] for row in rows):
            continue
        value = context.params[option.target]
        if option.several or option.nargs > 1:
            value = None if value is None else list(value)
        from_file = context.get_parameter_source(option.target) == ParameterSource.DEFAULT_MAP
        rows.append((option.long_name[2:], value, from_file))
    limits = context.params.get("limits")
    if limits is None:
        return rows, []
    own = {word.partition("=")[0] for word in defaults.get("limits", ())}
    return rows, [
        (f"{LIMITS_TABLE}: {limit}", f"{value:g}", limit in own)
        for limit, value in asdict(limits).items()
    ]
