"""The program as a library."""

from __future__ import annotations

import numpy as np
import pytest
from faces import EYES, portrait

import emoapp
from emoapp import EmotionRecognizer
from emoapp.errors import ModelError, SourceError


@pytest.fixture(scope="module")
def recognizer():
    with EmotionRecognizer() as opened:
        yield opened


def test_analyze_a_picture(recognizer):
    (track,) = recognizer.analyze(portrait())
    assert track.raw.label == "happy" and track.raw.confidence > 0.8
    assert sum(track.raw.as_dict().values()) == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(track.face.eyes, EYES, atol=8)
    assert recognizer.analyze(np.zeros((50, 50, 3), np.uint8)) == ()


def test_pictures_know_nothing_of_each_other(recognizer):
    first = recognizer.analyze(portrait())
    recognizer.analyze(np.zeros((50, 50, 3), np.uint8))
    again = recognizer.analyze(portrait())
    assert [t.id for t in first] == [t.id for t in again] == [1]
    np.testing.assert_array_equal(first[0].raw.probabilities, again[0].raw.probabilities)


def test_stream_follows_a_person(recognizer, demo):
    results = []
    for result in recognizer.stream(demo):
        results.append(result)
        if len(results) == 30:
            break
    assert [result.frame.index for result in results] == list(range(30))
    assert {track.id for result in results for track in result.tracks} == {1}


def test_errors_are_emoapps_own(recognizer):
    with pytest.raises(TypeError, match="uint8, got float64"):
        recognizer.analyze(np.zeros((50, 50, 3)))
    with pytest.raises(ValueError, match=r"\(H, W, 3\), got \(50, 50\)"):
        recognizer.analyze(np.zeros((50, 50), np.uint8))
    with pytest.raises(SourceError, match=r"nothing\.mp4"):
        next(recognizer.stream("nothing.mp4"))
    with pytest.raises(ModelError, match="nowhere"):
        EmotionRecognizer(model="nowhere")


def test_every_public_name_is_there():
    for name in emoapp.__all__:
        assert getattr(emoapp, name) is not None
    with pytest.raises(AttributeError):
        emoapp.no_such_name  # noqa: B018
