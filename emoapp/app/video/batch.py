"""Many recordings: one after another, in several processes, or on a cluster."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from emoapp.app.run import Progress
from emoapp.app.video.ledger import Ledger
from emoapp.app.video.run import run_video
from emoapp.config import VideoConfig
from emoapp.errors import EmoappError, OutputExistsError, OutputInUseError, UsageError
from emoapp.sinks.files import check_target
from emoapp.utils.addresses import redact_url
from emoapp.utils.logs import get_logger, session
from emoapp.utils.logs.folder import log_folder

logger = get_logger(__name__)

CRASHED = "the program that read it crashed; the file may be damaged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one recording: numbers as `run_video` gives them, or why there are none.

    config: the run, without the results that were there before. before: it was done before.
    """

    config: VideoConfig
    numbers: dict | None = None
    error: str | None = None
    before: bool = False


def run_one(config: VideoConfig, folder: Path, *, progress: Progress | None = None) -> Outcome:
    """Run one recording unless it is done; its failure is in what is returned, never raised.

    folder: where the ledger is.
    """
    try:
        return _run(config, Ledger(folder), progress)
    except EmoappError as exc:
        logger.error("%s", exc, exc_info=exc)
        return Outcome(config, error=str(exc))
    except Exception as exc:  # so that one file's surprise does not end the others' run
        source = redact_url(config.source)
        logger.critical("%s: unexpected error", source, exc_info=exc)
        return Outcome(config, error=f"{source}: {session.said(exc)}; {session.where()}")


def _run_in_worker(config: VideoConfig, folder: Path) -> Outcome:
    # A process of this program has begun its log already; a cluster's worker does here.
    session.start_worker(own_process=False)
    return run_one(config, folder)


def _run(config: VideoConfig, ledger: Ledger, progress: Progress | None) -> Outcome:
    if not config.overwrite and ledger.done(config):
        return Outcome(config, before=True)
    todo = ledger.begin(config)
    if not todo.targets:  # all was whole, and the program was killed before it said so
        ledger.done_now(config)
        return Outcome(config, before=True)
    try:
        numbers = run_video(
            todo,
            progress=progress,
            opened=lambda: ledger.opened(config),
            finished=lambda: ledger.done_now(config),
        )
    except OutputInUseError:
        raise  # the other program's run, of which the ledger tells
    except Exception as exc:
        if isinstance(exc, OutputExistsError) and ledger.done(config):
            return Outcome(config, before=True)  # another batch was faster
        ledger.failed(config)
        raise
    return Outcome(todo, numbers=numbers)


def run_all(
    configs: Iterable[VideoConfig], executor: Executor, folder: Path, *, absolute: bool = False
) -> Iterator[Outcome]:
    """Run recordings side by side; yields each outcome as it comes.

    folder: where the ledger is.
    absolute: for processes that work in another folder.
    """
    tell = _absolute if absolute else lambda config: config
    folder = folder.absolute()
    futures = {executor.submit(_run_in_worker, tell(config), folder): config for config in configs}
    for future in as_completed(futures):
        config = futures[future]
        try:
            yield _as_named(config, future.result())
        except BrokenExecutor:
            yield Outcome(config, error=CRASHED)
        except Exception as exc:  # a cluster's own: workers killed, connection lost
            yield Outcome(config, error=f"{redact_url(config.source)}: {exc}")


def run_in_processes(configs: Iterable[VideoConfig], count: int, folder: Path) -> Iterator[Outcome]:
    """`run_all` in processes of this machine; one that crashes costs no other recording."""
    crashed = []
    with processes(count) as executor:
        for outcome in run_all(configs, executor, folder):
            if outcome.error == CRASHED:
                crashed.append(outcome.config)
            else:
                yield outcome
    # One of them brought its process down, and with it the others' turn: alone, each shows itself.
    # What they had left half is replaced, as the ledger says; nothing else is.
    for config in crashed:
        with processes(1) as executor:
            (outcome,) = run_all([config], executor, folder)
        error = outcome.error
        if error == CRASHED:
            error = f"{redact_url(config.source)}: {CRASHED}; details in {log_folder()}"
        yield replace(outcome, error=error)


def earlier_numbers(stats: Path, configs: Iterable[VideoConfig]) -> dict:
    """The statistics that an earlier run of the same batch has written: source -> numbers.

    Raises SinkError where there is another file.
    """
    try:
        numbers = json.loads(stats.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        numbers = None
    if isinstance(numbers, dict) and numbers.keys() <= {
        redact_url(config.source) for config in configs
    }:
        return numbers
    check_target(stats, overwrite=False)
    return {}


@contextmanager
def processes(count: int) -> Iterator[Executor]:
    """Processes of this machine; ended at once where the block is left by an exception."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    pool = ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker
    )
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    pool.shutdown()


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask cluster, which must see the files under the same paths.

    address: of its scheduler, "tcp://host:8786".

    Raises UsageError where Dask is missing or nobody answers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--dask needs Dask: pip install 'emoapp[cluster]' "
            "(in a checkout: pip install -e '.[cluster]')"
        ) from None
    try:
        client = Client(address, timeout=5)
    except (OSError, ValueError) as exc:
        raise UsageError(f"No Dask scheduler answers at {address}: {exc}") from exc
    with client, client.get_executor(pure=False) as executor:
        yield executor


def _absolute(config: VideoConfig) -> VideoConfig:
    """The same run for a process that works in another folder."""

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else path.absolute()

    return replace(
        config,
        source=str(Path(config.source).absolute()),
        output=absolute(config.output),
        log=absolute(config.log),
        model=absolute(config.model),
    )


def _as_named(config: VideoConfig, outcome: Outcome) -> Outcome:
    """An outcome with the names that the user gave."""
    done = outcome.config
    named = replace(config, output=done.output and config.output, log=done.log and config.log)
    return replace(outcome, config=named)


def _start_worker() -> None:
    import multiprocessing
    import signal
    import threading

    # Ctrl-C reaches the whole group; the first process ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    session.start_worker()

    def end_with_parent() -> None:
        # Killed, it cannot end this process; going on would surprise whoever starts again.
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=end_with_parent, daemon=True).start()
