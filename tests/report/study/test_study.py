"""The report of a study: its numbers, its groups, and what may be wrong with its files."""

from __future__ import annotations

import csv
import io
import json
import shutil

import pandas as pd
import pytest
from support.logs import HAPPY, NEUTRAL, SAD, UNEVEN, row, write_log
from support.paths import ROOT
from support.reports import Links, files

from emoapp.cli import main
from emoapp.report.study import write
from emoapp.report.study.tables import COLUMNS


def write_recording(path, happy: int, *, of: int = 20, people: int = 1):
    """A log of two seconds, so many of its frames happy and the rest neutral."""
    rows = [
        row(i, i / 10, person + 1, HAPPY if i < happy else NEUTRAL, source=f"films/{path.stem}.mp4")
        for i in range(of)
        for person in range(people)
    ]
    return write_log(path, rows)


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "logs").mkdir()
    return tmp_path / "logs"


def page_of(folder) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def table_of(folder, name="study.csv") -> pd.DataFrame:
    return pd.read_csv(folder / name, keep_default_na=False)


@pytest.mark.logs_errors
def test_each_recording_has_its_numbers(logs, capsys):
    write_log(logs / "uneven.csv", UNEVEN)
    write_recording(logs / "two.csv", 5, people=2)
    assert main(["report", "logs"]) == 0
    folder = logs.parent / "logs_report"
    table = pd.read_csv(folder / "study.csv").set_index(["recording", "label"])
    uneven = table.loc["uneven.csv"]
    assert uneven["label_s"].to_dict() == pytest.approx({HAPPY: 1.3, SAD: 0.4, NEUTRAL: 0.1})
    assert uneven["share"].sum() == pytest.approx(1, abs=1e-3)
    assert uneven["coverage"].iloc[0] == pytest.approx(1.8 / 2.1, abs=1e-3)
    assert uneven["seconds"].iloc[0] == pytest.approx(2.1) and uneven["people"].iloc[0] == 1
    two = table.loc["two.csv"]
    assert two.loc[HAPPY, "share"] == 0.25 and two.loc[HAPPY, "believed_s"] == pytest.approx(4)
    assert two.loc[HAPPY, "changes"] == 2 and two.loc[HAPPY, "people"] == 2
    page = page_of(folder)
    links = Links(page)
    assert not [a for a in links.found if not a.startswith("data:image/png;base64,")]
    assert "script" not in links.tags and "url(http" not in page
    assert "not known" in page, "these logs do not say how they were made"
    assert main(["report", "logs"]) == 1 and "there already" in capsys.readouterr().err


def test_all_people_count_and_what_killed_runs_left_does_not(logs):
    path = write_recording(logs / "crowd.csv", 5, people=40)
    for name in ("crowd.part.csv", "crowd.part-2.csv"):
        shutil.copy(path, logs / name)
    assert main(["report", "logs"]) == 0
    table = table_of(logs.parent / "logs_report")
    assert set(table["recording"]) == {"crowd.csv"} and set(table["people"]) == {40}


def test_conditions_are_compared_by_participant(logs):
    for number in range(6):
        write_recording(logs / f"p{number}_a.csv", 4 + number % 3)
        write_recording(logs / f"p{number}_b.csv", 12 + number % 2)
    write_recording(logs / "p6_a.csv", 1)  # in one condition only
    rows = ["Condition;FILE;participant"]
    rows += [f"a;FILMS\\P{n}_A.MP4;P{n}" for n in range(7)]
    rows += [f"b;p{n}_b;p{n} " for n in range(6)]
    (logs / "groups.csv").write_text("\n".join(rows), encoding="utf-8-sig")
    assert main(["report", "logs", "--groups", "logs/groups.csv"]) == 0
    folder = logs.parent / "logs_report"
    groups = table_of(folder, "groups.csv")
    means = groups[groups["measure"] == HAPPY].set_index("condition")
    assert float(means.loc["b", "mean"]) == pytest.approx(0.625)
    assert means.loc["a", "participants"] == "7"
    difference = means.loc["b - a"]
    pairs = pd.Series([(12 + n % 2 - 4 - n % 3) / 20 for n in range(6)])
    assert float(difference["mean"]) == pytest.approx(pairs.mean(), abs=1e-4)
    assert difference["participants"] == "6 / 6" and difference["method"] == "paired t interval"
    # Three measures differ from 0 somewhere, so that 95% together are 98.33% each.
    reach = 3.5341 * pairs.std() / 6**0.5
    assert float(difference["high"]) == pytest.approx(pairs.mean() + reach, abs=2e-4)
    assert float(difference["hedges_g"]) == pytest.approx(
        (1 - 3 / 19) * pairs.mean() / pairs.std(), abs=2e-4
    )
    page = page_of(folder)
    assert "6 participants compared with themselves. Left out, as they are in one of" in page


def test_few_participants_get_no_interval(logs):
    write_recording(logs / "one.csv", 20)
    write_recording(logs / "other.csv", 2)
    (logs.parent / "groups.csv").write_text("file,condition\none,x\nother,y\n")
    assert main(["report", "logs", "--groups", "groups.csv"]) == 0
    groups = table_of(logs.parent / "logs_report", "groups.csv")
    difference = groups[(groups["condition"] == "y - x") & (groups["measure"] == HAPPY)].iloc[0]
    assert float(difference["mean"]) == -0.9
    assert (difference["low"], difference["hedges_g"]) == ("", "")
    assert "Too few for an interval." in page_of(logs.parent / "logs_report")


