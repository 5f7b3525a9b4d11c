"""The report: its numbers, its page and its chapters."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from support.logs import HAPPY, LABELS, NEUTRAL, SAD, UNEVEN, row, write_log
from support.reports import Links

from emoapp.cli import main
from emoapp.report.density import label_seconds, seen_seconds
from emoapp.report.measures import measure, strongest
from emoapp.report.plots import WIDE_IN
from emoapp.report.reading import read_log
from emoapp.report.timeline import is_summed
from emoapp.utils.libav import av


def table(frame: pd.DataFrame, *keys: str) -> dict:
    """The rows as {keys: the last column}."""
    return frame.set_index(list(keys)).iloc[:, -1].to_dict()


def test_numbers_of_a_small_uneven_log(tmp_path):
    log = read_log(write_log(tmp_path / "log.csv", UNEVEN))
    assert log.seconds == pytest.approx(2.1) and log.labels == LABELS and log.left_out == 0
    said = measure(log)
    assert table(said.shares[["track", "label", "seconds"]], "track", "label") == pytest.approx(
        {(1, HAPPY): 1.3, (1, SAD): 0.1, (1, NEUTRAL): 0.1}
        | {(2, HAPPY): 0.0, (2, SAD): 0.3, (2, NEUTRAL): 0.0}
    )
    assert table(said.shares[["track", "label", "share"]], "track", "label")[1, HAPPY] == (
        pytest.approx(1.3 / 1.5)
    )
    assert table(said.transitions, "track", "before", "after") == {
        (1, NEUTRAL, HAPPY): 1,
        (1, HAPPY, SAD): 1,  # across the rejection
        (1, SAD, HAPPY): 1,  # across the rejection and the frame without her
    }
    assert table(said.rejections, "track", "rejection") == pytest.approx(
        {(1, "unsure"): 0.3, (1, "blurred"): 0.2, (2, "too small"): 0.1}
    )
    assert table(said.coverage[["state", "seconds"]], "state") == pytest.approx(
        {"believed": 1.8, "blurred": 0.2, "no face": 0.1}
    )
    assert said.coverage["share"].sum() == pytest.approx(1)
    assert said.people["seen_s"].tolist() == pytest.approx([2.0, 0.4])
    assert said.shown == [1], "0.4 s is too short to be told of"
    best = strongest(log, 9)
    # All else of the first person is within two seconds of that.
    assert best[["track", "label", "t"]].values.tolist() == [[1, HAPPY, 0.4], [2, SAD, 0.5]]


def test_a_gap_is_neither_seen_nor_unseen(tmp_path):
    rows = [row(i, i / 10 + (60 if i > 9 else 0), 1, HAPPY) for i in range(20)]
    log = read_log(write_log(tmp_path / "log.csv", rows))
    coverage = table(measure(log).coverage[["state", "seconds"]], "state")
    assert coverage == pytest.approx({"believed": 2.9, "no face": 0.0, "not recorded": 59.1})
    assert len(measure(log).segments) == 2


def test_moments_are_apart_and_of_several_kinds(tmp_path):
    rows = [row(i, i / 10, 1, HAPPY, 0.9 + (i % 7) / 100) for i in range(200)]
    rows += [row(200 + i, 20 + i / 10, 1, SAD, 0.6) for i in range(30)]
    best = strongest(read_log(write_log(tmp_path / "log.csv", rows)), 9)
    assert best["label"].tolist() == [HAPPY, HAPPY, HAPPY, SAD, SAD]
    assert np.diff(np.sort(best["t"])).min() >= 2
    assert best["confidence"].iloc[:3].tolist() == [0.96] * 3
    log = read_log(tmp_path / "log.csv")
    assert len(strongest(log, 9, apart_s=4, by_person=False, each=None)) == 6, "23 s, 4 s apart"


def test_moments_are_spread_over_the_people(tmp_path):
    rows = [
        row(i, i / 10, track, (HAPPY, SAD)[i // 50 % 2], sure)
        for i in range(200)
        for track, sure in ((1, 0.9), (2, 0.5), (3, 0.4))
    ]
    log = read_log(write_log(tmp_path / "log.csv", rows))
    assert strongest(log, 3)["track"].tolist() == [1, 2, 3]
    assert strongest(log, 7)["track"].tolist() == [1, 1, 1, 2, 2, 3, 3]
    assert set(strongest(log, 3, by_person=False, apart_s=4)["track"]) == {1}


@pytest.mark.logs_errors
def test_a_long_timeline_can_be_enlarged_and_is_no_comb(tmp_path):
    # The expression changes every 0.4 s for ten minutes.
    rows = [row(i, i / 5, 1, (HAPPY, SAD, NEUTRAL)[i // 2 % 3]) for i in range(3000)]
    log = write_log(tmp_path / "log.csv", rows)
    measured = measure(read_log(log))
    assert is_summed(measured, WIDE_IN) and not is_summed(measured, 16 * WIDE_IN)
    assert main(["report", str(log), "--no-pictures"]) == 0
    page = (tmp_path / "log_report" / "report.html").read_text(encoding="utf-8")
    links = Links(page)
    assert "script" not in links.tags and links.tags.count("svg") == 4
    assert re.findall(r'id="(zoom-\d+)"', page) == ["zoom-1", "zoom-4", "zoom-16"]
    assert "shares of its own time" in page
    assert len(page) < 2_000_000


def test_the_columns_of_a_timeline_have_all_the_time(tmp_path):
    log = read_log(write_log(tmp_path / "log.csv", UNEVEN))
    edges = np.linspace(0, 2.1, 8)
    seconds = label_seconds(log.faces, log.labels, edges)
    assert seconds.sum(axis=1) == pytest.approx([1.3, 0.4, 0.1])
    assert seconds[0, 0] == pytest.approx(0.2) and seconds[0, -2:] == pytest.approx([0.3, 0.3])
    assert seen_seconds(log.faces, edges).sum() == pytest.approx(2.4)


@pytest.mark.logs_errors
def test_a_report_of_a_real_run(tmp_path, demo, capsys):
    log = tmp_path / "demo.csv"
    assert main(["video", str(demo), "--log", str(log), "--frames", "90"]) == 0
    assert main(["report", str(log), "--video", str(demo), "--chapters"]) == 0
    folder = tmp_path / "demo_report"
    page = (folder / "report.html").read_text(encoding="utf-8")
    links = Links(page)
    assert not [a for a in links.found if not a.startswith(("data:image/", "#"))]
    assert "script" not in links.tags and "url(http" not in page
    assert page.count("data:image/jpeg;base64,") >= 2, "a portrait and a moment"
    assert "face detector blazeface; smoothing 0.3 s" in page, "to cite it"
    assert links.tags.count("svg") == 2 and "not what a person feels" in page
    shares = pd.read_csv(folder / "shares.csv")
    people = pd.read_csv(folder / "people.csv")
    assert shares["share"].sum() == pytest.approx(1, abs=1e-3)
    assert list(people) == ["track", "first_s", "last_s", "seen_s", "believed_s", "main"]
    assert people["seen_s"].tolist() == pytest.approx([90 / 30], abs=0.01)
    for name in ("timeline", "shares", "coverage"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    capsys.readouterr()
    assert main(["report", str(log)]) == 1, "nothing is replaced unasked"
    assert "there already" in capsys.readouterr().err
    assert main(["report", str(log), "--overwrite"]) == 0


@pytest.mark.logs_errors
def test_a_report_without_video_or_faces(tmp_path, capsys):
    log = write_log(tmp_path / "log.csv", [row(i, i / 10) for i in range(20)])
    assert main(["report", str(log), "--chapters"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert "film.mp4 was not found" in line and "no pictures" in line
    page = (tmp_path / "log_report" / "report.html").read_text()
    assert "No face was seen" in page and "2.0 s" in page
    assert (tmp_path / "log_report" / "chapters.vtt").read_text() == "WEBVTT\n"
    assert main(["report", str(log), "--clips", "1", "--overwrite"]) == 1
    assert "no clips can be cut" in capsys.readouterr().err


def test_expressions_of_ones_own_may_be_called_anything(tmp_path, capsys):
    labels = ("<b>&", "$x_1$ très", "None")
    rows = [row(i, i / 10, 1, labels[i // 20], labels=labels) for i in range(60)]
    log = write_log(tmp_path / "log.csv", rows)
    assert main(["report", str(log), "--chapters"]) == 0
    page = (tmp_path / "log_report" / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;&amp;" in page and "<b>&" not in page
    shares = pd.read_csv(tmp_path / "log_report" / "shares.csv", keep_default_na=False)
    assert shares["label"].tolist() == list(labels)
    assert "&lt;b&gt;&amp;\n" in (tmp_path / "log_report" / "chapters.vtt").read_text()


def test_chapters_can_be_read(tmp_path):
    rows = [row(i, i / 10, 1, HAPPY if i < 40 or i >= 100 else SAD) for i in range(40_000)]
    rows[70:73] = [row(i, i / 10, 1, HAPPY) for i in range(70, 73)]  # too short for a chapter
    log = write_log(tmp_path / "log.csv", rows)
    assert main(["report", str(log), "--chapters", "--no-pictures"]) == 0
    with av.open(str(tmp_path / "log_report" / "chapters.vtt")) as container:
        cues = [p for p in container.demux() if p.size]
        said = [(p.pts * p.time_base, p.duration * p.time_base, bytes(p).decode()) for p in cues]
    assert said == [(0, 4, "Happy"), (4, 6, "Sad"), (10, 3990, "Happy")], "over an hour too"
