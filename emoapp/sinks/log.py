"""Write results as a table: CSV, JSON lines or Parquet."""

from __future__ import annotations

import io
import json
import os
from abc import abstractmethod
from collections.abc import Sequence
from io import FileIO
from pathlib import Path

from emoapp.errors import OutputExistsError, SinkError
from emoapp.platforms import clock
from emoapp.rows import Rows, Value
from emoapp.sinks.base import FileSink
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sinks.lines import LineFile
from emoapp.types import Result
from emoapp.utils.escape import CSV_ESCAPED, csv_line
from emoapp.utils.files import create, create_part, write_whole

# Short, so that a table can be watched as it grows and little is lost if the program is killed.
_FLUSH_INTERVAL_S = 0.5


class LineLog(FileSink):
    """A text file of rows (see `rows.Rows`) that grows during the run.

    The file holds only whole lines, even if the disk is full or the program is killed. Once a write
    has failed, the log is closed. No two processes write the same file.

    Args:
        path: The file.
        labels: The expressions, in the order of the model.
        source: What the user called the source.
        overwrite: Replace an existing file.
        profile: Add the column of the profile (see `rows.Rows`).

    Raises:
        SinkError: The file exists and `overwrite` is False, another program is writing it, or it
            cannot be written (no folder, no rights, disk full).
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        labels: Sequence[str],
        *,
        source: str = "",
        overwrite: bool = False,
        profile: bool = False,
    ) -> None:
        self.path = check_target(path, overwrite=overwrite)
        self.rows = Rows(source, labels, profile=profile)
        try:
            self._file = LineFile(self.create(overwrite), self.path)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self._buffer = io.StringIO()
        self._buffer.write(self.head())
        self._flush_at = 0.0
        self._has_rows = False

    def create(self, overwrite: bool) -> FileIO:
        """Create the file.

        Args:
            overwrite: Replace an existing file.
        """
        return create(self.path, overwrite=overwrite)

    @abstractmethod
    def head(self) -> str:
        """Return the text above the rows."""

    @abstractmethod
    def line(self, row: tuple[Value, ...]) -> str:
        """Return a row as text, with its line break.

        Args:
            row: The values, in the order of the columns.
        """

    def write(self, result: Result) -> None:
        """Add the rows of a result; see `Sink.write`."""
        if self._file.closed:
            raise SinkError(f"The log {self.path} is closed already.")
        for row in self.rows.of(result):
            self._buffer.write(self.line(row))
            self._has_rows = True
        if clock.now() >= self._flush_at:
            self._flush()
            self._flush_at = clock.now() + _FLUSH_INTERVAL_S

    def close(self) -> None:
        """Write the remaining rows and close the file; may be called twice."""
        if self._file.closed:
            return
        try:
            self._flush()
        finally:
            self._file.close()

    def fileno(self) -> int:
        """Return the descriptor whose lock keeps other processes away."""
        return self._file.fileno()

    def abandon(self) -> None:
        """Keep the rows; remove a file without any."""
        if self._has_rows or self._file.closed:
            return self.close()
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _flush(self) -> None:
        text, self._buffer = self._buffer.getvalue(), io.StringIO()
        self._file.add(text)


class CsvLog(LineLog):
    """Comma-separated values, with the names of the columns in the first line.

    Text that a spreadsheet would run as a formula gets a leading apostrophe (`escape.csv_cell`).
    """

    def head(self) -> str:
        """Return the names of the columns."""
        return self.line(self.rows.columns)

    def line(self, row: tuple[Value, ...]) -> str:
        """Return a row; see `LineLog.line`."""
        return csv_line(row)


class JsonLinesLog(LineLog):
    """One JSON object per line, with the names of the columns as keys and null for no value."""

    def head(self) -> str:
        """Return nothing: each row names its columns."""
        return ""

    def line(self, row: tuple[Value, ...]) -> str:
        """Return a row; see `LineLog.line`."""
        return json.dumps(dict(zip(self.rows.columns, row, strict=True)), ensure_ascii=False) + "\n"


class _PartCsv(CsvLog):
    """The incomplete CSV file beside `path`."""

    def create(self, overwrite: bool) -> FileIO:
        file = create_part(self.path, suffix=".csv")
        self.path = Path(file.name)
        return file


class ParquetLog(FileSink):
    """A Parquet table, which needs pyarrow.

    Such a file can be read only once its end is written. Until `close`, the rows are therefore in a
    CSV file beside it, "NAME.part.csv" (see `files.create_part`), which a killed run leaves behind.

    Args:
        path: The file.
        labels: The expressions, in the order of the model.
        source: What the user called the source.
        overwrite: Replace an existing file.
        profile: Add the column of the profile (see `rows.Rows`).

    Raises:
        SinkError: See `LineLog`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        labels: Sequence[str],
        *,
        source: str = "",
        overwrite: bool = False,
        profile: bool = False,
    ) -> None:
        self.path = check_target(path, overwrite=overwrite)
        self._overwrite = overwrite
        self._csv = _PartCsv(path, labels, source=source, overwrite=overwrite, profile=profile)
        self._closed = False

    def write(self, result: Result) -> None:
        """Add the rows of a result; see `Sink.write`."""
        self._csv.write(result)

    def close(self) -> None:
        """Convert the CSV file; may be called twice."""
        if self._closed:
            return
        self._closed = True
        self._csv.close()
        try:
            write_whole(self.path, self._convert, overwrite=self._overwrite)
        except OutputExistsError as exc:
            raise OutputExistsError(f"{exc} The rows are in {self._csv.path}.") from None
        except OSError as exc:
            raise cannot_write(self.path, exc, kept=self._csv.path) from exc
        self._csv.path.unlink()

    def fileno(self) -> int:
        """Return the descriptor whose lock keeps other processes away."""
        return self._csv.fileno()

    def abandon(self) -> None:
        """Leave the CSV file as it is."""
        if not self._closed:
            self._closed = True
            self._csv.abandon()

    def _convert(self, half: Path) -> None:
        """Convert the CSV file block by block, so that memory does not grow with its length."""
        import pyarrow
        from pyarrow import compute, parquet
        from pyarrow import csv as arrow_csv

        text = pyarrow.string()
        types = dict.fromkeys(("source", "label", "rejection", "doubt", "profile"), text)
        types |= {"frame": pyarrow.int64(), "track": pyarrow.int64()}
        reader = arrow_csv.open_csv(
            self._csv.path,
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={
                    name: types.get(name, pyarrow.float64()) for name in self._csv.rows.columns
                },
                strings_can_be_null=True,
                null_values=[""],  # a label may be "null"
            ),
        )
        with reader, parquet.ParquetWriter(half, reader.schema) as writer:
            for batch in reader:
                for place, name in enumerate(batch.schema.names):
                    if types.get(name) is text:
                        cells = compute.replace_substring_regex(batch[name], CSV_ESCAPED, r"\1")
                        batch = batch.set_column(place, name, cells)
                writer.write_batch(batch)
