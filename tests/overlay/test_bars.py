"""The bars of a face's probabilities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.drawing import (
    draw,
    make_result,
    make_track,
    picture,
)

from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS, FERPLUS
from emoapp.overlay import Overlay, Status, colors_of, text
from emoapp.overlay.bars import BarsPanel
from emoapp.overlay.bars_layout import plan
from emoapp.overlay.blend import Painter
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import Sizes, legible, muted
from emoapp.types import Box, Rejection


def full(color):
    return legible(color)


def bar_pixels(panel, sizes, colors, inks):
    """Label -> how many pixels of its bar, on a black picture, have one of its `inks`."""
    image = np.zeros((sizes.height, sizes.width, 3), np.uint8)
    rect = panel.rect(sizes, [], None)
    panel.draw(Painter(image), rect)
    layout = plan(tuple(colors), sizes)
    found = {}
    for index, label in enumerate(colors):
        y = rect.y0 + int(layout.middle(index))
        x = rect.x0 + layout.bar_x
        row = image[y, x : x + layout.bar_length].astype(int)
        found[label] = sum(
            int((abs(row - ink(colors[label])).max(axis=1) <= 1).sum()) for ink in inks
        )
    return found


@pytest.mark.parametrize("label", FERPLUS)
@pytest.mark.parametrize("size_wh", [(640, 360), (1280, 720), (3840, 2160)])
def test_the_winner_has_the_longest_bar_and_alone_the_full_color(label, size_wh):
    colors, sizes = colors_of(FERPLUS), Sizes.of(*size_wh)
    panel = BarsPanel(FERPLUS, colors)
    for now in (0.0, 1.0):
        panel.follow(make_track(1, (0, 0, 9, 9), label, 0.4, FERPLUS), now=now)
    bright = bar_pixels(panel, sizes, colors, [full])
    dull = bar_pixels(panel, sizes, colors, [muted])
    assert bright.pop(label) > max(dull.values()) and dull.pop(label) == 0
    assert min(dull.values()) > 0 and max(bright.values()) == 0


def test_bars_glide_to_a_new_expression_in_150_ms():
    colors, sizes = colors_of(EMOTIONS), Sizes.of(1280, 720)
    panel = BarsPanel(EMOTIONS, colors)
    lengths = []
    for now, label in (
        (0.0, "sad"),
        (9.0, "sad"),
        (9.0, "happy"),
        (9.05, "happy"),
        (9.15, "happy"),
    ):
        panel.follow(make_track(1, (0, 0, 9, 9), label, 1.0), now=now)
        lengths.append(bar_pixels(panel, sizes, colors, [full, muted])["happy"])
    _, before, at_once, midway, arrived = lengths
    longest = plan(EMOTIONS, sizes).bar_length
    assert before == at_once < midway < arrived
    assert 0.3 * longest < midway < 0.8 * longest
    assert arrived > 0.9 * longest


def test_tag_and_panel_say_the_numbers_of_the_track_while_the_bars_glide(monkeypatch):
    said = []
    sprite = text.sprite

    def noted(string, *style):
        said.append(string)
        return sprite(string, *style)

    monkeypatch.setattr(text, "sprite", noted)
    overlay, box = Overlay(EMOTIONS), (500, 300, 700, 500)
    steps = [("happy", 0.84), ("sad", 0.51), ("happy", 0.777), ("fear", 0.4)]
    for step, (label, share) in enumerate(steps):
        said.clear()
        track = make_track(1, box, label, share)
        draw(overlay, picture(1280, 720), track, now=step / 30)
        shown = [f"{round(100 * share)}%" for share in track.smoothed.probabilities.tolist()]
        assert [string for string in said if string.endswith("%")] == [
            *shown,  # the panel
            f"{round(100 * track.confidence)}%",  # the tag
        ]


def test_bars_begin_at_their_value_and_a_face_that_is_not_read_has_none():
    colors, sizes = colors_of(EMOTIONS), Sizes.of(1280, 720)
    panel, face = BarsPanel(EMOTIONS, colors), (0, 0, 9, 9)
    panel.follow(make_track(1, face, "sad", 1.0), now=0.0)
    at_once = bar_pixels(panel, sizes, colors, [full, muted])["sad"]
    panel.follow(make_track(1, face, "sad", 1.0), now=9.0)
    assert bar_pixels(panel, sizes, colors, [full, muted])["sad"] == at_once
    dark = replace(make_track(1, face, "sad", 1.0), rejection=Rejection.TOO_DARK)
    panel.follow(dark, now=9.1)
    assert not any(bar_pixels(panel, sizes, colors, [full, muted]).values())


def settled(panel, sizes, faces, followed):
    """Where the panel stands after a while."""
    for _ in range(3):
        panel.follow(make_track(1, (0, 0, 9, 9)), now=panel._now + 0.5)
        rect = panel.rect(sizes, faces, followed)
    return rect


def test_the_panel_moves_away_from_faces():
    panel, sizes = BarsPanel(EMOTIONS, colors_of(EMOTIONS)), Sizes.of(1280, 720)
    panel.follow(make_track(1, (0, 0, 9, 9)), now=0.0)
    middle, at_left, at_right = (Box(x, 200, x + 200, 400) for x in (500, 50, 1000))
    right = panel.rect(sizes, [middle], middle)
    left = settled(panel, sizes, [at_right], at_right)
    assert right.x0 > 640 > left.x1
    assert settled(panel, sizes, [middle], middle) == left
    assert settled(panel, sizes, [at_left], at_left) == right
    lower = settled(panel, sizes, [at_left, at_right], at_right)
    assert (lower.x0, lower.y1) == (right.x0, 720 - sizes.margin) and lower.y0 > 400


def passing(face: Box) -> list[Rect | None]:
    """Where the panel stands, ten times a second, while a face is to and fro each half second."""
    panel, sizes = BarsPanel(EMOTIONS, colors_of(EMOTIONS)), Sizes.of(1280, 720)
    middle, places = Box(500, 200, 700, 400), []
    for now in np.arange(0, 6, 0.1):
        panel.follow(make_track(1, (0, 0, 9, 9)), now=float(now))
        box = [middle, face][int(now / 0.5) % 2]
        places.append(panel.rect(sizes, [box], box))
    return places


def test_the_panel_waits_before_it_moves_and_stays_when_the_face_comes_back():
    assert len(set(passing(Box(830, 200, 950, 400)))) == 1


def test_the_panel_soon_leaves_a_face_that_it_hides_and_does_not_come_back():
    places = passing(Box(1000, 200, 1200, 400))
    right, left, *others = dict.fromkeys(places)
    assert others == [] and left.x1 < 640 < right.x0
    assert places.index(left) <= 8, "0.3 s after it has come"
    assert places[places.index(left) :] == [left] * (60 - places.index(left))


def test_the_panel_is_compact_where_it_would_hide_faces_and_absent_in_a_small_picture():
    panel, sizes = BarsPanel(EMOTIONS, colors_of(EMOTIONS)), Sizes.of(640, 480)
    crowd = [Box(150, 100, 640, 480), Box(0, 0, 640, 60)]
    panel.follow(make_track(1, (0, 0, 9, 9)), now=0.0)
    free = panel.rect(sizes, [], None)
    narrow = settled(panel, sizes, crowd, None)
    assert narrow.x1 <= 150 and narrow.x1 - narrow.x0 < 0.7 * (free.x1 - free.x0)
    back = settled(panel, sizes, [], None)
    assert back.x1 - back.x0 == free.x1 - free.x0
    assert panel.rect(Sizes.of(320, 240), [], None) is None


@pytest.mark.parametrize("size_wh", [(1280, 720), (720, 1280), (640, 480), (480, 640)])
def test_the_panel_has_its_words_in_pictures_of_both_orientations(size_wh):
    assert plan(EMOTIONS, Sizes.of(*size_wh)) is not None


def test_the_bars_are_those_of_the_selected_face():
    large = make_track(1, (300, 300, 560, 560), "happy")
    small = make_track(2, (600, 100, 700, 200), "sad", 0.6)
    panel = np.s_[220:500, 910:1270]

    def panel_of(*tracks, selected, bars=True):
        overlay = Overlay(EMOTIONS, OverlayConfig(bars=bars))
        image = np.zeros((720, 1280, 3), np.uint8)
        result = replace(make_result(image, *tracks), selected=selected)
        overlay.draw(image, result, Status(), now=0.0)
        return image[panel]

    both = (large, small)
    assert np.array_equal(panel_of(*both, selected=1), panel_of(large, selected=1))
    assert np.array_equal(panel_of(*both, selected=2), panel_of(small, selected=2))
    assert not np.array_equal(panel_of(*both, selected=1), panel_of(*both, selected=2))
    assert not panel_of(*both, selected=None).any()
    assert not panel_of(*both, selected=1, bars=False).any()
