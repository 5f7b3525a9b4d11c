"""`emoapp config`: which defaults are in force, and where they come from."""

from __future__ import annotations

import argparse

from emoapp.cli.settings import options, read_settings, settings_path

HELP = "Show the defaults in force and where they come from."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="COMMAND", default="live", help="which command's (default: live)"
    )
    parser.add_argument("--path", action="store_true", help="print only where the file belongs")


def run(args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.table import Table

    from emoapp.cli import command_parser

    path = settings_path()
    if args.path:
        print(path)
        return 0
    there = "" if path.exists() else " (not there: every value is the program's own)"
    print(f"{path}{there}")
    parser = command_parser(args.name)
    own = {key.replace("_", "-") for key in read_settings(path).get(args.name, {})}
    table = Table("option", "value", "from")
    for name, action in options(parser).items():
        value = parser.get_default(action.dest)
        source = path.name if name in own else "default"
        table.add_row(name, "" if value is None else str(value), source)
    Console().print(table)
    return 0
