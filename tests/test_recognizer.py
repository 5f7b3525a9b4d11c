"""The program as a library."""

from __future__ import annotations

from itertools import islice

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from support.faces import EYES, portrait

import emoapp
from emoapp import EmotionRecognizer
from emoapp.cli import main
from emoapp.errors import ClosedError, ModelError, SourceError
from emoapp.labels import EMOTIONS
from emoapp.sinks import Sink
from emoapp.types import Result, Track


@pytest.fixture(scope="module")
def recognizer():
    with EmotionRecognizer() as opened:
        yield opened


def placed(corner: tuple[int, int]) -> np.ndarray:
    """The portrait somewhere in a gray 1280x720 picture."""
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
        (track.id, track.label, track.rejection, track.face.box, track.smoothed.as_dict())
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


def test_a_picture_may_come_in_any_form(recognizer, tmp_path):
    picture = portrait()
    expected = row(recognizer.analyze(picture))
    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), picture)
    shown = Image.open(path)
    opaque = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
    for form in (path, str(path), path.read_bytes(), shown, shown.convert("RGBA"), opaque):
        assert row(recognizer.analyze(form)) == expected
    assert row(recognizer.analyze(picture.astype(np.uint16) * 257)) == expected
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    (from_gray,), (from_pillow,) = recognizer.analyze(gray), recognizer.analyze(shown.convert("L"))
    assert from_gray.label == from_pillow.label == "happy"
    opaque[..., 3] = 0
    assert recognizer.analyze(opaque) == (), "what is transparent is white"


def test_a_turned_picture_is_upright_from_memory_too(recognizer, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = Image.fromarray(np.ascontiguousarray(np.rot90(portrait())[..., ::-1]))
    turned.save(tmp_path / "turned.png", exif=exif)
    data = (tmp_path / "turned.png").read_bytes()
    (from_file,), (from_pillow,) = (
        recognizer.analyze(form) for form in (data, Image.open(tmp_path / "turned.png"))
    )
    np.testing.assert_allclose(from_file.face.eyes, EYES, atol=8)
    assert from_file.face.box == from_pillow.face.box


@pytest.mark.parametrize(
    "picture, error, says",
    [
        (None, TypeError, "None, which cv2.imread returns"),
        (7, TypeError, "got int"),
        (np.zeros((50, 50, 3)), TypeError, "uint8 or uint16, got float64"),
        (np.zeros((50, 50, 2), np.uint8), ValueError, r"\(H, W, 4\) BGRA, got \(50, 50, 2\)"),
        (np.zeros((0, 50), np.uint8), ValueError, r"got \(0, 50\)"),
        (b"", SourceError, "The picture in memory is empty"),
        (b"no picture", SourceError, "The picture in memory is not a picture"),
        ("nothing.png", SourceError, "nothing.png"),
    ],
)
def test_what_is_no_picture_is_an_error_that_says_what_is_one(recognizer, picture, error, says):
    with pytest.raises(error, match=says):
        recognizer.analyze(picture)


def test_results_say_in_a_line_what_they_are(recognizer, demo):
    result = next(recognizer.stream(demo))
    assert len(repr(result)) < 300 and "array" not in repr(result)
    assert repr(result.frame) == "Frame(index=0, t=0.000, size_wh=(1280, 720))"
    assert "label='happy'" in repr(result.tracks) and "happy 0." in repr(result.tracks[0].raw)


def test_results_become_the_rows_of_a_log(recognizer, demo, tmp_path):
    log = tmp_path / "log.csv"
    assert main(["video", str(demo), "--log", str(log), "--frames", "5"]) == 0
    results = list(islice(recognizer.stream(demo), 5))
    table, logged = emoapp.to_dataframe(results), pd.read_csv(log)
    pd.testing.assert_frame_equal(
        table.drop(columns=["rejection", "doubt"]),
        logged.drop(columns=["source", "rejection", "doubt"]),
        check_dtype=False,
    )
    assert table["rejection"].isna().all()
    empty = Result(results[0].frame, ())
    assert empty.to_dicts()[0]["frame"] == 0 and empty.to_dicts()[0]["label"] is None
    assert len(emoapp.to_dataframe([*results, empty])) == 6


def test_errors_are_emoapps_own(recognizer):
    with pytest.raises(SourceError, match=r"nothing\.mp4"):
        next(recognizer.stream("nothing.mp4"))
    with pytest.raises(ModelError, match="nowhere"):
        EmotionRecognizer(model="nowhere")


def test_every_public_name_is_there():
    for name in emoapp.__all__:
        assert getattr(emoapp, name) is not None
    with pytest.raises(AttributeError):
        emoapp.no_such_name  # noqa: B018


def test_a_stream_hands_each_result_to_its_sinks_first(recognizer, clip):
    taken: list[Result] = []

    class Memory(Sink):
        closed = False

        def write(self, result: Result) -> None:
            taken.append(result)

        def close(self) -> None:
            self.closed = True

    sinks = Memory(), Memory()
    results = []
    for result in recognizer.stream(clip, sinks=sinks):
        assert taken[-2:] == [result, result]
        results.append(result)
    assert len(results) == 30 and len(taken) == 60
    assert not any(sink.closed for sink in sinks), "whoever opened them closes them"
