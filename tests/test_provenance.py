"""How a log was made is said beside it, and nothing else depends on that."""

from __future__ import annotations

import json

import pytest

import emoapp
from emoapp import provenance
from emoapp.cli import main
from emoapp.report.reading import read_log


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_run_says_beside_its_log_how_it_was_made(clip, tmp_path, suffix):
    log = tmp_path / f"log.{suffix}"
    command = ["video", str(clip), "--log", str(log), "--frames", "3", "--smoothing", "0.5"]
    assert main([*command, "--limit", "yaw=0.3", "--detector", "haar"]) == 0
    about = read_log(log).about
    assert about is not None and about.source == str(clip) and about.version == emoapp.__version__
    assert (about.detector, about.smoothing_s, about.limits["yaw"]) == ("haar", 0.5, 0.3)
    assert about.model == "emotion.tflite" and len(about.model_sha256) == 64 and not about.live
    assert main([*command, "--overwrite"]) == 0
    again = read_log(log).about
    assert again is not None and again.limits["yaw"] == 0.42, "of the log that is there now"


def test_a_log_is_read_without_it_or_with_a_wrong_one(clip, tmp_path):
    log = tmp_path / "log.csv"
    assert main(["video", str(clip), "--log", str(log), "--frames", "3"]) == 0
    path = provenance.path_of(log)
    content = json.loads(path.read_text())
    wrong = (
        content | {"source": "another.mp4"},
        content | {"labels": ["one", "two"]},
        content | {"limits": None},
        content | {"smoothing_s": "soft"},
        content | {"about": "my notes"},
        ["a list"],
    )
    for text in ("", "{", "\0", *map(json.dumps, wrong)):
        path.write_text(text)
        assert read_log(log).about is None, text
    path.write_text(json.dumps(content | {"newer": [1]}))
    assert read_log(log).about is not None
    path.unlink()
    assert read_log(log).about is None


def test_somebody_elses_file_is_not_replaced(clip, tmp_path):
    log = tmp_path / "log.csv"
    theirs = provenance.path_of(log)
    theirs.write_text('{"mine": 1}')
    assert main(["video", str(clip), "--log", str(log), "--frames", "3"]) == 0
    assert theirs.read_text() == '{"mine": 1}' and read_log(log).about is None
