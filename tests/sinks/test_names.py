"""Logs and tables give hostile names back."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from support.escaping import REAL_FILES, seen
from support.names import HOSTILE, NAMES
from support.results import result

from emoapp.report.reading import read_log
from emoapp.sinks import open_log
from emoapp.utils.escape import csv_text, encodable


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
@given(source=NAMES, label=NAMES)
@REAL_FILES
def test_logs_give_names_back(tmp_path, suffix, source, label):
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    labels = (label, "another")
    path = tmp_path / f"log.{suffix}"
    with open_log(path, labels, source=source, overwrite=True) as log:
        log.write(result(0, 0.0, seen(label, labels)))
        log.write(result(1, 0.5))
        log.write(result(2, 1.0, seen(label, labels)))
    read = read_log(path)
    assert read.source == encodable(source) and read.left_out == 0
    assert read.faces["label"].tolist() == [encodable(label)] * 2
    assert read.frames["t"].tolist() == [0, 0.5, 1]
    if suffix == "csv":
        table = pd.read_csv(path, keep_default_na=False, dtype={"source": str, "label": str})
        assert {csv_text(text) for text in table["source"]} == {encodable(source)}
        assert table["frame"].tolist() == [0, 1, 2]


def test_a_torn_row_of_a_name_with_line_breaks_is_left_out(tmp_path):
    path = tmp_path / "log.csv"
    with open_log(path, ("happy", "sad"), source="one\ntwo") as log:
        for index in range(4):
            log.write(result(index, index / 10, seen("happy", ("happy", "sad"))))
    whole = path.read_bytes()
    last = whole.rindex(b'"one')
    for cut in (last + 1, whole.index(b"\n", last) + 1, len(whole) - 3):
        path.write_bytes(whole[:cut])
        read = read_log(path)
        assert (len(read.frames), read.left_out, read.source) == (3, 1, "one\ntwo")


def test_pictures_with_such_names_get_their_tables(tmp_path):
    from emoapp.app.images import Analyzed, write_csv, write_json

    results = []
    for name in HOSTILE:
        track = seen(name, (name, "x"))
        results.append(Analyzed(tmp_path / name, (10, 10), (track,)))
    write_json(tmp_path / "faces.json", results)
    found = json.loads((tmp_path / "faces.json").read_text("utf-8"))
    assert [one["faces"][0]["label"] for one in found] == [encodable(name) for name in HOSTILE]
    same = [replace(one, tracks=()) for one in results]
    write_csv(tmp_path / "faces.csv", same, ("happy", "sad"))
    table = pd.read_csv(tmp_path / "faces.csv")
    assert table["source"].tolist() == [encodable(str(one.path)) for one in results]
