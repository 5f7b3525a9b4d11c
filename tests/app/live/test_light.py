"""The light mode: less is searched and moved, and labels come no later than they may."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from support.catalogues import pseudo_language, untranslated

from emoapp.app.live.controller import WindowController
from emoapp.app.live.light import TOO_SLOW_S, LightMode, detect_interval
from emoapp.app.live.messages import Messages
from emoapp.app.live.warmup import warm_up
from emoapp.classifiers import open_classifier
from emoapp.config import LiveConfig
from emoapp.detectors.base import Detector
from emoapp.overlay import Overlay, Status
from emoapp.pipeline import MAX_DELAY_S, Pipeline
from emoapp.types import Box, Face, Frame, Result
from emoapp.utils.language import translated

IMAGE = np.zeros((360, 640, 3), np.uint8)


class Counting(Detector):
    """Finds a face that moves 90 pixels a second to the right, and counts how often it looks."""

    name = "counting"

    def __init__(self) -> None:
        self.looked: list[float] = []
        self.t = 0.0

    def _detect(self, image) -> list[Face]:
        self.looked.append(self.t)
        x = 100 + 90 * self.t
        eyes = np.float32([[x + 30, 140], [x + 70, 140]])
        mouth = np.float32([x + 50, 170])
        return [Face(Box(x, 100, x + 100, 200), 1.0, eyes=eyes, mouth=mouth)]

    def _close(self) -> None:
        pass


def results(pipeline: Pipeline, fps: float, count: int) -> list[Result]:
    found = []
    for number in range(count):
        pipeline.detector.t = number / fps
        found.append(pipeline.process(Frame(IMAGE, number, number / fps)))
    return found


@pytest.fixture
def pipeline():
    with Pipeline(Counting(), open_classifier()) as pipeline:
        yield pipeline


@pytest.mark.parametrize(("fps", "every"), [(60, 3), (30, 3), (20, 3), (15, 2), (10, 2), (5, 1)])
def test_labels_come_at_most_a_tenth_of_a_second_later(pipeline, fps, every):
    pipeline.detect_interval = detect_interval(fps)
    results(pipeline, fps, 24)
    looked = pipeline.detector.looked
    assert looked == [n / fps for n in range(0, 24, every)]
    delay_s = max(np.diff(looked)) - 1 / fps
    assert delay_s <= MAX_DELAY_S + 1e-9


def test_between_two_searches_tracks_move_on_with_eyes_and_label(pipeline):
    pipeline.detect_interval = 3
    found = results(pipeline, 30, 60)[30:]
    for number, result in enumerate(found, 30):
        (track,) = result.tracks
        x = 100 + 90 * number / 30
        assert track.face.box.x0 == pytest.approx(x, abs=1.5)
        assert track.face.eyes[0, 0] == pytest.approx(x + 30, abs=1.5)
        assert track.id == result.selected == 1 and track.label == found[0].tracks[0].label
        assert set(result.ms) == {"detect", "align", "classify"}


def test_nothing_is_skipped_where_no_face_may_be_missed_or_another_source_begins(pipeline):
    pipeline.detect_interval = 3
    pipeline.detector.exhaustive = True
    results(pipeline, 30, 6)
    assert len(pipeline.detector.looked) == 6
    pipeline.detector.exhaustive = False
    pipeline.reset()
    results(pipeline, 30, 1)
    assert len(pipeline.detector.looked) == 7


def test_panels_move_in_every_second_drawing_and_faces_in_each(pipeline):
    overlay = Overlay(pipeline.classifier.labels)
    overlay.half_rate = True
    panels, faces = [], []
    for number, result in enumerate(results(pipeline, 30, 9)):
        overlay.draw(np.zeros((720, 1280, 3), np.uint8), result, Status(), now=number / 30)
        panels.append(overlay.arrangement)
        faces.append(overlay.pills[1].x0)
    assert [a is b for a, b in zip(panels, panels[1:], strict=False)] == [True, False] * 4
    assert len(set(faces)) > 6
    # A picture that stands still is drawn because a key was pressed.
    overlay.draw(np.zeros((720, 1280, 3), np.uint8), result, Status(), now=1.0)
    assert overlay.arrangement is not panels[-1]
    overlay.bars = False
    overlay.draw(np.zeros((720, 1280, 3), np.uint8), result, Status(), now=1.0)
    assert overlay.arrangement.bars is None


# When it begins


@pytest.fixture
def begin():
    """begin(asked, fps): (light mode, pipeline, overlay, messages)."""

    def make(asked: bool | None = None, fps: float = 30.0):
        view = SimpleNamespace(overlay=Overlay(()))
        messages, pipeline = Messages(), SimpleNamespace(detect_interval=1)
        light = LightMode(view, messages, asked=asked, fps=fps)
        light.begin(pipeline)
        return light, pipeline, view.overlay, messages

    return make


def run(light: LightMode, pipeline, took_s: float, seconds: float, began: float = 0.0) -> float:
    now = began
    while now < began + seconds:
        now += max(took_s, 1 / 30)
        light.add(took_s, pipeline, now=now)
    return now


@pytest.mark.parametrize("fps, every", [(30, 3), (10, 2)])
def test_it_begins_by_itself_after_five_slow_seconds_with_a_notice(begin, fps, every):
    light, pipeline, overlay, messages = begin(fps=fps)
    now = run(light, pipeline, 0.150, TOO_SLOW_S - 1)
    assert not light.on
    run(light, pipeline, 0.150, 3, now)
    assert light.on and pipeline.detect_interval == every and overlay.half_rate
    said = []
    overlay.notify = lambda text, **_: said.append(text)
    messages.show(overlay)
    assert len(said) == 1 and said[0].startswith("light mode: a frame takes 1")
    with pseudo_language():
        assert untranslated(translated(said[0])) == []


def test_a_machine_that_is_fast_enough_or_slow_for_moments_keeps_its_way(begin):
    light, pipeline, overlay, _ = begin()
    now = run(light, pipeline, 0.030, 20)
    for _ in range(10):
        now = run(light, pipeline, 0.060, 2, now)
        now = run(light, pipeline, 0.010, 3, now)
    assert not light.on and pipeline.detect_interval == 1 and not overlay.half_rate


@pytest.mark.parametrize(("asked", "on"), [(True, True), (False, False)])
def test_the_user_has_the_last_word(begin, asked, on):
    light, pipeline, _, messages = begin(asked)
    run(light, pipeline, 0.050, 20)
    assert light.on == on and pipeline.detect_interval == (3 if on else 1)
    assert not messages._waiting


def test_a_log_has_every_face_of_every_frame_unless_asked_otherwise(tmp_path):
    log = tmp_path / "log.csv"

    def asks(config: LiveConfig, still: bool = False) -> bool | None:
        window = SimpleNamespace(config=config, still=still)
        return WindowController._asks_light.fget(window)

    assert asks(LiveConfig("0")) is None
    assert asks(LiveConfig("0", log=log)) is False
    assert asks(LiveConfig("0", log=log, light=True)) is True
    assert asks(LiveConfig("a.jpg"), still=True) is False


def test_the_first_frame_is_searched(pipeline):
    """Not taken for one that follows the empty picture of the start."""
    pipeline.detect_interval = 3
    warm_up(pipeline)
    pipeline.detector.looked.clear()
    assert results(pipeline, 30, 1)[0].tracks and pipeline.detector.looked == [0.0]
