"""`emoapp cameras`: which cameras there are, and what they offer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.command import cli_command
from emoapp.cli.options import flag
from emoapp.errors import CameraError
from emoapp.utils.language import _
from emoapp.utils.terminal import say, sayable

if TYPE_CHECKING:
    from emoapp.sources.listing import CameraInfo


@cli_command("cameras")
@flag("--json", help="print the list as JSON")
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from emoapp.sources.listing import NONE_HINT, list_cameras

    cameras = list_cameras()
    if args.json:
        for line in json.dumps([asdict(one) for one in cameras], indent=1).splitlines():
            say(line, data=True)
    elif cameras:
        print_cameras(cameras)
    if not cameras:
        raise CameraError(f"No camera was found. {NONE_HINT}")
    return 0


def print_cameras(cameras: Sequence[CameraInfo]) -> None:
    """Print cameras as a table.

    Args:
        cameras: What is shown of them.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(_("number"), _("name"), _("size"), _("frames a second"))
    for camera in cameras:
        sizes = [f"{mode.size_wh[0]}x{mode.size_wh[1]}" for mode in camera.modes]
        rates = [", ".join(f"{rate:g}" for rate in mode.rates) or "?" for mode in camera.modes]
        # Text: a name may hold brackets, which rich would take for its own.
        cells = (sayable(camera.name, data=True), "\n".join(sizes) or "?", "\n".join(rates) or "?")
        table.add_row(str(camera.number), *map(Text, cells), end_section=True)
    Console().print(table)
