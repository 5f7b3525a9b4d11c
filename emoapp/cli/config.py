"""`emoapp config`: which defaults are in force, and where they come from."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from emoapp.cli.flags import Flag
from emoapp.cli.settings import LIMITS_TABLE, options, read_settings, settings_path
from emoapp.utils.terminal import say, sayable

HELP = "Show the defaults in force and where they come from."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="COMMAND", default="live", help="which command's (default: live)"
    )
    parser.add_argument("--path", action=Flag, help="print only where the file belongs")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from emoapp.cli import command_parser

    path = settings_path()
    if args.path:
        say(path)
        return 0
    there = "" if path.exists() else " (not there: every value is the program's own)"
    say(f"{path}{there}")
    parser = command_parser(args.name)
    settings = read_settings(path)
    known = options(parser)
    own = {known[key.replace("_", "-")].dest for key in settings.get(args.name, {})}
    table = Table("option", "value", "from")

    def show(name: str, value: object, own: bool) -> None:
        shown = "" if value is None else str(value)
        cells = name, shown, path.name if own else "default"
        # Text: a value may hold brackets, which rich would take for its own.
        table.add_row(*(Text(sayable(cell)) for cell in cells))

    # The first word for each: --camera and --source are two words for one thing.
    names: dict[str, str] = {}
    for name, action in known.items():
        names.setdefault(action.dest, name)
    for dest, name in names.items():
        show(name, parser.get_default(dest), dest in own)
    limits = parser.get_default("limits")
    if limits is not None:
        table.add_section()
        for name, value in asdict(limits).items():
            show(f"{LIMITS_TABLE}: {name}", f"{value:g}", name in settings.get(LIMITS_TABLE, {}))
    Console().print(table)
    return 0
