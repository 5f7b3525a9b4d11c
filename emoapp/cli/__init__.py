"""The command line: words become a configuration, errors messages and exit statuses."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import emoapp
from emoapp.cli.flags import Flag
from emoapp.cli.renamed import RENAMED_OPTIONS, renamed, with_current_options
from emoapp.cli.settings import (
    LIMITS_TABLE,
    apply_limits,
    apply_settings,
    read_settings,
    settings_path,
)
from emoapp.errors import EmoappError, SinkError, UsageError
from emoapp.utils import interrupts
from emoapp.utils.logs import get_logger, session
from emoapp.utils.terminal import complain, sayable

logger = get_logger(__name__)

COMMANDS = (
    *("live", "video", "image", "report", "cameras", "config", "doctor", "benchmark"),
    *("train", "distill", "evaluate", "export"),
)
"""Each is the module of the same name here, with HELP, `add_arguments(parser)` and `run(args)`."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the command's words without acting on what they hold."""

    def error(self, message: str) -> NoReturn:
        super().error(sayable(message))


def build_parser(*, settings: bool = True, words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Build the parser of all commands.

    settings: with the user's own defaults; UsageError where they are wrong.
    words: what is to be parsed. Where they begin with a command, and no settings of others are to
        be checked, the parser knows this command alone, which is there sooner.
    """
    path = settings_path()
    tables = read_settings(path) if settings else {}
    names = words[:1] if not tables and words[:1] and words[0] in COMMANDS else COMMANDS
    parser = Parser(
        prog="emoapp",
        description="Reads facial expressions from a webcam, recorded video and pictures.",
    )
    parser.add_argument("--version", action="version", version=f"emoapp {emoapp.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        module = import_module(f"emoapp.cli.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(command)
        command.add_argument(
            "-v", "--verbose", action=Flag, help="log more, and show it on the terminal"
        )
        command.set_defaults(run=module.run)
    for name, table in tables.items():
        where = f"{path}, [{name}]"
        if name == LIMITS_TABLE:
            apply_limits(commands.choices.values(), table, where)
            continue
        if name not in commands.choices:
            raise UsageError(f"{path}: there is no command {name}; known are {', '.join(COMMANDS)}")
        names = RENAMED_OPTIONS.get(name, {})
        table = {renamed(key, names, "option"): value for key, value in table.items()}
        apply_settings(commands.choices[name], table, where)
    return parser


def command_parser(name: str) -> argparse.ArgumentParser:
    """The parser of one command, with the user's own defaults.

    Raises UsageError for an unknown command.
    """
    for action in build_parser()._actions:
        if action.dest == "command" and name in action.choices:
            return action.choices[name]
    raise UsageError(f"there is no command {name!r}; known are {', '.join(COMMANDS)}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status: 0, 1 for an error, 2 for wrong use, 130 for Ctrl-C.

    What was logged of it is in the folder `utils.logs.folder.log_folder`.
    """
    words = with_current_options(sys.argv[1:] if argv is None else argv)
    try:
        # The doctor is for when something is wrong, be it the settings.
        settings = words[:1] != ["doctor"]
        args = build_parser(settings=settings, words=words).parse_args(words)
        interrupts.raise_interrupts()
        session.start(words, verbose=args.verbose)
        status = args.run(args) or 0
    except BaseException as exc:
        status = _failed(exc, words)
    logger.info("exit status %d", status)
    return status


def _failed(exc: BaseException, words: Sequence[str]) -> int:
    """Say in one line what ended a command; returns the exit status."""
    # Most errors after Ctrl-C are those of the import that it broke; but what could not be written
    # when files were closed must be known.
    broken = interrupts.came() and not isinstance(exc, SinkError | OSError)
    if isinstance(exc, KeyboardInterrupt) or broken:
        logger.debug("interrupted", exc_info=exc)
        complain("interrupted")
        return interrupts.INTERRUPTED
    if isinstance(exc, EmoappError):
        logger.error("%s", exc, exc_info=None if isinstance(exc, UsageError) else exc)
        complain(exc)
        return exc.exit_status
    if isinstance(exc, OSError):
        # Files that training and reports write: no rights, no folder, a full disk.
        logger.error("%s", exc, exc_info=exc)
        where = f"{exc.filename}: " if exc.filename else ""
        complain(f"{where}{exc.strerror or exc}")
        return EmoappError.exit_status
    if not isinstance(exc, Exception) or session.debugging():  # argparse has said what was wrong
        raise exc
    session.start(words)  # if it went wrong before the words were understood
    logger.critical("unexpected error", exc_info=exc)
    complain(f"unexpected error: {session.said(exc)}; {session.where()}")
    return EmoappError.exit_status
