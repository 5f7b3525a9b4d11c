"""Set logging up for a process of the command line, and say where its log is."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from emoapp.utils import interrupts, native_logs
from emoapp.utils.logs import NAME, get_logger
from emoapp.utils.logs.folder import log_folder, new_name, prune
from emoapp.utils.terminal import complain

if TYPE_CHECKING:
    from emoapp.utils.logs.handlers import FileHandler, TerminalHandler

logger = get_logger(__name__)

_lock = threading.Lock()
_started = False
_handler: FileHandler | None = None
_terminal: TerminalHandler | None = None
_why_not = ""


def start(words: Sequence[str] = (), *, verbose: bool | None = None) -> None:
    """Begin the diagnostic log of this run of the command line, the first time it is called.

    words: of the command, for the log.
    verbose: log more, and show it on the terminal too; None leaves that as it was.

    Where no log can be written the program goes on without one, and `where` says why.
    """
    _begin(worker=False, divert=True)
    if verbose is not None:
        _show(verbose)
    # Addresses in them are redacted like those in every record.
    logger.info("emoapp %s", " ".join(words))


def start_worker(*, own_process: bool = True) -> None:
    """Begin the diagnostic log of a process that works for a run, the first time it is called.

    own_process: False where others use the process too (a Dask worker): its standard error and
        the hooks for errors stay as they are.
    """
    _begin(worker=True, divert=own_process)


def where() -> str:
    """For the end of a message about something unexpected: where more about it can be read."""
    if _handler is not None:
        return f"details in {_handler.path}"
    shown = "" if _terminal is not None else "; with --verbose they are shown here"
    return f"its details could not be logged ({_why_not}){shown}"


def said(exc: BaseException | None) -> str:
    """An unexpected error in one line: its kind and its words."""
    words = " ".join(str(exc).split())
    return f"{type(exc).__name__}: {words}" if words else type(exc).__name__


def debugging() -> bool:
    """Whether the developer wants to see tracebacks: EMOAPP_DEBUG=1."""
    return bool(os.environ.get(native_logs.VARIABLE))


def _begin(*, worker: bool, divert: bool) -> None:
    global _started
    with _lock:
        if _started:
            return
        _open_file(worker=worker)
        logging.getLogger(NAME).setLevel(logging.INFO)
        if _handler is not None:
            # A process of its own: what other packages warn of is kept too.
            logging.getLogger(None if divert else NAME).addHandler(_handler)
        if divert:
            _divert()
        _started = True
    _log_versions()


def _open_file(*, worker: bool) -> None:
    global _handler, _why_not
    # Here and not above: a start that only prints its help has no use for it.
    from emoapp.utils.logs.handlers import FileHandler

    folder = log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _handler = FileHandler(folder, new_name(worker=worker))
    except OSError as exc:
        _why_not = f"{folder}: {exc.strerror or exc}"
    else:
        prune(folder)


def _divert() -> None:
    """Let all that would be printed by others be logged."""
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable
    diverted = native_logs.divert(None if _handler is None else _handler.descriptor)
    if _handler is not None and diverted:
        _handler.moved = native_logs.follow


def _log_versions() -> None:
    import emoapp

    python = sys.version.split()[0]
    logger.info("version %s, Python %s, %s", emoapp.__version__, python, sys.platform)


def _show(verbose: bool) -> None:
    global _terminal
    package = logging.getLogger(NAME)
    package.setLevel(logging.DEBUG if verbose else logging.INFO)
    if verbose and _terminal is None:
        from emoapp.utils.logs.handlers import TerminalHandler

        _terminal = TerminalHandler()
        package.addHandler(_terminal)
    elif not verbose and _terminal is not None:
        package.removeHandler(_terminal)
        _terminal = None


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    if args.exc_type is SystemExit:
        return
    name = args.thread.name if args.thread else "?"
    logger.critical("the thread %s ended", name, exc_info=args.exc_value)
    complain(f"a thread ended: {said(args.exc_value)}; {where()}")


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_type is KeyboardInterrupt:
        interrupts.again()
        return
    # Errors while objects are taken apart: nothing that the user could act on.
    message = args.err_msg or "ignored"
    logger.error("%s: %r", message, args.object, exc_info=args.exc_value)
