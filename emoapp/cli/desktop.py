"""`emoapp desktop`: the program in the desktop's menu."""

from __future__ import annotations

from types import SimpleNamespace

from emoapp.cli.command import cli_command
from emoapp.cli.common import check_action
from emoapp.cli.options import argument
from emoapp.errors import UsageError
from emoapp.utils.terminal import say

ACTIONS = ("install", "remove")


@cli_command("desktop")
@argument("action", "install or remove", metavar="ACTION", required=True)
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from emoapp.app import desktop_entry
    from emoapp.platforms.menus import how_by_hand

    check_action("desktop", args.action, ACTIONS)
    if by_hand := how_by_hand():
        raise UsageError(by_hand)
    if args.action == "install":
        for path in desktop_entry.install():
            say(f"wrote {path}")
        say("emoapp is in the menu now; `emoapp desktop remove` takes it out")
        return 0
    removed = desktop_entry.remove()
    for path in removed:
        say(f"deleted {path}")
    if not removed:
        say("emoapp was not in the menu")
    return 0
