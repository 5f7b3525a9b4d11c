"""`emoapp doctor`: what keeps the program from working on this computer, and what to do."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from emoapp.cli.command import cli_command
from emoapp.cli.options import flag, option
from emoapp.cli.values import PATH
from emoapp.utils.addresses import redact_url
from emoapp.utils.language import _, translated
from emoapp.utils.stats import write_json
from emoapp.utils.terminal import say, sayable

if TYPE_CHECKING:
    from rich.table import Table

    from emoapp.diagnostics.doctor import Finding

_STYLES = {"ok": "green", "warning": "yellow", "problem": "bold red"}


@cli_command("doctor")
@option("--model", type=PATH, metavar="FILE", help="check this model instead of the shipped one")
@option("--json", type=PATH, metavar="FILE", help="write the findings to this file")
@flag("--overwrite", help="replace an existing file")
def command(args: SimpleNamespace) -> int:
    """Run the command.

    Args:
        args: The values of the options.

    Returns:
        The exit status.
    """
    from rich.console import Console

    import emoapp
    from emoapp.diagnostics.doctor import PROBLEM, checks, examine
    from emoapp.diagnostics.doctor.logs import end_of, log_of_interest
    from emoapp.sinks.targets import check_targets

    check_targets(others=(args.json,), inputs=(args.model,), overwrite=args.overwrite)
    console = Console()
    found = {}
    for name, check in {"settings": check_settings, **checks(args.model)}.items():
        with console.status(translated(f"looking at: {_(name)}")):
            found[name] = examine(check)
    console.print(_table(found))
    quoted = log_of_interest()
    lines = [] if quoted is None else end_of(quoted)
    if lines:
        say(f"the end of {quoted}:")
        for line in lines:
            say(f"  {line}", data=True)
    if args.json is not None:
        listed = [
            {
                "check": name,
                "level": one.level,
                "found": redact_url(one.found),
                "advice": redact_url(one.advice),
            }
            for name, one in found.items()
        ]
        quote = {"file": str(quoted), "end": lines} if lines else None
        contents = {"emoapp": emoapp.__version__, "checks": listed, "log": quote}
        write_json(args.json, contents, overwrite=args.overwrite)
        say(f"wrote {args.json}")
    return int(any(one.level == PROBLEM for one in found.values()))


def check_settings() -> Finding:
    """Check whether the user's own defaults, if there are any, can be read and are understood.

    Returns:
        A problem where they are not.
    """
    from emoapp.cli.settings import read_defaults, settings_path
    from emoapp.diagnostics.doctor import OK, PROBLEM, Finding
    from emoapp.errors import UsageError

    path = settings_path()
    try:
        read_defaults(path)
    except UsageError as exc:
        return Finding(PROBLEM, str(exc), f"Correct the file, or remove it: {path}")
    return Finding(OK, str(path) if path.exists() else "no file: the program's own defaults")


def _table(found: dict[str, Finding]) -> Table:
    from rich.table import Column, Table
    from rich.text import Text

    # Folded: of a file's name no letter may be missing.
    table = Table(
        "", "", *(Column(name, overflow="fold") for name in (_("found"), _("what to do")))
    )
    for name, one in found.items():
        style = _STYLES[one.level]
        # Text: a message may hold brackets, which rich would take for its own.
        said = (Text(sayable(words)) for words in (one.found, one.advice))
        table.add_row(_(name), Text(_(one.level), style), *said)
    return table
