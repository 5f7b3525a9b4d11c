"""Append whole lines to a text file."""

from __future__ import annotations

from contextlib import suppress
from io import FileIO
from pathlib import Path

from emoapp.sinks.files import cannot_write


class LineFile:
    """A text file that holds only whole lines, even if the process is killed or the disk is full.

    Args:
        file: A new file, open for writing and unbuffered, so that adding is one call whose failure
            can be undone. This object closes it.
        path: The name of the file.
    """

    def __init__(self, file: FileIO, path: Path) -> None:
        self._file, self._path = file, path

    @property
    def closed(self) -> bool:
        """Whether the file is closed."""
        return self._file.closed

    def fileno(self) -> int:
        """Return the descriptor whose lock keeps other processes away."""
        return self._file.fileno()

    def add(self, lines: str) -> None:
        """Add whole lines, all or none of them.

        Args:
            lines: The lines, each with its line break.

        Raises:
            SinkError: They cannot be written. The file is then closed for good, because lines after
                a gap would look complete, and removed if it is empty.
        """
        text = lines.encode("utf-8")
        whole = self._file.tell()
        try:
            while text:
                text = text[self._file.write(text) :]
        except OSError as exc:
            with suppress(OSError):
                self._file.truncate(whole)  # a full disk takes part of the text
            self.close()
            if not whole:
                self._path.unlink(missing_ok=True)
            raise cannot_write(self._path, exc, kept=self._path if whole else None) from exc

    def close(self) -> None:
        """Close the file; may be called twice."""
        with suppress(OSError):
            self._file.close()