@pytest.mark.logs_errors
def test_a_table_that_does_not_fit_says_where(logs, capsys):
    (logs / "deeper").mkdir()
    for name in ("a.csv", "deeper/a.csv", "b.csv"):
        write_recording(logs / name, 3)
    table = logs.parent / "groups.csv"
    table.write_text("file,participant,condition\na.mp4,1,x\nghost.mp4,2,x\ndeeper/a,3,y\n")
    assert main(["report", "logs", "--groups", "groups.csv"]) == 0
    said = capsys.readouterr().err
    assert "no log: ghost.mp4" in said and "with their folder: a.mp4" in said
    assert "in no group: a.csv, b.csv" in said
    for text, says in (
        ("name,condition\n", "lacks the columns: file"),
        ("", "lacks the columns: file"),
        ("file,condition\nb,x\nB.csv,y\n", "lines 2 and 3: b.csv has two"),
        ("file,condition\nb,x\xff".encode("latin-1"), "not text in UTF-8"),
    ):
        table.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert main(["report", "logs", "--groups", "groups.csv", "--overwrite"]) == 1, text
        assert says in capsys.readouterr().err


@pytest.mark.logs_errors
def test_what_is_no_log_is_listed_and_the_rest_reported(logs, capsys):
    write_recording(logs / "good.csv", 3)
    lines = [json.dumps(row(i, i / 10, 1, "calm", labels=("calm", "wild"))) for i in range(9)]
    (logs / "other_labels.JSONL").write_text("\n".join(lines) + '\n{"source')
    (logs / "empty.csv").write_text("")
    (logs / "shopping.csv").write_text("what,price\ntea,3\n")
    (logs / "half.parquet").write_bytes(b"PAR1")
    (logs / "emoapp-runs.jsonl").write_text("{}\n")
    write_recording(logs / "begun.part.csv", 3)
    several = [row(i, i / 10, 1, HAPPY, source=name) for name in ("x", "y") for i in range(4)]
    write_log(logs / "several.csv", several)
    assert main(["report", "good.csv"]) == 1  # a file, and not there
    assert main(["report", "logs", "-o", "logs/report"]) == 0
    table = table_of(logs / "report")
    assert set(table.loc[table["problem"] != "", "recording"]) == {
        *("empty.csv", "shopping.csv", "half.parquet"),
    }
    assert set(table.loc[table["problem"] == "", "recording"]) == {
        *("good.csv", "other_labels.JSONL", "several.csv: x", "several.csv: y"),
    }
    said = capsys.readouterr().err
    assert "could not be read are at the end of the page: empty.csv, half" in said
    assert "other expressions are in no group: other_labels" in said
    # The report itself, which lies among them, is none of them.
    assert main(["report", "logs", "-o", "logs/report", "--overwrite"]) == 0
    assert len(table_of(logs / "report")) == len(table)


@pytest.mark.logs_errors
def test_wrong_use_is_said(logs, capsys):
    log = write_recording(logs / "one.csv", 3)
    for words, status, says in (
        (["logs", "--clips", "2"], 2, "--clips is for one log"),
        ([str(log), "--groups", "x.csv"], 2, "--groups compares the logs of a folder"),
        (["logs", "--groups", "x.csv"], 1, "x.csv cannot be read"),
    ):
        assert main(["report", *words]) == status
        assert says in capsys.readouterr().err
    log.write_text("")
    assert main(["report", "logs"]) == 1
    assert "no log that can be read: one.csv: is empty" in capsys.readouterr().err
    log.unlink()
    assert main(["report", "logs"]) == 1
    assert "holds no logs" in capsys.readouterr().err
    assert not (logs.parent / "logs_report").exists()


def test_names_from_outside_stay_text(logs):
    write_recording(logs / "<b>&.csv", 3)
    rows = io.StringIO()
    csv.writer(rows).writerows([("file", "condition"), ("<b>&", "=<i>1")])
    (logs.parent / "groups.csv").write_text(rows.getvalue())
    assert main(["report", "logs", "--groups", "groups.csv"]) == 0
    page = page_of(logs.parent / "logs_report")
    assert "&lt;b&gt;&amp;.csv" in page and "=&lt;i&gt;1" in page and "<i>1" not in page
    assert set(table_of(logs.parent / "logs_report")["condition"]) == {"'=<i>1"}


def test_stopped_on_the_way_there_is_no_report(logs, monkeypatch):
    write_recording(logs / "one.csv", 3)
    write_recording(logs / "two.csv", 3)
    before = files(logs.parent)

    def stop(path, folder):
        if path.name == "two.csv":
            raise KeyboardInterrupt
        return original(path, folder)

    original = write.read_recordings
    monkeypatch.setattr(write, "read_recordings", stop)
    assert main(["report", "logs"]) == 130
    assert files(logs.parent) == before


def test_the_guide_has_all_columns():
    guide = (ROOT / "docs" / "guide" / "report.md").read_text(encoding="utf-8")
    assert [name for name, said in COLUMNS.items() if f"| `{name}` | {said} |" not in guide] == []
