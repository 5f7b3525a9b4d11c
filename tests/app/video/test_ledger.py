"""The ledger of a batch: whatever is in its file, nobody's results are taken for its own."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emoapp.app.video.ledger import LEDGER, Ledger, written_by
from emoapp.classifiers.description import FILE_NAME
from emoapp.config import VideoConfig
from emoapp.errors import OutputInUseError
from emoapp.labels import EMOTIONS
from emoapp.profiles import store
from emoapp.rows import Rows
from emoapp.utils.files import create

ROWS = ",".join(Rows("", EMOTIONS).columns) + "\n"


def run_of(folder: Path) -> VideoConfig:
    source = folder / "a.mp4"
    source.write_bytes(b"a video")
    return VideoConfig(str(source), log=folder / "out" / "a.csv")


@pytest.fixture
def config(tmp_path) -> VideoConfig:
    (tmp_path / "out").mkdir()
    return run_of(tmp_path)


def begun(config: VideoConfig) -> bool:
    """Begin the run once more; whether what was there of its log is gone."""
    Ledger(config.log.parent).begin(config)
    return not config.log.exists()


def test_only_what_a_started_run_has_left_is_removed(config):
    ledger = Ledger(config.log.parent)
    ledger.begin(config)
    config.log.write_text(ROWS)
    assert not begun(config), "nothing says that it is the run's"
    ledger.opened(config)
    assert begun(config)
    config.log.write_text("precious")  # where disks give it the place of the one before
    assert not begun(config)
    config.log.write_text(ROWS)
    ledger.opened(config)
    ledger.failed(config)
    assert not begun(config)
    assert not begun(config), "that run was started too, but it found the file"


def test_what_is_being_written_or_has_become_whole_is_not_removed(config):
    first, second = Ledger(config.log.parent), Ledger(config.log.parent)
    first.begin(config)
    with create(config.log) as file:
        file.write(ROWS.encode())
        first.opened(config)
        with pytest.raises(OutputInUseError):
            second.begin(config)
        first.done_now(config)
    assert second.begin(config).targets == () and config.log.read_text() == ROWS


def test_a_run_is_the_same_by_every_name_of_its_files(config, tmp_path, monkeypatch):
    Ledger(config.log.parent).begin(config)
    config.log.write_text("whole")
    Ledger(config.log.parent).done_now(config)
    (tmp_path / "link").symlink_to(config.log.parent)
    monkeypatch.chdir(tmp_path)
    ledger = Ledger(Path("link"))
    assert ledger.done(replace(config, source="a.mp4", log=Path("link/../out/a.csv")))
    assert ledger.done(replace(config, source="./out/../a.mp4", log=Path("link/a.csv")))
    assert not ledger.done(replace(config, smoothing_s=1.0))
    assert not ledger.done(replace(config, log=Path("out/b.csv")))


def test_a_model_or_profile_that_was_learned_again_makes_another_run(config, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOAPP_PROFILE_DIR", str(tmp_path))
    description, profile = tmp_path / FILE_NAME, store.path_of("Ada")
    config = replace(config, model=tmp_path / "emotion.tflite", profile="Ada=2")
    for path in (description, profile):
        path.write_text("first")
    Ledger(config.log.parent).begin(config)
    config.log.write_text("whole")
    Ledger(config.log.parent).done_now(config)
    for path in (description, profile):
        path.write_text("again")
        assert not Ledger(config.log.parent).done(config)
        path.write_text("first")
        assert Ledger(config.log.parent).done(config)
    ledger = Ledger(config.log.parent)
    ledger.begin(replace(config, overwrite=True))
    profile.write_text("again")  # while the run goes on
    ledger.done_now(config)
    assert not Ledger(config.log.parent).done(config)


@given(cut=st.integers(0, 2000), more=st.binary(max_size=60))
@settings(deadline=None)
def test_a_ledger_that_was_torn_or_overwritten_forgets_but_does_not_invent(cut, more):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "out"
        folder.mkdir()
        config = run_of(Path(name))
        theirs = replace(config, log=folder / "theirs.csv")
        theirs.log.write_text("precious")
        Ledger(folder).begin(theirs)
        Ledger(folder).begin(config)
        config.log.write_text("whole")
        Ledger(folder).done_now(config)
        path = folder / LEDGER
        path.write_bytes(path.read_bytes()[:cut] + more)
        list(written_by(path))
        Ledger(folder).begin(theirs)
        assert theirs.log.read_text() == "precious"
        # What is noted from now on is not lost in the line that was torn.
        Ledger(folder).done_now(config)
        assert Ledger(folder).done(config)
        assert json.loads(path.read_bytes().splitlines()[-1])["state"] == "done"


@pytest.mark.slow
@given(st.lists(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)))
@example(["\0", ["\0"]])
@settings(deadline=None)
def test_lines_of_any_kind_are_no_reason_to_stop(values):
    with tempfile.TemporaryDirectory() as name:
        config = run_of(Path(name))
        (Path(name) / "out").mkdir()
        folder = config.log.parent
        Ledger(folder).begin(config)
        path = folder / LEDGER
        entry = json.loads(path.read_text())
        with path.open("a", encoding="utf-8") as file:
            for value in values:
                file.write(json.dumps(value) + "\n")
                file.write(json.dumps({**entry, "made": value, "log": value}) + "\n")
                file.write(json.dumps({"state": "done", "output": value, "bytes": value}) + "\n")
        list(written_by(path))
        config.log.write_text("precious")
        Ledger(folder).begin(config)
        assert config.log.read_text() == "precious"
