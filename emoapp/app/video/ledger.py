"""Record the outcome of each run in a file, so that a batch can be resumed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from emoapp.app.video.identity import absolute_name, file_id, relative_to, run_id
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
    """The state of one run.

    Attributes:
        state: "started", "done", "failed", or "" if unknown.
        made: Paths that did not exist when the run started, so that files there may be its own.
        kept: Results that an earlier run had completed.
        log: Device and inode of the log that the run created.
    """

    state: str = ""
    made: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    log: str = ""


class Ledger:
    """Knows which recordings are done, and which files of a killed run may be replaced.

    A recording is done if its file and the settings are the same and the results still exist.
    Several processes may use a ledger at the same time; the last line of each run counts, and
    incomplete lines of killed processes are skipped.

    Args:
        folder: The folder of the results.

    Attributes:
        path: The ledger's file.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LEDGER
        self._entries: dict[str, _Entry] = {}
        # Model and profile may be learned again while a run goes on.
        self._ids: dict[str, str] = {}
        self._read_bytes = 0

    def done(self, config: VideoConfig) -> bool:
        """Return whether a run is done and its results still exist.

        Args:
            config: The run.
        """
        whole = all(path.exists() for path in config.targets)
        return whole and self._entry(config).state == "done"

    def begin(self, config: VideoConfig) -> VideoConfig:
        """Note that a run starts, and remove incomplete files of a killed run.

        Files of a failed run are kept: what it failed at may have existed before.

        Args:
            config: The run.

        Returns:
            The run without the results that earlier runs have completed.

        Raises:
            OutputInUseError: Another process is working on it.
            SinkError: The ledger cannot be written.
        """
        self._ids[config.source] = run_id(config)
        for path in _files_of(config):
            self._remove_incomplete(path, config)
        earlier = self._entry(config)
        made = {absolute_name(path) for path in _files_of(config) if not os.path.lexists(path)}
        kept: set[Path] = set()
        if earlier.state == "done":
            kept = {path for path in config.targets if path.exists()}
        if earlier.state == "started":
            made |= earlier.made
            kept = {path for path in config.targets if _is_complete(path, config, earlier)}
        if config.overwrite:
            kept = set()
        kept_names = frozenset(absolute_name(path) for path in kept)
        self._note_started(config, _Entry("started", frozenset(made), kept_names, earlier.log))
        return replace(
            config,
            output=None if config.output in kept else config.output,
            log=None if config.log in kept else config.log,
        )

    def _remove_incomplete(self, path: Path, config: VideoConfig) -> None:
        if not _is_incomplete(path, config, self._entry(config)):
            return
        try:
            with unused(path):
                # Meanwhile the process that wrote it may have noted that it is complete.
                if _is_incomplete(path, config, self._entry(config)):
                    path.unlink()
        except BlockingIOError:
            raise in_use(path) from None
        except OSError as exc:
            raise cannot_write(path, exc) from exc

    def opened(self, config: VideoConfig) -> None:
        """Note which file is the log of a run, once it is open.

        Args:
            config: The run.
        """
        if config.log is not None and config.log.exists():
            self._note_started(config, replace(self._entry(config), log=file_id(config.log)))

    def done_now(self, config: VideoConfig) -> None:
        """Note that the results of a run are complete.

        Args:
            config: The run.
        """
        written: dict[str, object] = {}
        if config.output is not None:
            written = {"output": str(relative_to(config.output, self.path.parent))}
            written["bytes"] = config.output.stat().st_size
        self._append(config, state="done", **written)

    def failed(self, config: VideoConfig) -> None:
        """Note that a run has failed.

        Args:
            config: The run.
        """
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
        return self._entries.get(self._id(config), _Entry())

    def _id(self, config: VideoConfig) -> str:
        return self._ids.get(config.source) or run_id(config)

    def _append(self, config: VideoConfig, **entry: object) -> None:
        run = {"source": redact_url(config.source), "run": self._id(config)}
        try:
            journal.append(self.path, run | entry)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc


def written_by(ledger: Path) -> Iterator[tuple[Path, int | None]]:
    """Read which annotated copies finished runs have written.

    Args:
        ledger: The ledger's file.

    Yields:
        (file, size in bytes) of each copy.
    """
    for line in journal.entries(ledger):
        output = line.get("output")
        if line.get("state") == "done" and isinstance(output, str) and "\0" not in output:
            yield (ledger.parent / output).resolve(), line.get("bytes")


def _files_of(config: VideoConfig) -> Iterator[Path]:
    """Yield all files that a run writes, final and temporary."""
    yield from config.targets
    if config.output is not None:
        yield part_of(config.output)
    if config.log is not None and config.log.suffix.lower() == ".parquet":
        yield part_of(config.log, ".csv")


def _is_complete(path: Path, config: VideoConfig, earlier: _Entry) -> bool:
    """Return whether a killed run, or one before it, had completed a result."""
    if not path.exists():
        return False
    if absolute_name(path) in earlier.kept:
        return True
    if absolute_name(path) not in earlier.made:
        return False
    return is_annotated(path) is True if path == config.output else _is_renamed_when_complete(path)


def _is_incomplete(path: Path, config: VideoConfig, earlier: _Entry) -> bool:
    """Return whether a killed run has left this file."""
    if earlier.state != "started" or path == config.output or not path.exists():
        return False
    if path == config.log:
        return not _is_renamed_when_complete(path) and _is_log_of(path, earlier)
    return absolute_name(path) in earlier.made


def _is_log_of(path: Path, earlier: _Entry) -> bool:
    """Return whether a killed run created this log; by now the file may be someone else's."""
    if path.stat().st_size == 0:
        return absolute_name(path) in earlier.made
    with path.open("rb") as file:
        head = file.read(1000)
    # By inode and content: file systems reuse the inode of a removed file.
    heads = (",".join(FRAME_COLUMNS + FACE_COLUMNS), f'{{"{FRAME_COLUMNS[0]}": ')
    return file_id(path) == earlier.log and head.startswith(tuple(map(str.encode, heads)))


def _is_renamed_when_complete(log: Path) -> bool:
    """Return whether a log gets its name only when it is complete."""
    return log.suffix.lower() == ".parquet"


def _strings(value: object) -> list[str]:
    """Return a list of paths from JSON; empty if it is none. No path holds a NUL."""
    texts = [str(item) for item in value] if isinstance(value, list) else []
    return [text for text in texts if "\0" not in text]
