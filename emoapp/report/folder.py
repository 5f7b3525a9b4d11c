"""The folder of a report: all of it appears at once, and only a report's own files are replaced."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import psutil

import emoapp
from emoapp.errors import SinkError
from emoapp.sinks.files import cannot_write

MANIFEST = "emoapp-report.json"
"""Lists the files that the report in its folder consists of, with their SHA-256."""

_FILES, _PENDING = "files", "pending"
_OLD = "old"
_CLOCK_S = 2.0
"""By so much the clocks of processes and files may differ."""

Hashes = dict[str, set[str]]
"""Name in the folder, with "/" -> SHA-256 of what a report wrote there (two, if interrupted)."""


class ReportFolder:
    """Files are written below `stage`; `publish` makes them the report in `folder`.

    folder: the report's place.
    stage: a folder on the same disk that exists until the report is whole.
    """

    def __init__(self, folder: Path, inputs: Iterable[Path]) -> None:
        self.folder, self._inputs = folder, tuple(inputs)
        self._new = not folder.exists()
        place = folder.absolute().parent if self._new else folder
        _clear_abandoned(place, _stage_name(folder))
        self.stage = place / f"{_stage_name(folder)}.{os.getpid()}.{secrets.token_hex(4)}"
        self._missing_parents = [one for one in self.stage.parents if not one.exists()]
        try:
            self.stage.mkdir(parents=True)
            (self.stage / MANIFEST).write_text("{}")
        except BaseException:
            self.discard()
            raise

    def claim(self, names: Iterable[str]) -> None:
        """Check that these files may be written, and those of the report before be removed.

        names: relative to the folder, with "/".

        Raises SinkError for a file that no report wrote, that was changed since, or that the new
        report is made of.
        """
        own = _own_files(self.folder)
        for name in [*names, *own]:
            path = self.folder / name
            if not os.path.lexists(path):
                blocked = path.parent
                if not os.path.lexists(blocked) or blocked.is_dir():
                    continue
                path = blocked
            if any(path.exists() and one.exists() and path.samefile(one) for one in self._inputs):
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
        """Put what was written where it belongs, and remove what the report before has besides."""
        names = sorted(
            path.relative_to(self.stage).as_posix()
            for path in self.stage.rglob("*")
            if path.is_file() and path.name != MANIFEST
        )
        self.claim(names)
        written = {name: {_sha256(self.stage / name)} for name in names}
        if self._new:
            (self.stage / MANIFEST).write_text(_manifest(written), encoding="utf-8")
            self.stage.rename(self.folder)
        else:
            self._exchange(names, written)

    def _exchange(self, names: list[str], written: Hashes) -> None:
        """The old report's files against the new one's; all or, where that fails, none."""
        own = _own_files(self.folder)
        was_listed = (self.folder / MANIFEST).exists()
        # Before the first file moves: whoever is killed leaves no file that is nobody's.
        self._list(_manifest(own, written))
        moves = [(self.folder / name, self.stage / _OLD / name) for name in own]
        moves += [(self.stage / name, self.folder / name) for name in names]
        begun: list[tuple[Path, Path]] = []
        try:
            for source, target in moves:
                target.parent.mkdir(parents=True, exist_ok=True)
                begun.append((source, target))
                source.replace(target)
            self._list(_manifest(written))
        except BaseException:
            for source, target in reversed(begun):
                if not source.exists():
                    target.replace(source)
            if was_listed:
                self._list(_manifest(own))
            else:
                (self.folder / MANIFEST).unlink(missing_ok=True)
            raise
        for parent in {(self.folder / name).parent for name in own} - {self.folder}:
            with suppress(OSError):  # it holds other files
                parent.rmdir()

    def _list(self, text: str) -> None:
        """Replace the folder's manifest."""
        half = self.stage / f"half.{MANIFEST}"
        half.write_text(text, encoding="utf-8")
        half.replace(self.folder / MANIFEST)

    def discard(self) -> None:
        """Remove what is not published; may be called twice, also after `publish`."""
        shutil.rmtree(self.stage, ignore_errors=True)
        if not self.folder.exists():
            for parent in self._missing_parents:
                with suppress(OSError):  # somebody else needed it too
                    parent.rmdir()


@contextmanager
def report_folder(
    folder: Path, *, overwrite: bool, inputs: Iterable[Path]
) -> Iterator[ReportFolder]:
    """A folder to write a report into; published where the block ends, discarded where it raises.

    overwrite: the folder may hold files; those of an earlier report are replaced, others stay.
    inputs: files that the report is made of.

    Raises SinkError.
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


def _abandoned_or_running(folder: Path, stage_name: str) -> Iterator[tuple[Path, int]]:
    """Stages in a folder, with the number of the process that made them."""
    for path in folder.iterdir() if folder.is_dir() else ():
        found = re.fullmatch(rf"{re.escape(stage_name)}\.(\d+)\.[0-9a-f]{{8}}", path.name)
        if found and path.is_dir() and ((path / MANIFEST).exists() or not any(path.iterdir())):
            yield path, int(found[1])


def _clear_abandoned(folder: Path, stage_name: str) -> None:
    """Remove what killed programs left."""
    for path, process in _abandoned_or_running(folder, stage_name):
        try:
            running = psutil.Process(process).create_time() <= path.stat().st_mtime + _CLOCK_S
        except psutil.Error:
            running = False
        if not running:
            shutil.rmtree(path, ignore_errors=True)


def _is_empty(folder: Path) -> bool:
    stages = {path for path, _ in _abandoned_or_running(folder, _stage_name(folder))}
    return stages >= set(folder.iterdir())


def _own_files(folder: Path) -> Hashes:
    """The files there that a report wrote and nobody changed.

    Raises SinkError where there is a manifest that is none.
    """
    path = folder / MANIFEST
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        listed = [*content.get(_FILES, {}).items(), *content.get(_PENDING, {}).items()]
        known: Hashes = {}
        for name, digest in listed:
            if _is_inside(name):
                known.setdefault(name, set()).add(digest)
    except (ValueError, AttributeError, TypeError) as exc:
        raise SinkError(
            f"{path} does not list a report's files, so none can be replaced. "
            "Move it away, or choose another folder with -o."
        ) from exc
    there = {name: folder / name for name in known}
    return {
        name: known[name]
        for name, file in there.items()
        if file.is_file() and not file.is_symlink() and _sha256(file) in known[name]
    }


def _is_inside(name: str) -> bool:
    """Whether a listed name is one that a report could have: never above or beside its folder."""
    parts = PurePosixPath(name).parts
    return len(parts) in (1, 2) and all(
        Path(part).name == part and part not in ("..", MANIFEST) for part in parts
    )


def _manifest(files: Hashes, pending: Hashes | None = None) -> str:
    """A manifest's text. pending: what is about to be written."""
    content: dict[str, object] = {"emoapp": emoapp.__version__}
    for key, hashes in ((_FILES, files), (_PENDING, pending or {})):
        content[key] = {name: min(digests) for name, digests in hashes.items()}
    return json.dumps(content, indent=1) + "\n"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
