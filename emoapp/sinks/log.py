"""Writes what was seen as a table: CSV, JSON lines or Parquet, a line at a time."""

from __future__ import annotations

import csv
import io
import json
import os
import time
from abc import abstractmethod
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from emoapp.errors import SinkError
from emoapp.files import write_whole
from emoapp.sinks.base import Sink
from emoapp.sinks.files import cannot_write, check_target
from emoapp.sinks.lines import LineFile
from emoapp.sinks.rows import Rows, Value
from emoapp.types import Result

# So that a table can be watched as it grows, and little is lost if the program is killed.
_FLUSH_S = 0.5


class LineLog(Sink):
    """A text file of rows (see `rows.Rows`) that grows as the run goes on.

    What was written is whole lines at any moment, also where the disk is full or the program is
    killed. Once a write has failed, the log is closed.

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
            self._file = LineFile(open(self.path, "wb", buffering=0), self.path)
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
        text, self._waiting = self._waiting.getvalue(), io.StringIO()
        self._file.add(text)


class CsvLog(LineLog):
    """Comma-separated values, the columns' names in the first line."""

    def head(self) -> str:
        return self.line(self.rows.columns)

    def line(self, row: tuple[Value, ...]) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(row)
        return text.getvalue()


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

    Parameters and errors as for `LineLog`.
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
            raise cannot_write(self.path, exc, kept=self._part) from exc
        self._part.unlink()

    def abandon(self) -> None:
        """Leave the CSV as it is."""
        self._closed = True
        self._csv.close()

    def _convert(self, half: Path) -> None:
        """A block at a time, so that the memory stays the same whatever the length."""
        import pyarrow
        from pyarrow import csv as arrow_csv
        from pyarrow import parquet

        text = pyarrow.string()
        types = {"source": text, "label": text, "doubt": text}
        types |= {"frame": pyarrow.int64(), "track": pyarrow.int64()}
        reader = arrow_csv.open_csv(
            self._part,
            convert_options=arrow_csv.ConvertOptions(
                column_types={
                    name: types.get(name, pyarrow.float64()) for name in self._csv.rows.columns
                },
                strings_can_be_null=True,
            ),
        )
        with reader, parquet.ParquetWriter(half, reader.schema) as writer:
            for batch in reader:
                writer.write_batch(batch)
