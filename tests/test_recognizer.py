"""The program as a library."""

from __future__ import annotations

from itertools import islice

import cv2
import numpy as np
import pytest
from faces import EYES, portrait

import emoapp
from emoapp import EmotionRecognizer
from emoapp.errors import ClosedError, ModelError, SourceError
from emoapp.labels import EMOTIONS
from emoapp.types import Track


@pytest.fixture(scope="module")
def recognizer():
    with EmotionRecognizer() as opened:
        yield opened


def placed(corner: tuple[int, int]) -> np.ndarray:
    """The portrait somewhere in a grey 1280x720 picture."""
    x, y = corner
    picture = np.full((720, 1280, 3), 120, np.uint8)
    picture[y : y + 512, x : x + 512] = portrait()
    return picture


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


def row(tracks: tuple[Track, ...]) -> list:
    """Who is seen in one frame, and how, as plain values that can be compared."""
    return [
        (track.id, track.label, track.doubt, track.face.box, track.smoothed.as_dict())
        for track in tracks
    ]


def test_streams_and_pictures_know_nothing_of_each_other(recognizer, demo, tmp_path):
    corners = [(0, 0), (30, 10), (60, 20), (90, 30), (600, 200), (650, 200)]
    for number, corner in enumerate(corners):
        cv2.imwrite(str(tmp_path / f"{number}.png"), placed(corner))
    sources = (demo, tmp_path)
    alone = [[row(r.tracks) for r in islice(recognizer.stream(s), 6)] for s in sources]
    assert all(all(frames) for frames in alone), "somebody is in every frame"
    picture = row(recognizer.analyze(portrait()))

    streams = [recognizer.stream(source) for source in sources]
    together: list[list] = [[], []]
    for _ in corners:
        for stream, frames in zip(streams, together, strict=True):
            frames.append(row(next(stream).tracks))
            assert row(recognizer.analyze(portrait())) == picture
    assert together == alone


def test_after_close_everything_says_so(demo):
    recognizer = EmotionRecognizer()
    stream = recognizer.stream(demo)
    next(stream)
    recognizer.close()
    recognizer.close()
    with pytest.raises(ClosedError, match="EmotionRecognizer is closed. Open a new one"):
        next(stream)
    with pytest.raises(ClosedError, match="EmotionRecognizer is closed"):
        next(recognizer.stream(demo))
    with pytest.raises(ClosedError, match="EmotionRecognizer is closed"):
        recognizer.analyze(portrait())
    assert recognizer.labels == EMOTIONS


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
