"""Analyze many recordings: one after another, in several processes, or on a cluster."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass, replace
from pathlib import Path

from emoapp.app.run import Progress
from emoapp.app.video.executors import processes
from emoapp.app.video.ledger import Ledger
from emoapp.app.video.run import run_video
from emoapp.config import VideoConfig
from emoapp.errors import EmoappError, OutputExistsError, OutputInUseError
from emoapp.platforms import waits
from emoapp.sinks.files import check_target
from emoapp.utils import language
from emoapp.utils.addresses import redact_url
from emoapp.utils.logs import get_logger, session
from emoapp.utils.logs.folder import log_folder

logger = get_logger(__name__)

CRASHED = "the program that read it crashed; the file may be damaged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one recording.

    Attributes:
        config: The run, without results that already existed.
        numbers: What `run_video` returned; None if there was no run.
        error: Why the run failed; None if it did not.
        before: Whether an earlier run had finished the recording.
    """

    config: VideoConfig
    numbers: dict | None = None
    error: str | None = None
    before: bool = False


def run_one(config: VideoConfig, folder: Path, *, progress: Progress | None = None) -> Outcome:
    """Analyze one recording unless it is done; never raise its failure.

    Args:
        config: The run.
        folder: The folder of the ledger.
        progress: See `app.run.Progress`; None for no reports.
    """
    try:
        return _run(config, Ledger(folder), progress)
    except EmoappError as exc:
        logger.error("%s", exc, exc_info=exc)
        return Outcome(config, error=str(exc))
    except Exception as exc:  # so that one file's unexpected error does not end the batch
        source = redact_url(config.source)
        logger.critical("%s: unexpected error", source, exc_info=exc)
        return Outcome(config, error=f"{source}: {session.said(exc)}; {session.where()}")


def _run_in_worker(config: VideoConfig, folder: Path, spoken: str) -> Outcome:
    # A process of this program has already started its log; a worker of a cluster starts it here.
    session.start_worker(own_process=False)
    language.use(spoken)
    return run_one(config, folder)


def _run(config: VideoConfig, ledger: Ledger, progress: Progress | None) -> Outcome:
    if not config.overwrite and ledger.done(config):
        return Outcome(config, before=True)
    todo = ledger.begin(config)
    if not todo.targets:  # all complete, but the program was killed before it noted so
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
        raise  # the other program's run, which the ledger describes
    except Exception as exc:
        if isinstance(exc, OutputExistsError) and ledger.done(config):
            return Outcome(config, before=True)  # another batch was faster
        ledger.failed(config)
        raise
    return Outcome(todo, numbers=numbers)


def run_all(
    configs: Iterable[VideoConfig], executor: Executor, folder: Path, *, absolute: bool = False
) -> Iterator[Outcome]:
    """Analyze recordings in parallel.

    Args:
        configs: The runs.
        executor: Runs them.
        folder: The folder of the ledger.
        absolute: Make all paths absolute, for processes with another working directory.

    Yields:
        Each outcome as it becomes available.
    """
    prepare = _absolute if absolute else lambda config: config
    folder, spoken = folder.absolute(), language.language()
    futures = {
        executor.submit(_run_in_worker, prepare(config), folder, spoken): config
        for config in configs
    }
    for future in waits.as_completed(futures):
        config = futures[future]
        try:
            yield _with_user_names(config, future.result())
        except BrokenExecutor:
            yield Outcome(config, error=CRASHED)
        except Exception as exc:  # of a cluster: workers killed, connection lost
            yield Outcome(config, error=f"{redact_url(config.source)}: {exc}")


def run_in_processes(configs: Iterable[VideoConfig], count: int, folder: Path) -> Iterator[Outcome]:
    """Analyze recordings in processes of this machine; a crash affects no other recording.

    Args:
        configs: The runs.
        count: Number of processes.
        folder: The folder of the ledger.

    Yields:
        Each outcome as it becomes available.
    """
    crashed = []
    with processes(count) as executor:
        for outcome in run_all(configs, executor, folder):
            if outcome.error == CRASHED:
                crashed.append(outcome.config)
            else:
                yield outcome
    # One of them crashed its process and thereby the runs of the others; run alone, each shows
    # whether it was the one.
    # Only incomplete files that the ledger lists are replaced.
    for config in crashed:
        with processes(1) as executor:
            (outcome,) = run_all([config], executor, folder)
        error = outcome.error
        if error == CRASHED:
            error = f"{redact_url(config.source)}: {CRASHED}; details in {log_folder()}"
        yield replace(outcome, error=error)


def earlier_numbers(stats: Path, configs: Iterable[VideoConfig]) -> dict:
    """Read the statistics that an earlier run of the same batch has written.

    Args:
        stats: The file of the statistics; it may be missing.
        configs: The runs of the batch.

    Returns:
        Source -> what `run_video` returned.

    Raises:
        SinkError: The file contains something else.
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


def _absolute(config: VideoConfig) -> VideoConfig:
    """Return the run with absolute paths."""

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else path.absolute()

    return replace(
        config,
        source=str(Path(config.source).absolute()),
        output=absolute(config.output),
        log=absolute(config.log),
        model=absolute(config.model),
    )


def _with_user_names(config: VideoConfig, outcome: Outcome) -> Outcome:
    """Return an outcome with the names that the user gave."""
    done = outcome.config
    named = replace(config, output=done.output and config.output, log=done.log and config.log)
    return replace(outcome, config=named)
