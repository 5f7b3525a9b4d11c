"""Which track is followed."""

from __future__ import annotations

import numpy as np
import pytest
from support.drawing import make_track

from emoapp.tracking import MainPersonSelector, TrackSelector

LARGE = make_track(1, (300, 300, 560, 560))
SMALL = make_track(2, (600, 100, 700, 200))


@pytest.mark.parametrize("followed, selected", [(None, 1), (1, 1), (2, 2), (99, 1)])
def test_the_largest_face_is_selected_unless_another_is_followed(followed, selected):
    selector = TrackSelector()
    selector.followed = followed
    assert selector.select([LARGE, SMALL], 0.0) == selected
    assert selector.select([], 1.0) is None
    assert selector.select([SMALL], 9.0) == 2


def test_two_faces_of_about_one_size_do_not_take_it_from_each_other():
    selector, selected = TrackSelector(), set()
    for step in range(6):
        size = 200 + (step % 2) * 10
        tracks = make_track(1, (200, 450, 400, 650)), make_track(2, (500, 450, 700, 450 + size))
        selected.add(selector.select(tracks, 9.0 * step))
    assert selected == {1}


def test_a_blink_of_the_selected_face_does_not_select_another():
    selector, selected = TrackSelector(), []
    for t in np.arange(0, 4, 0.1):
        tracks = [SMALL] if 2 < t < 2.5 or t > 2.9 else [LARGE, SMALL]
        selected.append(selector.select(tracks, float(t)))
    assert set(selected[:21]) == {1} and 2 not in selected[:35], "nobody, rather than another"
    assert selected[26:29] == [1] * 3 and set(selected[37:]) == {2}


def test_the_main_person_stays_whoever_comes_nearer():
    selector, stranger = MainPersonSelector(), make_track(3, (0, 0, 500, 500))
    assert selector.select([SMALL], 0.0) == 2, "of the first frame with a face"
    assert selector.select([stranger, SMALL], 0.1) == 2
    assert selector.select([stranger], 0.2) is None
    assert selector.select([stranger], 1.5) is None
    assert selector.select([stranger], 1.7) == 3
    assert selector.select([SMALL], 9.0) is None, "too small to be the one who was near"
