"""`emoapp video` on many files: folders, failures, starting again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.batches import LOGGED, WRITTEN, names

from emoapp.app.video import batch
from emoapp.app.video.ledger import LEDGER
from emoapp.app.video.videos import plan
from emoapp.cli import main
from emoapp.config import VideoConfig


@pytest.mark.logs_errors
@pytest.mark.parametrize("options", [[], pytest.param(["--jobs", "2"], marks=pytest.mark.slow)])
def test_a_folder_goes_on_past_a_broken_file_and_is_not_done_twice(
    archive, tmp_path, capsys, options
):
    out, stats = tmp_path / "out", tmp_path / "stats.json"
    command = ["video", str(archive), "-o", str(out), "--log", str(tmp_path / "log"), *options]
    assert main([*command, "--stats", str(stats)]) == 1
    said = capsys.readouterr()
    assert "broken.mkv is not a video" in said.err and said.err.count("emoapp:") == 1
    assert "3 done, 1 failed, 0 done before" in said.out
    assert names(out) == WRITTEN and names(tmp_path / "log") == LOGGED[:-1]
    assert set(json.loads(stats.read_text())) == {
        str(archive / name) for name in ("a.mp4", "b.MP4", "deeper/a.mp4")
    }

    (out / "b.mp4").unlink()  # somebody lost one
    written = (out / "a.mp4").stat().st_mtime_ns
    (archive / "broken.mkv").unlink()
    assert main(command) == 0
    assert "1 done, 0 failed, 2 done before" in capsys.readouterr().out
    assert names(out) == WRITTEN and (out / "a.mp4").stat().st_mtime_ns == written
    # With other settings it is another piece of work.
    assert main([*command, "--smoothing", "0"]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, "--smoothing", "0", "--overwrite"]) == 0


@pytest.mark.logs_errors
@pytest.mark.parametrize("options", [[], ["--jobs", "2"]])
def test_what_others_have_written_is_not_replaced(archive, tmp_path, capsys, options):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.mp4").write_text("precious")
    for _ in range(2):  # a failure is no license
        assert main(["video", str(archive), "-o", str(out), *options]) == 1
        assert "a.mp4 is there already" in capsys.readouterr().err
        assert (out / "a.mp4").read_text() == "precious"
    assert names(out) == WRITTEN, "the others were done"


@pytest.mark.logs_errors
@pytest.mark.parametrize("options", [[], ["--overwrite"], ["--jobs", "2", "--overwrite"]])
def test_originals_are_no_place_for_results(archive, tmp_path, capsys, options):
    (archive / "broken.mkv").unlink()
    before = {path: path.read_bytes() for path in archive.rglob("*.[mM]*4")}
    (tmp_path / "linked").symlink_to(archive)
    for out in (archive, tmp_path / "linked"):
        for _ in range(2):
            assert main(["video", str(archive), "-o", str(out), *options]) == 2
            assert "to be read. Choose another name" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in archive.rglob("*.[mM]*4")} == before
    assert LEDGER not in names(archive), "nothing was begun"


@pytest.mark.logs_errors
def test_what_emoapp_wrote_is_left_out_of_folders(clip, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copy(clip, "holiday.mp4")
    for suffix in ("mov", "mkv", "webm"):  # beside it, as single files
        assert main(["video", "holiday.mp4", "-o", f"copy.{suffix}", "--frames", "5"]) == 0
    for turn in range(3):
        assert main(["video", "."]) == 0
        said = capsys.readouterr().out
        assert f"{1 - min(turn, 1)} done, 0 failed, {min(turn, 1)} done before" in said
        left_out = "left out 4 that emoapp wrote itself: copy.mkv" if turn else "left out 3 that"
        assert left_out in said
    assert names(Path("emotions")) == [LEDGER, "holiday.mp4"]

    # The ledger knows it where the metadata say nothing; and they do where there is no ledger.
    copy = Path("emotions/holiday.mp4")
    content = copy.read_bytes()
    copy.write_bytes(content.replace(b"annotated by emoapp", b"something of theirs"))
    assert main(["video", "."]) == 0 and "left out 4" in capsys.readouterr().out
    copy.write_bytes(content)
    Path("emotions", LEDGER).unlink()
    assert main(["video", "emotions", "-o", "again"]) == 1
    assert "holds no videos but 1 that emoapp wrote itself" in capsys.readouterr().err
    # A file that is named is read.
    assert main(["video", str(copy), "-o", "again.mp4"]) == 0


@pytest.mark.logs_errors
def test_statistics_grow_with_the_batch_and_replace_nothing_else(archive, tmp_path, capsys):
    stats, out = tmp_path / "stats.json", tmp_path / "out"
    command = ["video", str(archive), "-o", str(out), "--stats", str(stats)]
    (archive / "deeper" / "a.mp4").rename(tmp_path / "later.mp4")
    assert main(command) == 1
    (tmp_path / "later.mp4").rename(archive / "deeper" / "a.mp4")
    assert main(command) == 1
    videos = ("a.mp4", "b.MP4", "deeper/a.mp4")
    assert json.loads(stats.read_text()).keys() == {str(archive / name) for name in videos}
    stats.write_text('{"not": "ours"}')
    assert main(command) == 1
    assert "stats.json is there already" in capsys.readouterr().err
    assert stats.read_text() == '{"not": "ours"}'


@pytest.mark.logs_errors
def test_an_interrupted_batch_keeps_the_statistics_of_what_is_done(archive, tmp_path, monkeypatch):
    def interrupted_at(name):
        def run(config, folder, **options):
            if Path(config.source).name == name:
                raise KeyboardInterrupt
            return run_one(config, folder, **options)

        return run

    stats = tmp_path / "stats.json"
    command = ["video", str(archive), "--log", str(tmp_path / "log"), "--stats", str(stats)]
    run_one = batch.run_one
    monkeypatch.setattr(batch, "run_one", interrupted_at("b.MP4"))
    assert main(command) == 130
    monkeypatch.setattr(batch, "run_one", run_one)
    assert main(command) == 1, "one is broken"
    assert len(json.loads(stats.read_text())) == 3


def test_files_beside_each_other_keep_their_names_apart(tmp_path):
    videos = [("x/a.mp4", Path("a.mp4")), ("x/a.mov", Path("a.mov")), ("b.mp4", Path("b.mp4"))]
    configs = plan(videos, VideoConfig(""), output=Path("o"), log=Path("l"), log_suffix=".jsonl")
    assert [config.output.as_posix() for config in configs] == [
        "o/a_mp4.mp4",
        "o/a_mov.mp4",
        "o/b.mp4",
    ]
    assert [str(config.log) for config in configs] == [
        "l/a_mp4.jsonl",
        "l/a_mov.jsonl",
        "l/b.jsonl",
    ]


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    "inputs, options, status, says",
    [
        (["a.mp4", "b.MP4"], ["-o", "one.mp4"], 2, "many files need a folder"),
        (["nothing"], [], 1, "holds no videos"),
        (["missing.mp4", "a.mp4"], [], 1, "There is no file missing.mp4"),
    ],
)
def test_what_cannot_be_done_is_said(archive, monkeypatch, capsys, inputs, options, status, says):
    monkeypatch.chdir(archive)
    (archive / "nothing").mkdir()
    assert main(["video", *inputs, *options]) == status
    assert says in capsys.readouterr().err
