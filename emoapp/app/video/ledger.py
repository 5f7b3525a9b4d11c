"""Remember in a file what became of each recording, so that a batch can be started again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emoapp.config import VideoConfig
from emoapp.rows import FACE_COLUMNS, FRAME_COLUMNS
from emoapp.sinks.files import cannot_write
from emoapp.sources import is_annotated
from emoapp.utils import journal
from emoapp.utils.addresses import redact_url
from emoapp.utils.files import in_use, part_of
from emoapp.utils.locks import unused

LEDGER = "emoapp-runs.jsonl"


@dataclass(frozen=True, slots=True)
class _Entry:
    """What is known of one run.

    state: "started", "done", "failed", or "" for never heard of.
    made: where nothing was when the run started, so that what is there now may be its own.
    kept: results that a run before it had finished.
    log: device and inode of the log that it created.
    """

    state: str = ""
    made: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    log: str = ""


class Ledger:
    """Says which recordings are done, and what of a killed run may be replaced.

    A recording counts as done where its file and the settings are the same and the results are
    still there. Several processes may use one ledger at a time; of each run the last line counts,
    and a line that a killed process did not finish is passed over.

    folder: where the results go.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEDGER
        self._entries: dict[str, _Entry] = {}
        self._read_bytes = 0

    def done(self, config: VideoConfig) -> bool:
        whole = all(path.exists() for path in config.targets)
        return whole and self._entry(config).state == "done"

    def begin(self, config: VideoConfig) -> VideoConfig:
        """Note that a run starts; returns what is left of it to do.

        Whole results of earlier runs are left out, and what a killed run has left half is removed.
        A failed run's files are not: what it failed at may have been there before.

        Raises OutputInUseError where another process is at it, SinkError where the ledger can't be
        written.
        """
        for path in _all_files(config):
            self._remove_half(path, config)
        earlier = self._entry(config)
        made = {_whole(path) for path in _all_files(config) if not os.path.lexists(path)}
        kept: set[Path] = set()
        if earlier.state == "done":
            kept = {path for path in config.targets if path.exists()}
        if earlier.state == "started":
            made |= earlier.made
            kept = {path for path in config.targets if _is_whole(path, config, earlier)}
        if config.overwrite:
            kept = set()
        kept_names = frozenset(_whole(path) for path in kept)
        self._note_started(config, _Entry("started", frozenset(made), kept_names, earlier.log))
        return replace(
            config,
            output=None if config.output in kept else config.output,
            log=None if config.log in kept else config.log,
        )

    def _remove_half(self, path: Path, config: VideoConfig) -> None:
        if not _is_half(path, config, self._entry(config)):
            return
        try:
            with unused(path):
                # By now the process that wrote it may have said that it is whole.
                if _is_half(path, config, self._entry(config)):
                    path.unlink()
        except BlockingIOError:
            raise in_use(path) from None
        except OSError as exc:
            raise cannot_write(path, exc) from exc

    def opened(self, config: VideoConfig) -> None:
        """Note which file the log of a run is, once it is open."""
        if config.log is not None and config.log.exists():
            self._note_started(config, replace(self._entry(config), log=_identity(config.log)))

    def done_now(self, config: VideoConfig) -> None:
        """Note that the results are whole."""
        wrote: dict[str, object] = {}
        if config.output is not None:
            wrote = {"output": str(_relative(config.output, self.path.parent))}
            wrote["bytes"] = config.output.stat().st_size
        self._append(config, state="done", **wrote)

    def failed(self, config: VideoConfig) -> None:
        self._append(config, state="failed")

    def _note_started(self, config: VideoConfig, entry: _Entry) -> None:
        self._append(
            config,
            state=entry.state,
            made=sorted(entry.made),
            kept=sorted(entry.kept),
            log=entry.log,
        )

    def _entry(self, config: VideoConfig) -> _Entry:
        size = self.path.stat().st_size if self.path.exists() else 0
        if size != self._read_bytes:
            self._read_bytes = size
            for line in journal.entries(self.path):
                self._entries[str(line.get("run"))] = _Entry(
                    str(line.get("state")),
                    frozenset(_strings(line.get("made"))),
                    frozenset(_strings(line.get("kept"))),
                    str(line.get("log")),
                )
        return self._entries.get(_run_id(config), _Entry())

    def _append(self, config: VideoConfig, **entry: object) -> None:
        run = {"source": redact_url(config.source), "run": _run_id(config)}
        try:
            journal.append(self.path, run | entry)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc


