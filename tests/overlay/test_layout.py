"""Where pills and panels stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawing import (
    boxes,
    disjoint,
    draw,
    inside,
    make_track,
    picture,
)

from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay
from emoapp.overlay.layout import Rect, Wanted, place

sizes_wh = st.tuples(st.integers(1, 300), st.integers(1, 60))


@given(
    size_wh=st.tuples(st.integers(10, 1300), st.integers(10, 800)),
    faces=st.lists(st.tuples(boxes.filter(bool), sizes_wh, st.booleans()), max_size=10),
    avoid=boxes,
)
def test_pills_stay_in_the_picture_and_off_each_other(size_wh, faces, avoid):
    wanted = [
        Wanted(Rect(*box[0]), (wh, (max(1, wh[0] // 2), wh[1])), lowered)
        for box, wh, lowered in faces
    ]
    spots = place(wanted, size_wh, gap=3, avoid=[Rect(*box) for box in avoid])
    found = [spot for spot in spots if spot]
    assert all(inside(spot.rect, *size_wh) for spot in found)
    assert disjoint([spot.rect for spot in found])
    for pill, spot in zip(wanted, spots, strict=True):
        if spot:
            x0, y0, x1, y1 = spot.rect
            assert (x1 - x0, y1 - y0) == pill.sizes_wh[spot.form]
    if wanted and min(size_wh) >= 300:
        assert spots[0] is not None


@pytest.mark.parametrize(
    ("face", "where"),
    [
        ((500, 300, 700, 500), "above"),
        ((500, 5, 700, 200), "below"),
        ((300, 0, 900, 720), "inside"),
        ((1250, 300, 1400, 450), "above"),
    ],
)
def test_a_pill_stands_above_its_face_or_below_or_else_on_it(face, where):
    overlay = Overlay(EMOTIONS, OverlayConfig(bars=False))
    draw(overlay, picture(1280, 720), make_track(1, face))
    pill = overlay.pills[1]
    above, below = pill.y1 <= face[1], pill.y0 >= face[3]
    assert {"above": above, "below": below, "inside": not above and not below}[where]


def test_a_face_that_trembles_at_the_upper_edge_keeps_its_pill_below():
    overlay = Overlay(EMOTIONS, OverlayConfig(bars=False))
    places = []
    for y in (60, 30, 44, 40, 46, 200):
        draw(overlay, picture(1280, 720), make_track(1, (500, y, 700, y + 200)))
        places.append("above" if overlay.pills[1].y1 <= y else "below")
    assert places == ["above", "below", "below", "below", "below", "above"]


def test_in_a_crowd_the_followed_face_gets_its_full_tag_and_the_others_short_ones():
    overlay = Overlay(EMOTIONS)
    tracks = [
        make_track(i + 1, (60 + 210 * (i % 4), 60 + 220 * (i // 4), 160 + 210 * (i % 4), 180))
        if i < 4
        else make_track(
            i + 1,
            (60 + 210 * (i % 4), 60 + 220 * (i // 4), 160 + 210 * (i % 4), 160 + 220 * (i // 4)),
        )
        for i in range(10)
    ]
    draw(overlay, picture(1280, 720), *tracks)
    assert sorted(overlay.pills) == list(range(1, 11))
    followed, *others = (rect.x1 - rect.x0 for _, rect in sorted(overlay.pills.items()))
    assert len(set(others)) == 1 and followed > 1.5 * others[0]
