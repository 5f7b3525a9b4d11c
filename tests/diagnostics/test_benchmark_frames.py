"""The benchmark of the program's start, on a screen with nothing on it."""

from __future__ import annotations

from emoapp.diagnostics.benchmark.frames import measure_start


def test_the_start_is_measured_more_than_once(screen, monkeypatch):
    monkeypatch.setenv("DISPLAY", screen)
    # A loaded machine may take many seconds.
    assert 0.05 < measure_start(repeats=2) < 60