def written_by(ledger: Path) -> Iterator[tuple[Path, int | None]]:
    """The annotated copies of finished runs: (file, size in bytes)."""
    for line in journal.entries(ledger):
        output = line.get("output")
        if line.get("state") == "done" and isinstance(output, str):
            yield (ledger.parent / output).resolve(), line.get("bytes")


def _all_files(config: VideoConfig) -> Iterator[Path]:
    """What a run writes, in the end and on the way."""
    yield from config.targets
    if config.output is not None:
        yield part_of(config.output)
    if config.log is not None and config.log.suffix.lower() == ".parquet":
        yield part_of(config.log, ".csv")


def _is_whole(path: Path, config: VideoConfig, earlier: _Entry) -> bool:
    """Whether a killed run, or one before it, had finished this result."""
    if not path.exists():
        return False
    if _whole(path) in earlier.kept:
        return True
    if _whole(path) not in earlier.made:
        return False
    return is_annotated(path) is True if path == config.output else _grows_not(path)


def _is_half(path: Path, config: VideoConfig, earlier: _Entry) -> bool:
    """Whether this is what a killed run has left."""
    if earlier.state != "started" or path == config.output or not path.exists():
        return False
    if path == config.log:
        return not _grows_not(path) and _is_log_of(path, earlier)
    return _whole(path) in earlier.made


def _is_log_of(path: Path, earlier: _Entry) -> bool:
    """Whether a killed run began this log; a file of its name may be somebody else's by now."""
    if path.stat().st_size == 0:
        return _whole(path) in earlier.made
    with path.open("rb") as file:
        head = file.read(1000)
    # By its inode, and by what it holds: disks give the inode of a removed file to the next one.
    heads = (",".join(FRAME_COLUMNS + FACE_COLUMNS), f'{{"{FRAME_COLUMNS[0]}": ')
    return _identity(path) == earlier.log and head.startswith(tuple(map(str.encode, heads)))


def _grows_not(log: Path) -> bool:
    """Whether a log gets its name only when it is whole."""
    return log.suffix.lower() == ".parquet"


def _identity(path: Path) -> str:
    return "{0.st_dev}:{0.st_ino}".format(path.stat())


def _strings(value: object) -> list[str]:
    """A list out of JSON; empty where it is none."""
    return [str(item) for item in value] if isinstance(value, list) else []


def _whole(path: Path) -> str:
    """The same text for all spellings of a name; a link at its end is not followed."""
    return str(path.parent.resolve() / path.name)


def _relative(path: Path, folder: Path) -> Path:
    whole = Path(_whole(path))
    try:
        return whole.relative_to(folder.resolve())
    except ValueError:
        return whole


def _run_id(config: VideoConfig) -> str:
    """One text for one file, as it is now, and all that decides what becomes of it."""

    def resolved(path: Path | None) -> Path | None:
        return None if path is None else Path(_whole(path))

    settings = replace(
        config,
        source="",
        overwrite=False,
        stats=None,
        output=resolved(config.output),
        log=resolved(config.log),
        model=resolved(config.model),
    )
    source = Path(config.source)
    try:
        stat = source.stat()
        version = stat.st_size, stat.st_mtime_ns
    except OSError:
        version = None  # missing: said when it is to be read
    text = repr((_whole(source), version, settings))
    return hashlib.sha256(text.encode()).hexdigest()[:16]
