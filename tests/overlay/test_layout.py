"""Where pills and panels stand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawing import (
    boxes,
    disjoint,
    draw,
    draw_at,
    inside,
    make_result,
    make_track,
    picture,
)

from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay, Status
from emoapp.overlay.layout import Rect
from emoapp.overlay.placement import Wanted, place

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
    for step, y in enumerate((60, 30, 44, 40, 30, 30, 40, 46, 200, 200, 200, 200)):
        track = make_track(1, (500, y, 700, y + 200))
        draw_at(overlay, picture(1280, 720), track, t=0.6 * step)
        places.append("above" if overlay.pills[1].y0 <= y else "below")
    assert places == ["above"] * 6 + ["below"] * 5 + ["above"]


def test_nothing_moves_in_a_picture_that_stands_still():
    overlay = Overlay(EMOTIONS)
    first, second = make_track(1, (100, 300, 300, 500)), make_track(1, (900, 30, 1200, 600))
    draw_at(overlay, picture(1280, 720), first, t=0.0)
    shown = [draw_at(overlay, picture(1280, 720), second, t=1.0, now=now) for now in (9.0, 20.0)]
    np.testing.assert_array_equal(*shown)
    places = [overlay.arrangement.bars]
    for t in (2.5, 4.0):
        draw_at(overlay, picture(1280, 720), second, t=t)
        places.append(overlay.arrangement.bars)
    assert places[0] != places[-1], "in a moving one the panel makes room"


def test_the_panel_leaves_what_the_user_opens_at_once_in_a_picture_that_stands_still():
    overlay, track = Overlay(EMOTIONS), make_track(1, (500, 100, 700, 300))
    draw_at(overlay, picture(1280, 720), track, t=0.0)
    before = overlay.arrangement.bars
    overlay.reserved = Rect(before.x0 - 20, 0, before.x1, 700)
    draw_at(overlay, picture(1280, 720), track, t=0.0, now=0.1)
    moved = overlay.arrangement.bars
    assert not moved.overlaps(overlay.reserved)
    overlay.reserved = None
    draw_at(overlay, picture(1280, 720), track, t=0.0, now=0.2)
    assert overlay.arrangement.bars == moved


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


def crowd(t, count=10):
    """People who walk about, past each other and beyond the edges, at a time in seconds."""
    tracks = []
    for i in range(count):
        trembling = np.random.default_rng(round(1000 * t) + i).normal(0, 3, 2)
        x = 128 + 256 * (i % 5) + 170 * np.sin((0.6 + 0.05 * i) * t + 2 * i) + trembling[0]
        y = 180 + 360 * (i // 5) + 70 * np.sin((0.8 - 0.03 * i) * t + 3 * i) + trembling[1]
        half = 80 + 20 * np.sin(0.3 * t + i)
        tracks.append(make_track(i + 1, (x - half, y - half, x + half, y + half)))
    return tracks


@pytest.mark.parametrize(("count", "most"), [(2, 0.8), (10, 3.5)])
def test_tags_and_panel_rarely_jump_in_a_moving_crowd(count, most):
    """Tags that leave their face's side, of all together, in a second; and moves of the panel."""
    overlay, image = Overlay(EMOTIONS), np.zeros((720, 1280, 3), np.uint8)
    jumps = moves = 0
    before, boxes_before, panel_before = {}, {}, None
    seconds = 20
    for t in np.arange(0, seconds, 1 / 15):
        tracks = crowd(t, count)
        result = replace(make_result(image, *tracks, t=t), selected=1)
        overlay.draw(image, result, Status(), now=t)
        boxes_now = {track.id: track.face.box for track in tracks}
        for number in before.keys() & overlay.pills.keys():
            pill, old = overlay.pills[number], before[number]
            box, old_box = boxes_now[number], boxes_before[number]
            away_x = (pill.x0 - old.x0) - (box.x0 - old_box.x0)
            away_y = (pill.y0 - old.y0) - (box.y0 - old_box.y0)
            jumps += max(abs(away_x), abs(away_y)) > pill.y1 - pill.y0
        moves += panel_before not in (None, overlay.arrangement.bars)
        before, boxes_before = overlay.pills, boxes_now
        panel_before = overlay.arrangement.bars
    assert jumps / seconds <= most
    assert moves / seconds <= 0.5
