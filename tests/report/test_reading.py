"""Logs that the report reads: every format, damage, several videos."""

from __future__ import annotations

import json
import warnings

import pandas as pd
import pytest
from support.logs import SAD, UNEVEN, row, write_log

from emoapp.errors import DataError, UsageError
from emoapp.report.measures import measure
from emoapp.report.reading import read_log


def test_all_formats_say_the_same(tmp_path):
    paths = [write_log(tmp_path / "log.csv", UNEVEN), tmp_path / "log.jsonl"]
    paths[1].write_text("".join(json.dumps(one) + "\n" for one in UNEVEN))
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        pass
    else:
        paths.append(tmp_path / "log.parquet")
        pd.DataFrame(UNEVEN).to_parquet(paths[-1])
    first, *others = [measure(read_log(path)) for path in paths]
    for other in others:
        for name in ("people", "shares", "segments", "transitions", "coverage"):
            pd.testing.assert_frame_equal(
                getattr(first, name), getattr(other, name), check_dtype=False
            )


@pytest.mark.parametrize("lost", [b"", b"\0" * 100], ids=["killed", "power lost"])
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_a_line_that_was_cut_off_is_left_out(tmp_path, suffix, lost):
    path = tmp_path / f"log{suffix}"
    if suffix == ".csv":
        write_log(path, UNEVEN)
    else:
        path.write_text("".join(json.dumps(one) + "\n" for one in UNEVEN))
    path.write_bytes(path.read_bytes()[:-4] + lost)
    log = read_log(path)
    assert log.left_out == 1
    assert log.frames["t"].tolist() == [one["time_s"] for one in UNEVEN[:3] + UNEVEN[4:5]] + [
        0.8,
        0.9,
        1.0,
        1.2,
        1.3,
    ]


def _damage(name: str, value: object):
    return [*UNEVEN[:6], UNEVEN[6] | {name: value}, *UNEVEN[7:]]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (_damage("time_s", "soon"), "line 8: time_s is 'soon'"),
        (_damage("x1", None), "line 8: x1 is empty"),
        (_damage("label", "bored"), "line 8: the label 'bored' has no column"),
        (_damage("time_s", 0.01), "line 8: the time runs backwards, from 0.500 to 0.010"),
        (UNEVEN + UNEVEN, "line 14: the time runs backwards"),
        ([{"a": 1, "b": 2}], "columns frame, time_s, track.* are missing"),
    ],
)
def test_a_broken_log_is_named_and_told_where(tmp_path, rows, says):
    with pytest.raises(DataError, match=says) as error:
        read_log(write_log(tmp_path / "log.csv", rows))
    assert "log.csv" in str(error.value)


def test_what_is_no_log_is_refused(tmp_path, clip):
    head = write_log(tmp_path / "log.csv", UNEVEN).read_text().splitlines()[0]
    (tmp_path / "head.csv").write_text(head + "\n")
    (tmp_path / "nothing.csv").write_bytes(b"")
    (tmp_path / "film.csv").write_bytes(clip.read_bytes())
    (tmp_path / "text.jsonl").write_text("hello\nthere\n")
    for name, says in [
        ("head.csv", "no frame yet"),
        ("nothing.csv", "is empty"),
        ("film.csv", "film.csv is"),
        ("text.jsonl", "line 1: this is no JSON"),
        ("nowhere.csv", "cannot be read"),
    ]:
        with pytest.raises(DataError, match=says):
            read_log(tmp_path / name)
    with pytest.raises(UsageError, match="must end with"):
        read_log(clip)


def test_one_of_several_videos_is_chosen(tmp_path):
    rows = UNEVEN + [row(i, i / 10, 1, SAD, source="other.mp4") for i in range(10)]
    path = write_log(tmp_path / "log.csv", rows)
    with pytest.raises(UsageError, match="film.mp4, other.mp4: choose one"):
        read_log(path)
    assert len(read_log(path, source="other.mp4").frames) == 10


def test_a_label_named_like_a_date_stays_a_number(tmp_path):
    rows = [row(n, n / 10, 1, "look_at", labels=("look_at", SAD)) for n in range(3)]
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        log = read_log(path)
    assert log.faces["smoothed_look_at"].tolist() == [0.8] * 3
