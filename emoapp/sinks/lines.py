"""A text file that holds whole lines at any moment."""

from __future__ import annotations

from contextlib import suppress
from io import FileIO
from pathlib import Path

from emoapp.sinks.files import cannot_write


class LineFile:
    """A file to which lines are added; whoever is killed or finds the disk full leaves whole ones.

    file: new, open for writing and unbuffered, so that adding is one call whose failure can be
        undone. It is taken over and closed.
    """

    def __init__(self, file: FileIO, path: Path) -> None:
        self._file, self._path = file, path

    @property
    def closed(self) -> bool:
        return self._file.closed

    def fileno(self) -> int:
        """The file whose lock keeps other processes away."""
        return self._file.fileno()

    def add(self, lines: str) -> None:
        """Add whole lines, all or none of them.

        Raises SinkError where they can't be written; the file is then closed for good, because
        lines after a gap would look like all of them, and gone if it is empty.
        """
        text = lines.encode("utf-8")
        whole = self._file.tell()
        try:
            while text:
                text = text[self._file.write(text) :]
        except OSError as exc:
            with suppress(OSError):
                self._file.truncate(whole)  # a full disk takes a part of it
            self.close()
            if not whole:
                self._path.unlink(missing_ok=True)
            raise cannot_write(self._path, exc, kept=self._path if whole else None) from exc

    def close(self) -> None:
        """May be called twice."""
        with suppress(OSError):
            self._file.close()
