"""Run the command line: turn words into a configuration, and errors into messages and statuses."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from emoapp.cli.commands import COMMANDS, COMPLETION_VARIABLE, GROUP, PROGRAM
from emoapp.cli.language import choose_language
from emoapp.cli.parsing import CommandLineError, open_context, parse
from emoapp.cli.renamed import with_current_options
from emoapp.errors import EmoappError, SinkError, UsageError
from emoapp.platforms.cameras import prepare_environment
from emoapp.platforms.runtime import explain_import
from emoapp.utils import interrupts
from emoapp.utils.logs import get_logger, session
from emoapp.utils.terminal import accept_all_characters, complain, say

__all__ = ["COMMANDS", "main", "parse"]

logger = get_logger(__name__)

DEFAULT_COMMAND = "live"
"""Run by the program's name alone, and by its name followed by options."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    What was logged of it is in the folder `utils.logs.folder.log_folder`.

    Args:
        argv: The command and its words; None for those of the process.

    Returns:
        The exit status: 0, 1 for an error, 2 for wrong use, 130 for Ctrl-C.
    """
    accept_all_characters()
    prepare_environment()  # before OpenCV is loaded
    words = with_current_options(sys.argv[1:] if argv is None else argv)
    try:
        if COMPLETION_VARIABLE in os.environ:
            return _complete(os.environ[COMPLETION_VARIABLE])
        words = _with_command(choose_language(words))
        # The doctor is for when something is wrong, be it the settings.
        context = open_context(words, settings=words[:1] != ["doctor"])
        # Not click's own `main`: it makes errors of its own of Ctrl-C and of a closed pipe.
        with context:
            interrupts.raise_interrupts()
            session.start(words, verbose=context.params["verbose"])
            status = context.command.invoke(context)
    except click.exceptions.Exit as exc:  # help has been printed
        status = exc.exit_code
    except BaseException as exc:
        status = _failed(exc, words)
    logger.info("exit status %d", status)
    return int(status)


def _with_command(words: list[str]) -> list[str]:
    """Put the default command in front of words that name none: `emoapp --demo`."""
    if not words:
        say("opening the camera; `emoapp --help` lists the commands")
        return [DEFAULT_COMMAND]
    group = click.Context(GROUP, **GROUP.context_settings)
    own = {name for option in GROUP.get_params(group) for name in option.opts}
    is_live = words[0].startswith("--") and words[0] not in own
    return [DEFAULT_COMMAND, *words] if is_live else words


def _complete(instruction: str) -> int:
    """Answer a shell that asks for completions, or for the script that lets it ask."""
    from click.shell_completion import shell_complete

    return shell_complete(GROUP, {}, PROGRAM, COMPLETION_VARIABLE, instruction)


def _failed(exc: BaseException, words: Sequence[str]) -> int:
    """Report in one line what ended a command, in two for wrong usage; return the exit status."""
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
        if isinstance(exc, CommandLineError):
            say(exc.hint, file=sys.stderr)
        return exc.exit_status
    if isinstance(exc, ImportError) and (advice := explain_import(exc)):
        logger.critical("%s", advice, exc_info=exc)
        complain(advice)
        return EmoappError.exit_status
    if isinstance(exc, OSError):
        # Files that training and reports write: no rights, no folder, a full disk.
        logger.error("%s", exc, exc_info=exc)
        where = f"{exc.filename}: " if exc.filename else ""
        complain(f"{where}{exc.strerror or exc}")
        return EmoappError.exit_status
    if not isinstance(exc, Exception) or session.debugging():
        raise exc
    session.start(words)  # if it went wrong before the words were understood
    logger.critical("unexpected error", exc_info=exc)
    complain(f"unexpected error: {session.said(exc)}; {session.where()}")
    return EmoappError.exit_status
