"""What `emoapp live --demo` plays."""

from __future__ import annotations

import json
from itertools import islice

import pytest
from support.programs import emoapp, succeeded

from emoapp.recognizer import EmotionRecognizer
from emoapp.sources import open_source
from emoapp.utils.resources import TOUR_CLIP

EXPECTED = {
    1.0: {"happy"},
    3.0: {"neutral"},
    4.4: {"surprise"},
    6.2: {"happy", "neutral"},
    7.3: {"happy", "surprise"},
    8.1: {"sad", "surprise"},
    10.2: {"happy"},
    11.9: {"happy"},
}
"""Seconds -> the expressions that are read at that time."""


def test_the_demo_is_the_tour(tmp_path):
    stats = tmp_path / "stats.json"
    succeeded(emoapp("live", "--demo", "--no-window", "--frames", 2, "--stats", stats))
    numbers = json.loads(stats.read_text())
    assert numbers["size_wh"] == [1280, 720] and numbers["source_fps"] == pytest.approx(30)
    assert str(TOUR_CLIP) in json.dumps(numbers)


def test_the_tour_shows_several_people_and_expressions():
    frames = {round(second * 30): labels for second, labels in EXPECTED.items()}
    read = {}
    with EmotionRecognizer() as recognizer, open_source(TOUR_CLIP) as source:
        for frame in islice(source, max(frames) + 1):
            if frame.index in frames:
                tracks = recognizer.analyze(frame.image)
                assert all(track.rejection is None for track in tracks), (frame.t, tracks)
                assert len(tracks) == (2 if 6 < frame.t < 11 else 1), (frame.t, tracks)
                read[frame.index] = {track.label for track in tracks}
    assert read == frames


def test_the_tour_is_small():
    assert TOUR_CLIP.stat().st_size < 2_000_000
