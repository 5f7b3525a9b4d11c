"""Who is who, and smoothing that does not depend on the frame rate."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.diagnostics.benchmark.frames import crowd
from emoapp.pipeline import Pipeline
from emoapp.sources import open_source
from emoapp.tracking import Tracker
from emoapp.tracking.smoothing import Smoother
from emoapp.tracking.tracker import MAX_AGE_S
from emoapp.types import Box, Face, Frame, Scores
from emoapp.utils.resources import DEMO_CLIP

IMAGE = np.zeros((4, 4, 3), np.uint8)
LABELS = ("happy", "sad")
SCORES = Scores(LABELS, np.float32([0.9, 0.1]))


def ids(tracker: Tracker, t: float, *lefts: float, width: float = 100) -> list[int]:
    faces = [Face(Box(x, 50, x + width, 50 + width), 1.0) for x in lefts]
    assigned = [assignment.id for assignment in tracker.assign(Frame(IMAGE, 0, t), faces)]
    assert [track.id for track in tracker.update([SCORES] * len(faces))] == assigned
    return assigned


def test_people_keep_their_number_while_they_move():
    tracker = Tracker()
    for step in range(100):
        assert ids(tracker, step / 30, 100 + 6 * step, 1500 - 3 * step) == [1, 2]


def test_the_order_of_the_faces_does_not_matter():
    tracker = Tracker()
    assert ids(tracker, 0.0, 100, 500) == [1, 2]
    assert ids(tracker, 0.1, 505, 95) == [2, 1]


def test_a_short_absence_is_forgiven_a_long_one_is_not():
    tracker = Tracker()
    assert ids(tracker, 0.0, 100) == [1]
    assert ids(tracker, 0.5) == []
    assert ids(tracker, 0.9, 120) == [1]
    assert ids(tracker, 0.9 + MAX_AGE_S + 0.1, 120) == [2]


def test_two_people_who_cross_keep_their_numbers():
    """They pass in front of each other: for a third of a second only one of them is seen."""
    tracker = Tracker()
    for step in range(90):
        left, right = 100 + 8 * step, 820 - 8 * step
        hidden = abs(left - right) < 80
        found = ids(tracker, step / 30, *([left] if hidden else [left, right]))
        if not hidden:
            assert found == [1, 2], step


def test_somebody_who_walks_behind_something_is_known_again():
    tracker = Tracker()
    for step in range(60):
        position = 100 + 5 * step
        hidden = 20 <= step < 50
        found = ids(tracker, step / 30, *([] if hidden else [position]))
        assert found == ([] if hidden else [1])


def test_a_face_elsewhere_or_of_another_size_is_somebody_else():
    tracker = Tracker()
    assert ids(tracker, 0.0, 100) == [1]
    assert ids(tracker, 0.1, 400) == [2]
    assert ids(tracker, 0.2, 100, width=400) == [3]


@given(rates=st.tuples(st.integers(5, 120), st.integers(5, 120)), tau=st.floats(0.05, 2.0))
def test_smoothing_reaches_the_same_value_at_any_frame_rate(rates, tau):
    reached = []
    for rate in rates:
        smoother = Smoother(tau)
        smoother.update(np.float32([0.0]), 0.0)
        for step in range(1, rate + 1):
            value = smoother.update(np.float32([1.0]), step / rate)
        reached.append(float(value[0]))
    np.testing.assert_allclose(reached, -np.expm1(-1 / tau), atol=1e-4)


def test_each_person_is_smoothed_alone():
    tracker = Tracker(smoothing_s=1.0)
    faces = [Face(Box(0, 0, 50, 50), 1.0), Face(Box(200, 0, 250, 50), 1.0)]
    happy, sad = SCORES, Scores(LABELS, np.float32([0.0, 1.0]))
    for step in range(10):
        tracker.assign(Frame(IMAGE, step, step / 10), faces)
        tracks = tracker.update([happy, sad])
    np.testing.assert_allclose(tracks[0].smoothed.probabilities, happy.probabilities)
    np.testing.assert_allclose(tracks[1].smoothed.probabilities, sad.probabilities)


@given(count=st.integers(1, 12), interval=st.integers(1, 4), seed=st.integers(0, 99))
def test_no_face_waits_longer_than_the_interval(count, interval, seed):
    """Whatever order they are found in, and with the same work in each frame."""
    tracker, order = Tracker(classify_interval=interval), random.Random(seed)
    lefts = [300 * i for i in range(count)]
    last_read: dict[int, int] = {}
    for step in range(8):
        order.shuffle(lefts)
        frame = Frame(IMAGE, step, step / 30)
        faces = [Face(Box(x, 50, x + 100, 150), 1.0) for x in lefts]
        due = [assignment.due for assignment in tracker.assign(frame, faces)]
        assert sum(due) == (count if step == 0 else -(-count // interval))
        last_read |= {x: step for x, is_due in zip(lefts, due, strict=True) if is_due}
        assert all(step - last_read[x] < interval for x in lefts)
        tracks = tracker.update([SCORES if is_due else None for is_due in due])
        assert [track.face for track in tracks] == faces


def test_a_newcomer_is_read_at_once():
    tracker = Tracker(classify_interval=3)
    ids(tracker, 0.0, 100, 500)
    faces = [Face(Box(x, 50, x + 100, 150), 1.0) for x in (100, 500, 900)]
    assert tracker.assign(Frame(IMAGE, 1, 0.1), faces)[2].due


def test_four_faces_read_in_turn_show_what_they_show_when_all_are_read():
    read = {}
    for interval in (1, 2):
        with (
            open_source(DEMO_CLIP) as source,
            Pipeline(open_detector(), open_classifier(), classify_interval=interval) as pipeline,
        ):
            frames = [source.read() for _ in range(30)]
            read[interval] = [
                pipeline.process(Frame(crowd(frame.image, 4), frame.index, frame.t)).tracks
                for frame in frames
            ]
    for every, some in zip(read[1], read[2], strict=True):
        assert [track.id for track in every] == [track.id for track in some] and len(some) == 4
        for one, other in zip(every, some, strict=True):
            assert one.label == other.label
            np.testing.assert_allclose(
                one.smoothed.probabilities, other.smoothed.probabilities, atol=0.05
            )
    before, last = ({track.id: track.raw for track in tracks} for tracks in read[2][-2:])
    assert sum(raw is not before[number] for number, raw in last.items()) == 2
