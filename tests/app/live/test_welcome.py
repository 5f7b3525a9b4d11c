"""The three lines of the first start."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from emoapp.app.live import welcome
from emoapp.app.live.controls import Controls
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay


@pytest.fixture
def controls(monkeypatch, tmp_path):
    """controls(): what a start of the program shows over its picture."""
    monkeypatch.setenv(welcome.VARIABLE, str(tmp_path / "state"))
    window = SimpleNamespace(moved_at=-1e9, pointer=None)
    overlay = Overlay(EMOTIONS)
    settings = SimpleNamespace(rows=lambda: ())

    def start():
        started = Controls(window, lambda: overlay, lambda: (False, False))
        return started, started.begin(settings)

    return start


def changed(controls, size_wh=(1280, 720)):
    """Share of the picture that has something drawn on it."""
    picture = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    return float((controls.over(picture) != picture).any(axis=2).mean())


def test_the_first_start_welcomes_and_no_other(controls):
    first, welcomes = controls()
    assert welcomes and 0.02 < changed(first) < 0.2
    second, welcomes = controls()
    assert not welcomes and changed(second) == 0


@pytest.mark.parametrize(("key", "taken"), [("h", False), ("q", False), ("space", True)])
def test_any_key_ends_it_and_letters_do_what_they_do(controls, key, taken):
    first, _ = controls()
    assert changed(first) > 0
    assert first.take_key(None) is False and changed(first) > 0
    assert first.take_key(key) is taken
    assert first.changed and changed(first) == 0


def test_it_ends_by_itself(controls, monkeypatch):
    now = 100.0
    monkeypatch.setattr(welcome.clock, "now", lambda: now)
    first, _ = controls()
    assert changed(first) > 0
    now += welcome.SECONDS
    assert first.changed and changed(first) == 0


def test_where_it_cannot_be_remembered_it_is_not_shown(controls, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv(welcome.VARIABLE, str(tmp_path / "file"))
    started, welcomes = controls()
    assert not welcomes and changed(started) == 0


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (720, 1280), (3840, 2160)])
def test_it_fits_into_every_window(controls, size_wh):
    started, _ = controls()
    picture = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    drawn = (started.over(picture) != 0).any(axis=2)
    assert drawn.any() and not drawn[:, :2].any() and not drawn[:, -2:].any()
