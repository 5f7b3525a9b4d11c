"""Many recordings: which files, where their results go, what is done already, on how many cores."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from emoapp.config import VideoConfig
from emoapp.diagnostics import get_logger, session
from emoapp.diagnostics.folder import log_folder
from emoapp.errors import EmoappError, SinkError, SourceError, UsageError
from emoapp.recorded import run_video
from emoapp.runner import Progress

logger = get_logger(__name__)

VIDEO_SUFFIXES = frozenset(
    ".3gp .avi .flv .m2ts .m4v .mkv .mov .mp4 .mpeg .mpg .mts .ogv .ts .webm .wmv".split()
)
"""What is taken out of a folder; a file that is named is read whatever it is called."""

LEDGER = "emoapp-runs.jsonl"

CRASHED = "the program that read it crashed; the file may be damaged"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one recording: numbers as `run_video` gives them, or why there are none."""

    config: VideoConfig
    numbers: dict | None = None
    error: str | None = None


def list_videos(inputs: Iterable[str]) -> list[tuple[str, Path]]:
    """The videos among files and folders: (as it is named, the name below its folder).

    Raises SourceError for a folder without videos or without rights.
    """
    found: list[tuple[str, Path]] = []
    for name in inputs:
        folder = Path(name)
        if not folder.is_dir():
            found.append((name, Path(folder.name)))
            continue
        try:
            next(folder.iterdir(), None)
        except OSError as exc:
            raise SourceError(f"The folder {name} cannot be read: {exc.strerror}.") from exc
        below = sorted(
            path
            for path in folder.rglob("*")
            if path.is_file()
            and path.suffix.lower() in VIDEO_SUFFIXES
            and not path.name.startswith(".")
            and not path.stem.endswith(".part")
        )
        if not below:
            raise SourceError(
                f"The folder {name} holds no videos ({' '.join(sorted(VIDEO_SUFFIXES))}); "
                "for pictures there is `emoapp image`."
            )
        found += [(str(path), path.relative_to(folder)) for path in below]
    return found


def plan(
    videos: Iterable[tuple[str, Path]],
    template: VideoConfig,
    *,
    output: Path | None,
    log: Path | None,
    log_suffix: str = ".csv",
) -> list[VideoConfig]:
    """A run for each video: the template with names below the folders `output` and `log`.

    Two videos that would get one name keep their suffix in it.
    """
    videos = list(videos)
    stems = [below.with_suffix("") for _, below in videos]
    configs = []
    for (name, below), stem in zip(videos, stems, strict=True):
        if stems.count(stem) > 1:
            stem = stem.with_name(below.name.replace(".", "_"))
        configs.append(
            replace(
                template,
                source=name,
                output=output / stem.with_name(stem.name + ".mp4") if output else None,
                log=log / stem.with_name(stem.name + log_suffix) if log else None,
            )
        )
    targets = [path for config in configs for path in targets_of(config)]
    if len(set(targets)) < len(targets):
        raise UsageError("Some of these videos have the same name; give their folder instead.")
    return configs


def targets_of(config: VideoConfig) -> list[Path]:
    """The files that a run writes."""
    return [path for path in (config.output, config.log) if path is not None]


class Ledger:
    """Remembers in a file which recordings are done, so that a batch can be started again.

    A recording counts as done where its file and the settings are the same and the results are
    still there.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LEDGER
        self._states: dict[str, str] = {}
        if self._path.exists():
            for line in self._path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self._states[entry["run"]] = entry["state"]
                except (ValueError, KeyError, TypeError):
                    continue  # the line that a killed run did not finish

    def done(self, config: VideoConfig) -> bool:
        whole = all(path.exists() for path in targets_of(config))
        return whole and self._states.get(_run_id(config)) == "done"

    def mine(self, config: VideoConfig) -> bool:
        """Whether what is there was left by this batch and may be replaced."""
        return _run_id(config) in self._states

    def note(self, config: VideoConfig, state: str) -> None:
        """state: "started", "done" or "failed"."""
        run = _run_id(config)
        self._states[run] = state
        entry = {"source": config.source, "state": state, "run": run}
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(entry) + "\n")
        except OSError as exc:
            raise SinkError(f"{self._path} cannot be written: {exc.strerror}.") from exc


def _run_id(config: VideoConfig) -> str:
    """One text for one file, as it is now, and all that decides what becomes of it."""
    settings = replace(config, source="", overwrite=False, stats=None)
    path = Path(config.source).absolute()
    try:
        stat = path.stat()
        version = stat.st_size, stat.st_mtime_ns
    except OSError:
        version = None  # missing: said when it is to be read
    text = repr((str(path), version, settings))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def run_one(config: VideoConfig, *, progress: Progress | None = None) -> Outcome:
    """Run one recording; its failure is in what is returned, never raised."""
    try:
        return Outcome(config, numbers=run_video(config, progress=progress))
    except EmoappError as exc:
        logger.error("%s", exc, exc_info=exc)
        return Outcome(config, error=str(exc))
    except Exception as exc:  # so that one file's surprise does not end the others' run
        logger.critical("%s: unexpected error", config.source, exc_info=exc)
        error = f"{config.source}: {session.said(exc)}; {session.where()}"
        return Outcome(config, error=error)


def _run_in_worker(config: VideoConfig) -> Outcome:
    # A process of this program has begun its log already; a cluster's worker does here.
    session.start_worker(own_process=False)
    return run_one(config)


def run_all(configs: Iterable[VideoConfig], executor: Executor) -> Iterator[Outcome]:
    """Run recordings side by side; gives each outcome as it comes."""
    futures = {executor.submit(_run_in_worker, config): config for config in configs}
    for future in as_completed(futures):
        config = futures[future]
        try:
            yield future.result()
        except BrokenExecutor:
            yield Outcome(config, error=CRASHED)
        except Exception as exc:  # a cluster's own: workers killed, connection lost
            yield Outcome(config, error=f"{config.source}: {exc}")


def run_in_processes(configs: Iterable[VideoConfig], count: int) -> Iterator[Outcome]:
    """`run_all` in processes of this machine; one that crashes costs no other recording."""
    crashed = []
    with processes(count) as executor:
        for outcome in run_all(configs, executor):
            if outcome.error == CRASHED:
                crashed.append(outcome.config)
            else:
                yield outcome
    # One of them brought its process down, and with it the others' turn: alone, each shows itself.
    for config in crashed:
        with processes(1) as executor:
            (outcome,) = run_all([replace(config, overwrite=True)], executor)
        error = outcome.error
        if error == CRASHED:
            error = f"{config.source}: {CRASHED}; details in {log_folder()}"
        yield replace(outcome, config=config, error=error)


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


def _start_worker() -> None:
    import signal

    # Ctrl-C reaches the whole group; the first process ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    session.start_worker()
