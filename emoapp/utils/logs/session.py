"""Configure logging for a process of the command line."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from emoapp.platforms import system
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
_failure_reason = ""


def start(words: Sequence[str] = (), *, verbose: bool | None = None) -> None:
    """Start the diagnostic log of this run of the command line when called for the first time.

    If no log can be written, the program continues without one, and `where` says why.

    Args:
        words: The words of the command, for the log.
        verbose: Log more and also show it on the terminal; None leaves this unchanged.
    """
    _start(worker=False, divert=True)
    if verbose is not None:
        _show(verbose)
    # The handlers redact addresses in the words, as in every record.
    logger.info("emoapp %s", " ".join(words))


def start_worker(*, own_process: bool = True) -> None:
    """Start the diagnostic log of a worker process when called for the first time.

    Args:
        own_process: False if others also use the process (a Dask worker): its standard error and
            exception hooks then stay unchanged.
    """
    _start(worker=True, divert=own_process)


def where() -> str:
    """Return where to find details, for the end of a message about an unexpected error."""
    if _handler is not None:
        return f"details in {_handler.path}"
    shown = "" if _terminal is not None else "; with --verbose they are shown here"
    return f"its details could not be logged ({_failure_reason}){shown}"


def said(exc: BaseException | None) -> str:
    """Describe an unexpected error in one line: its type and message.

    Args:
        exc: The error.
    """
    words = " ".join(str(exc).split())
    return f"{type(exc).__name__}: {words}" if words else type(exc).__name__


def debugging() -> bool:
    """Return whether to show tracebacks: EMOAPP_DEBUG=1."""
    return bool(os.environ.get(native_logs.VARIABLE))


def _start(*, worker: bool, divert: bool) -> None:
    global _started
    with _lock:
        if _started:
            return
        _open_file(worker=worker)
        logging.getLogger(NAME).setLevel(logging.INFO)
        if _handler is not None:
            # In its own process, warnings of other packages are kept, too.
            logging.getLogger(None if divert else NAME).addHandler(_handler)
        if divert:
            _divert()
        _started = True
    _log_versions()


def _open_file(*, worker: bool) -> None:
    global _handler, _failure_reason
    # Imported here, since a run that only prints help does not need it.
    from emoapp.utils.logs.handlers import FileHandler

    folder = log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _handler = FileHandler(folder, new_name(worker=worker))
    except OSError as exc:
        _failure_reason = f"{folder}: {exc.strerror or exc}"
    else:
        prune(folder)


def _divert() -> None:
    """Log what other packages would print."""
    logging.captureWarnings(True)
    threading.excepthook = _thread_failed
    sys.unraisablehook = _unraisable
    diverted = native_logs.divert(None if _handler is None else _handler.descriptor)
    if _handler is not None and diverted:
        _handler.moved = native_logs.follow


def _log_versions() -> None:
    import emoapp

    python = sys.version.split()[0]
    logger.info("version %s, Python %s, %s", emoapp.__version__, python, system())


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
    # Errors while objects are destroyed: nothing that the user could act on.
    message = args.err_msg or "ignored"
    logger.error("%s: %r", message, args.object, exc_info=args.exc_value)
