"""Writes what was seen as a table: CSV, JSON lines or Parquet, a line at a time."""

from __future__ import annotations

import io
import json
import os
import time
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emoapp.errors import SinkError, UsageError
from emoapp.escape import CSV_ESCAPED, csv_line
from emoapp.files import write_whole
from emoapp.sinks.base import Sink
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sinks.rows import Rows, Value
from emoapp.types import Result

# So that a table can be watched as it grows, and little is lost if the program is killed.
_FLUSH_S = 0.5


class LineLog(Sink):
    """A text file of rows (see `rows.Rows`) that grows as the run goes on.

    What was written is whole lines at any moment, also where the disk is full or the program is
    killed.

    source: what is read, as the user named it.
    labels: the expressions, in the order of the model.

    Raises SinkError: the file exists and `overwrite` is False, no folder, no rights, disk full.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        labels: Sequence[str],
        *,
        source: str = "",
        overwrite: bool = False,
    ) -> None:
        self.path = check_target(path, overwrite=overwrite)
        self.rows = Rows(source, labels)
        try:
            # Unbuffered, so that a flush is one call whose failure can be undone.
            self._file = open(self.path, "wb", buffering=0)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self._waiting = io.StringIO()
        self._waiting.write(self.head())
        self._flush_at = 0.0

    @abstractmethod
    def head(self) -> str:
        """What stands above the rows."""

    @abstractmethod
    def line(self, row: tuple[Value, ...]) -> str:
        """One row as text, with the end of the line."""

    def write(self, result: Result, picture: np.ndarray | None = None) -> None:
        if self._file.closed:
            raise SinkError(f"The log {self.path} is closed already.")
        for row in self.rows.of(result):
            self._waiting.write(self.line(row))
        if time.monotonic() >= self._flush_at:
            self._flush()
            self._flush_at = time.monotonic() + _FLUSH_S

    def close(self) -> None:
        if self._file.closed:
            return
        try:
            self._flush()
        finally:
            self._file.close()

    def _flush(self) -> None:
        text = self._waiting.getvalue().encode("utf-8")
        self._waiting = io.StringIO()
        whole = self._file.tell()
        try:
            while text:
                text = text[self._file.write(text) :]
        except OSError as exc:
            # A full disk takes a part of it; half a line would look like a measurement.
            self._file.truncate(whole)
            self._file.seek(whole)
            raise cannot_write(self.path, exc) from exc


class CsvLog(LineLog):
    """Comma-separated values, the columns' names in the first line.

    Texts that a spreadsheet would run as formulas have an apostrophe in front (`escape.csv_cell`).
    """

    def head(self) -> str:
        return self.line(self.rows.columns)

    def line(self, row: tuple[Value, ...]) -> str:
        return csv_line(row)


class JsonLinesLog(LineLog):
    """One JSON object a line, with the columns' names as keys and null for nothing."""

    def head(self) -> str:
        return ""

    def line(self, row: tuple[Value, ...]) -> str:
        return json.dumps(dict(zip(self.rows.columns, row, strict=True)), ensure_ascii=False) + "\n"


class ParquetLog(Sink):
    """A Parquet table, for which pyarrow is needed.

    Such a file can be read only once its end is written. So until `close` the rows are in a CSV
    beside it, "NAME.part.csv", which is what a killed run leaves.

    Parameters and errors as for `LineLog`; UsageError without pyarrow.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        labels: Sequence[str],
        *,
        source: str = "",
        overwrite: bool = False,
    ) -> None:
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise UsageError(
                f"{path} needs pyarrow: pip install 'emoapp[parquet]' "
                "(in a checkout: pip install -e '.[parquet]'); .csv and .jsonl need nothing"
            ) from None
        self.path = check_target(path, overwrite=overwrite)
        self._part = self.path.with_suffix(".part.csv")
        self._csv = CsvLog(self._part, labels, source=source, overwrite=True)
        self._closed = False

    def write(self, result: Result, picture: np.ndarray | None = None) -> None:
        self._csv.write(result)

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._csv.close()
        try:
            write_whole(self.path, self._convert)
        except OSError as exc:
            raise cannot_write(self.path, exc) from exc
        self._part.unlink()

    def abandon(self) -> None:
        """Leave the CSV as it is."""
        self._closed = True
        self._csv.close()

    def _convert(self, half: Path) -> None:
        """A block at a time, so that the memory stays the same whatever the length."""
        import pyarrow
        from pyarrow import compute, parquet
        from pyarrow import csv as arrow_csv

        text = pyarrow.string()
        types = {"source": text, "label": text, "doubt": text}
        types |= {"frame": pyarrow.int64(), "track": pyarrow.int64()}
        reader = arrow_csv.open_csv(
            self._part,
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types={
                    name: types.get(name, pyarrow.float64()) for name in self._csv.rows.columns
                },
                strings_can_be_null=True,
                null_values=[""],  # an expression may be called "null"
            ),
        )
        with reader, parquet.ParquetWriter(half, reader.schema) as writer:
            for batch in reader:
                for place, name in enumerate(batch.schema.names):
                    if types.get(name) is text:
                        cells = compute.replace_substring_regex(batch[name], CSV_ESCAPED, r"\1")
                        batch = batch.set_column(place, name, cells)
                writer.write_batch(batch)
