"""A report replaces what a report wrote and nothing else, and is there whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os

import pytest
from support.reports import files, listed, report

from emoapp.report.folder import MANIFEST

CLIP = "clips/01_happy_person1_0-01.0.mp4"


@pytest.mark.logs_errors
def test_a_users_own_clips_survive(log, tmp_path, capfd):
    mine = {"clips/07_mine.mp4": b"mine", "clips/02_sad_person2_0-01.0.mp4": b"too", "notes": b"x"}
    (tmp_path / "clips").mkdir()
    for name, content in mine.items():
        (tmp_path / name).write_bytes(content)
    before = files(tmp_path)
    assert report("-o", ".", "--clips", "2") == 1, "not without --overwrite"
    assert files(tmp_path) == before and "add `--overwrite`" in capfd.readouterr().err
    for count in ("2", "1"):
        assert report("-o", ".", "--overwrite", "--clips", count) == 0
        after = files(tmp_path)
        assert before.items() <= after.items()
        assert set(after) - set(before) == listed(tmp_path) | {MANIFEST}
        assert sum(name.startswith("clips/") for name in listed(tmp_path)) == int(count)


@pytest.mark.logs_errors
def test_a_new_report_takes_the_place_of_the_old_one(log, tmp_path):
    folder = tmp_path / "log_report"
    assert report("--chapters", "--clips", "2") == 0
    first = files(folder)
    assert set(first) == listed(folder) | {MANIFEST, "clips"}
    (tmp_path / "plain").mkdir()
    assert "chapters.vtt" in first and folder.stat().st_mode == (tmp_path / "plain").stat().st_mode
    assert report() == 1 and files(folder) == first
    assert report("--overwrite", "--no-pictures") == 0
    assert set(files(folder)) == set(first) - {"clips", "chapters.vtt"} - {
        name for name in first if name.startswith("clips/")
    }
    assert (folder / "report.html").read_bytes() != first["report.html"]


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "name", ["report.html", "people.csv", "timeline.png", CLIP, MANIFEST, "clips"]
)
def test_what_no_report_wrote_is_not_replaced(log, tmp_path, capfd, name):
    folder = tmp_path / "out"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_bytes(b"precious")
    before = files(tmp_path)
    assert report("-o", "out", "--overwrite", "--clips", "2") == 1
    assert files(tmp_path) == before
    said = capfd.readouterr().err
    assert str(folder.relative_to(tmp_path) / name) in said and "-o" in said


@pytest.mark.logs_errors
def test_what_was_changed_since_is_kept(log, tmp_path, capfd):
    folder = tmp_path / "log_report"
    assert report("--clips", "1", "--chapters") == 0
    (folder / "chapters.vtt").write_text("corrected by hand")
    before = files(tmp_path)
    assert report("--overwrite", "--chapters") == 1
    assert files(tmp_path) == before and "changed since" in capfd.readouterr().err
    assert report("--overwrite") == 0, "it needs no such file"
    assert (folder / "chapters.vtt").read_text() == "corrected by hand"
    assert "chapters.vtt" not in listed(folder)


@pytest.mark.logs_errors
@pytest.mark.parametrize("link", [os.link, os.symlink, None])
def test_what_a_report_is_made_of_is_not_replaced(log, tmp_path, film, capfd, link):
    folder = tmp_path / "log_report"
    assert report("--clips", "2") == 0
    cut = next((folder / "clips").glob("01_*"))
    video = cut
    if link is not None:
        video = tmp_path / "other.mp4"
        link(cut, video)
    before = files(tmp_path)
    assert report("--overwrite", "--video", str(video), "--no-pictures") == 1
    assert files(tmp_path) == before
    assert "is what this report is made of" in capfd.readouterr().err


def test_a_list_from_elsewhere_leads_to_no_other_files(log, tmp_path):
    folder = tmp_path / "a" / "log_report"
    assert report("-o", str(folder)) == 0
    content = json.loads((folder / MANIFEST).read_text())
    outside = folder.parent / "letter.txt"
    outside.write_text("precious")
    digest = hashlib.sha256(b"precious").hexdigest()
    for name in ("../letter.txt", str(outside), "clips/../../letter.txt"):
        content["files"][name] = digest
    (folder / MANIFEST).write_text(json.dumps(content))
    assert report("-o", str(folder), "--overwrite") == 0
    assert outside.read_text() == "precious"
