"""Publish a report's folder atomically, replacing only files that a report wrote."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from emoapp.errors import SinkError
from emoapp.report.manifest import MANIFEST, Hashes, manifest_text, own_files, sha256_of
from emoapp.sinks.files import cannot_write

_OLD_FOLDER = "old"

_CLOCK_TOLERANCE_S = 2.0
"""Difference allowed between the clocks of processes and of files."""


class ReportFolder:
    """Stage a report's files and publish them all at once.

    Args:
        folder: The report's folder.
        inputs: Files that the report is made of, which are never replaced.

    Attributes:
        folder: The report's folder.
        stage: A temporary folder on the same disk, to write the files into.

    Raises:
        OSError: The stage cannot be created.
    """

    def __init__(self, folder: Path, inputs: Iterable[Path]) -> None:
        self.folder, self._inputs = folder, tuple(inputs)
        self._new = not folder.exists()
        place = folder.absolute().parent if self._new else folder
        _clear_abandoned(place, _stage_name(folder))
        self.stage = place / f"{_stage_name(folder)}.{os.getpid()}.{secrets.token_hex(4)}"
        self._missing_parents = [path for path in self.stage.parents if not path.exists()]
        try:
            self.stage.mkdir(parents=True)
            (self.stage / MANIFEST).write_text("{}")
        except BaseException:
            self.discard()
            raise

    def claim(self, names: Iterable[str]) -> None:
        """Check that files may be written, and those of the previous report removed.

        Args:
            names: File names relative to the folder, with "/".

        Raises:
            SinkError: A file was not written by a report, was changed since, or is an input of
                the new report.
        """
        own = own_files(self.folder)
        for name in [*names, *own]:
            path = self.folder / name
            if not os.path.lexists(path):
                blocked = path.parent
                if not os.path.lexists(blocked) or blocked.is_dir():
                    continue
                path = blocked
            if any(
                path.exists() and file.exists() and path.samefile(file) for file in self._inputs
            ):
                raise SinkError(
                    f"{path} is what this report is made of, and would be replaced. "
                    "Choose another folder with -o."
                )
            if name not in own:
                raise SinkError(
                    f"{path} is not from a report, or was changed since, so it is not replaced. "
                    "Move it away, or choose another folder with -o."
                )

    def publish(self) -> None:
        """Move the staged files to their places and remove the previous report's other files.

        Raises:
            OSError: A file cannot be moved; the previous report is restored.
            SinkError: See `claim`.
        """
        names = sorted(
            path.relative_to(self.stage).as_posix()
            for path in self.stage.rglob("*")
            if path.is_file() and path.name != MANIFEST
        )
        self.claim(names)
        written = {name: {sha256_of(self.stage / name)} for name in names}
        if self._new:
            (self.stage / MANIFEST).write_text(manifest_text(written), encoding="utf-8")
            self.stage.rename(self.folder)
        else:
            self._exchange(names, written)

    def _exchange(self, names: list[str], written: Hashes) -> None:
        """Replace the previous report's files by the new ones: all or, on an error, none."""
        own = own_files(self.folder)
        was_listed = (self.folder / MANIFEST).exists()
        # Before the first file moves: a killed run must leave no file that is not listed.
        self._replace_manifest(manifest_text(own, written))
        moves = [(self.folder / name, self.stage / _OLD_FOLDER / name) for name in own]
        moves += [(self.stage / name, self.folder / name) for name in names]
        begun: list[tuple[Path, Path]] = []
        try:
            for source, target in moves:
                target.parent.mkdir(parents=True, exist_ok=True)
                begun.append((source, target))
                source.replace(target)
            self._replace_manifest(manifest_text(written))
        except BaseException:
            for source, target in reversed(begun):
                if not source.exists():
                    target.replace(source)
            if was_listed:
                self._replace_manifest(manifest_text(own))
            else:
                (self.folder / MANIFEST).unlink(missing_ok=True)
            raise
        for parent in {(self.folder / name).parent for name in own} - {self.folder}:
            with suppress(OSError):  # it contains other files
                parent.rmdir()

    def _replace_manifest(self, text: str) -> None:
        """Replace the folder's manifest."""
        half = self.stage / f"half.{MANIFEST}"
        half.write_text(text, encoding="utf-8")
        half.replace(self.folder / MANIFEST)

    def discard(self) -> None:
        """Remove what is not published; may be called twice, and after `publish`."""
        shutil.rmtree(self.stage, ignore_errors=True)
        if not self.folder.exists():
            for parent in self._missing_parents:
                with suppress(OSError):  # it is in use by others
                    parent.rmdir()


@contextmanager
def report_folder(
    folder: Path, *, overwrite: bool, inputs: Iterable[Path]
) -> Iterator[ReportFolder]:
    """Provide a folder to write a report into, for a `with` block.

    The report is published when the block ends, and discarded if it raises.

    Args:
        folder: The report's folder.
        overwrite: Whether the folder may contain files: an earlier report is replaced, other files
            stay.
        inputs: Files that the report is made of.

    Yields:
        The folder, with a stage to write into.

    Raises:
        SinkError: The folder is not empty or cannot be written, or see `ReportFolder.claim`.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise SinkError(f"{folder} is a file; a folder's name is needed.")
        if folder.is_dir() and not overwrite and not _is_empty(folder):
            raise SinkError(
                f"{folder} is there already. Choose another with -o, or add `--overwrite`."
            )
        target = ReportFolder(folder, inputs)
    except OSError as exc:
        raise cannot_write(folder, exc) from exc
    try:
        yield target
        try:
            target.publish()
        except OSError as exc:
            raise cannot_write(folder, exc) from exc
    finally:
        target.discard()


def _stage_name(folder: Path) -> str:
    return f"half.{folder.absolute().name}"


def _stages(folder: Path, stage_name: str) -> Iterator[tuple[Path, int]]:
    """Yield the stages in a folder, with the process IDs of their makers."""
    for path in folder.iterdir() if folder.is_dir() else ():
        found = re.fullmatch(rf"{re.escape(stage_name)}\.(\d+)\.[0-9a-f]{{8}}", path.name)
        if found and path.is_dir() and ((path / MANIFEST).exists() or not any(path.iterdir())):
            yield path, int(found[1])


def _clear_abandoned(folder: Path, stage_name: str) -> None:
    """Remove the stages that killed runs left behind."""
    for path, process in _stages(folder, stage_name):
        try:
            running = (
                psutil.Process(process).create_time() <= path.stat().st_mtime + _CLOCK_TOLERANCE_S
            )
        except psutil.Error:
            running = False
        if not running:
            shutil.rmtree(path, ignore_errors=True)


def _is_empty(folder: Path) -> bool:
    stages = {path for path, _ in _stages(folder, _stage_name(folder))}
    return stages >= set(folder.iterdir())
