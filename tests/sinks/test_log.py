"""Logs: a row for each face, whole lines on a full disk."""

from __future__ import annotations

import csv
import json
import os
import sys

import pytest
from support.programs import run_python
from support.results import result, track

from emoapp.errors import SinkError, UsageError
from emoapp.labels import EMOTIONS
from emoapp.sinks import open_log


def test_csv_has_a_row_for_each_face_and_each_empty_frame(tmp_path):
    path = tmp_path / "log.csv"
    with open_log(path, EMOTIONS, source="a.mp4") as log:
        log.write(result(0, 0.0, track(1, raw=3, smoothed=6), track(2, raw=0, smoothed=0)))
        log.write(result(1, 1 / 30))
        log.write(result(2, 2 / 30, track(2, raw=1, smoothed=4)))
        assert len(path.read_text().splitlines()) > 1, "written as it goes"
    log.close()
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(r["frame"], r["time_s"], r["track"], r["label"]) for r in rows] == [
        ("0", "0.0", "1", "neutral"),
        ("0", "0.0", "2", "angry"),
        ("1", "0.033333", "", ""),
        ("2", "0.066667", "2", "sad"),
    ]
    assert [float(rows[0][side]) for side in ("x0", "y0", "x1", "y1")] == [10, 20.3, 110, 140]
    assert (rows[0]["detector_score"], rows[0]["confidence"]) == ("0.875", "1.0")
    assert (float(rows[0]["raw_happy"]), float(rows[0]["smoothed_happy"])) == (1, 0)
    assert set(list(rows[2].values())[3:]) == {""}
    assert len(rows[0]) == 13 + 2 * len(EMOTIONS)
    assert all(row["doubt"] == row["rejection"] for row in rows), "deprecated, and still right"


def test_csv_refuses_to_overwrite_and_other_labels(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text("precious")
    with pytest.raises(SinkError, match="there already"):
        open_log(path, EMOTIONS)
    assert path.read_text() == "precious"
    with open_log(path, ("happy", "sad"), overwrite=True) as log:
        with pytest.raises(SinkError, match="being written by another program"):
            open_log(path, EMOTIONS, overwrite=True)
        with pytest.raises(ValueError, match="expected scores for"):
            log.write(result(0, 0.0, track(1, raw=0, smoothed=0)))
    with pytest.raises(UsageError, match="must end with .csv"):
        open_log(tmp_path / "log.txt", EMOTIONS)


_FULL_LOG = """
import itertools, resource, sys
from pathlib import Path
from emoapp.errors import SinkError
from emoapp.labels import EMOTIONS
from emoapp.platforms import clock
from emoapp.sinks import open_log
from support.results import result, track
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
# The log writes to its file every half second: at each row, or only when it is closed.
times = itertools.count() if sys.argv[2] == "midway" else itertools.repeat(-1)
clock.now = lambda: next(times)
log = open_log(sys.argv[1], EMOTIONS)
errors = []
for number in range(300):
    try:
        log.write(result(number, number / 30, track(1, raw=3, smoothed=6)))
    except SinkError as error:
        errors.append(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    log.close()
except SinkError as error:
    errors.append(error)
print(errors[0], errors[0].kept, sep="\\n")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs setrlimit")
@pytest.mark.parametrize("name", ["log.csv", "log.jsonl"])
@pytest.mark.parametrize("when", ["midway", "late"])
def test_a_log_on_a_full_disk_keeps_whole_lines_and_none_after_a_gap(tmp_path, name, when):
    ran = run_python(_FULL_LOG, tmp_path / name, when)
    assert (ran.returncode, ran.stderr) == (0, "")
    said, kept = ran.stdout.splitlines()
    assert said.startswith(f"{tmp_path / name} cannot be written: File too large.")
    if when == "late":  # all at once, and none of it whole
        assert kept == "None" and os.listdir(tmp_path) == []
        return
    assert f"is kept: {tmp_path / name}." in said and kept == str(tmp_path / name)
    lines = (tmp_path / name).read_text().splitlines(keepends=True)
    assert all(line.endswith("\n") for line in lines)
    rows = list(csv.DictReader(lines)) if name == "log.csv" else [json.loads(x) for x in lines]
    assert [int(row["frame"]) for row in rows] == list(range(len(rows))) and len(rows) > 20
