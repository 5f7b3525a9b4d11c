"""The overlay: where things stand, what they show, and that nothing else is touched."""

from __future__ import annotations

import itertools
import subprocess
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.drawing import (
    FULL,
    boxes,
    changed_outside,
    disjoint,
    draw,
    inside,
    make_track,
    picture,
)

from emoapp.labels import EMOTIONS, FERPLUS
from emoapp.overlay import HELP, Overlay, Status, colours_of, icons, text
from emoapp.overlay.bars import STAY_S, BarsPanel, muted, plan
from emoapp.overlay.blend import Painter
from emoapp.overlay.layout import Rect, Wanted, place
from emoapp.overlay.status import StatusRow, clock
from emoapp.overlay.theme import EXPRESSIONS, EXTRA, Sizes
from emoapp.types import Box, Rejection


@settings(deadline=None, max_examples=60)
@given(width=st.integers(1, 900), height=st.integers(1, 700), found=boxes, labels=st.data())
def test_any_picture_can_be_drawn_on_and_only_what_is_reported_changes(
    width, height, found, labels
):
    overlay = Overlay(EMOTIONS)
    before = picture(width, height)
    tracks = [
        make_track(i + 1, box, labels.draw(st.sampled_from(EMOTIONS)))
        for i, box in enumerate(found)
    ]
    for now in (0.0, 0.05):
        after = draw(overlay, before.copy(), *tracks, status=FULL, now=now)
        assert changed_outside(before, after, overlay.touched) == 0
        assert all(inside(rect, width, height) for rect in overlay.touched)
        assert all(inside(rect, width, height) for rect in overlay.pills.values())
        assert disjoint(overlay.pills.values())


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
    overlay = Overlay(EMOTIONS, bars=False)
    draw(overlay, picture(1280, 720), make_track(1, face))
    pill = overlay.pills[1]
    above, below = pill.y1 <= face[1], pill.y0 >= face[3]
    assert {"above": above, "below": below, "inside": not above and not below}[where]


def test_a_face_that_trembles_at_the_upper_edge_keeps_its_pill_below():
    overlay = Overlay(EMOTIONS, bars=False)
    places = []
    for y in (60, 30, 44, 40, 46, 200):
        draw(overlay, picture(1280, 720), make_track(1, (500, y, 700, y + 200)))
        places.append("above" if overlay.pills[1].y1 <= y else "below")
    assert places == ["above", "below", "below", "below", "below", "above"]


def test_ten_faces_side_by_side_all_get_their_full_pill():
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
    assert len({rect.x1 - rect.x0 for number, rect in overlay.pills.items() if number < 10}) == 1


def full(colour):
    return colour


def bar_pixels(panel, sizes, colours, inks):
    """Label -> how many pixels of its bar, on a black picture, have one of its `inks`."""
    image = np.zeros((sizes.height, sizes.width, 3), np.uint8)
    rect = panel.rect(sizes, [], None)
    panel.draw(Painter(image), rect, sizes)
    layout = plan(tuple(colours), sizes)
    found = {}
    for index, label in enumerate(colours):
        y = rect.y0 + int(layout.middle(index))
        x = rect.x0 + layout.bar_x
        row = image[y, x : x + layout.bar_length].astype(int)
        found[label] = sum(
            int((abs(row - ink(colours[label])).max(axis=1) <= 1).sum()) for ink in inks
        )
    return found


@pytest.mark.parametrize("label", FERPLUS)
@pytest.mark.parametrize("size_wh", [(640, 360), (1280, 720), (3840, 2160)])
def test_the_winner_has_the_longest_bar_and_alone_the_full_colour(label, size_wh):
    colours, sizes = colours_of(FERPLUS), Sizes.of(*size_wh)
    panel = BarsPanel(FERPLUS, colours)
    for now in (0.0, 1.0):
        panel.follow(make_track(1, (0, 0, 9, 9), label, 0.4, FERPLUS), now=now)
    bright = bar_pixels(panel, sizes, colours, [full])
    dull = bar_pixels(panel, sizes, colours, [muted])
    assert bright.pop(label) > max(dull.values()) and dull.pop(label) == 0
    assert min(dull.values()) > 0 and max(bright.values()) == 0


def test_bars_glide_to_a_new_expression_in_150_ms():
    colours, sizes = colours_of(EMOTIONS), Sizes.of(1280, 720)
    panel = BarsPanel(EMOTIONS, colours)
    lengths = []
    for now, label in (
        (0.0, "sad"),
        (9.0, "sad"),
        (9.0, "happy"),
        (9.05, "happy"),
        (9.15, "happy"),
    ):
        panel.follow(make_track(1, (0, 0, 9, 9), label, 1.0), now=now)
        lengths.append(bar_pixels(panel, sizes, colours, [full, muted])["happy"])
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
    colours, sizes = colours_of(EMOTIONS), Sizes.of(1280, 720)
    panel, face = BarsPanel(EMOTIONS, colours), (0, 0, 9, 9)
    panel.follow(make_track(1, face, "sad", 1.0), now=0.0)
    at_once = bar_pixels(panel, sizes, colours, [full, muted])["sad"]
    panel.follow(make_track(1, face, "sad", 1.0), now=9.0)
    assert bar_pixels(panel, sizes, colours, [full, muted])["sad"] == at_once
    dark = replace(make_track(1, face, "sad", 1.0), rejection=Rejection.TOO_DARK)
    panel.follow(dark, now=9.1)
    assert not any(bar_pixels(panel, sizes, colours, [full, muted]).values())


def test_the_panel_moves_away_from_faces_and_hides_in_a_small_picture():
    panel, sizes = BarsPanel(EMOTIONS, colours_of(EMOTIONS)), Sizes.of(1280, 720)
    panel.follow(make_track(1, (0, 0, 9, 9)), now=0.0)
    middle, at_left, at_right = (Box(x, 200, x + 200, 400) for x in (500, 50, 1000))
    right = panel.rect(sizes, [middle], middle)
    left = panel.rect(sizes, [at_right], at_right)
    assert right.x0 > 640 > left.x1
    assert panel.rect(sizes, [middle], middle) == left
    assert panel.rect(sizes, [at_left], at_left) == right
    lower = panel.rect(sizes, [at_left, at_right], at_right)
    assert (lower.x0, lower.y1) == (right.x0, 720 - sizes.margin) and lower.y0 > 400
    wall = [at_left, at_right, Box(0, 420, 1280, 720)]
    upper = panel.rect(sizes, wall, at_right)
    assert upper.y0 == sizes.margin, "where they hide least, and not the one who is followed"
    assert panel.rect(sizes, [middle], middle) == upper, "nobody is there: no reason to move"
    assert panel.rect(Sizes.of(320, 240), [], None) is None


def test_the_bars_show_the_largest_face_unless_another_is_followed():
    large = make_track(1, (300, 300, 560, 560), "happy")
    small = make_track(2, (600, 100, 700, 200), "sad", 0.6)
    panel = np.s_[220:500, 910:1270]

    def panel_of(*tracks, followed=None, bars=True):
        overlay = Overlay(EMOTIONS, bars=bars)
        overlay.followed = followed
        for now in (0.0, 1.0):
            image = draw(overlay, np.zeros((720, 1280, 3), np.uint8), *tracks, now=now)
        return image[panel]

    both = (large, small)
    assert np.array_equal(panel_of(*both), panel_of(large))
    assert np.array_equal(panel_of(*both, followed=2), panel_of(small))
    assert np.array_equal(panel_of(*both, followed=99), panel_of(large))
    assert not np.array_equal(panel_of(large), panel_of(small))
    assert not panel_of(*both, bars=False).any()


def test_two_faces_of_about_one_size_do_not_take_the_panel_from_each_other():
    overlay = Overlay(EMOTIONS)
    titles = set()
    for step in range(6):
        size = 200 + (step % 2) * 10
        tracks = make_track(1, (200, 450, 400, 650)), make_track(2, (500, 450, 700, 450 + size))
        image = draw(overlay, np.zeros((720, 1280, 3), np.uint8), *tracks, now=9.0 * step)
        titles.add(image[225:262, 920:1000].tobytes())
    assert len(titles) == 1


def test_the_hint_comes_when_faces_stay_away_and_not_when_the_detector_blinks():
    overlay, face = Overlay(EMOTIONS, bars=False), make_track(1, (500, 300, 700, 500))
    draw(overlay, picture(1280, 720), now=0.0)
    hint = overlay.touched
    assert len(hint) == 1 and hint[0].y0 > 600
    draw(overlay, picture(1280, 720), face, now=1.0)
    draw(overlay, picture(1280, 720), now=1.0 + STAY_S / 2)
    assert overlay.touched == []
    draw(overlay, picture(1280, 720), now=1.0 + 2 * STAY_S)
    assert overlay.touched == hint


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 360), (1280, 720), (720, 1280)])
def test_the_help_dims_the_picture_and_fits_into_it(size_wh):
    overlay = Overlay(EMOTIONS)
    overlay.help = True
    image = np.full((size_wh[1], size_wh[0], 3), 200, np.uint8)
    draw(overlay, image, make_track(1, (10, 60, 90, 140)))
    border = np.concatenate([image[:3].reshape(-1), image[-3:].reshape(-1), image[:, -3:].ravel()])
    assert (border == 90).all()
    assert len(HELP) > 3


@settings(deadline=None, max_examples=40)
@given(
    width=st.integers(1, 500),
    height=st.integers(1, 400),
    title=st.text(max_size=40),
    body=st.text(max_size=200),
    what=st.text(min_size=1, max_size=30),
)
@example(1, 1, "Camera lost", "It comes back when it is plugged in.", "happy")
def test_any_words_can_be_shown(width, height, title, body, what):
    labels = (what, what + "x")
    overlay, image = Overlay(labels), picture(width, height)
    overlay.help = True
    overlay.alerts.add(title, body)
    overlay.draw_message(image, title, body)
    draw(overlay, image, make_track(1, (9, 9, 99, 99), what, labels=labels), status=FULL)


def test_alerts_stay_until_they_are_acknowledged_one_after_the_other():
    overlay, plain = Overlay(EMOTIONS, bars=False), np.zeros((720, 1280, 3), np.uint8)
    face = make_track(1, (500, 300, 700, 500))
    for title in ("one", "two", "one"):
        overlay.alerts.add(title, "It could not be written.")
    seen = []
    for _ in range(2):
        early, late = (draw(overlay, plain.copy(), face, now=now) for now in (0.0, 3600.0))
        assert np.array_equal(early[500:], late[500:])
        (panel,) = [at for at in overlay.touched if at.y0 > 500 and at.y1 < 700 and at.x0 > 100]
        assert overlay.alerts.holds(panel.x0, panel.y0)
        assert not overlay.alerts.holds(panel.x0 - 1, panel.y0)
        seen.append(late[panel.y0 : panel.y1, panel.x0 : panel.x1])
        assert overlay.alerts.acknowledge()
    assert seen[0].shape != seen[1].shape or not np.array_equal(*seen)
    draw(overlay, plain.copy(), face, now=3600.0)
    assert not overlay.alerts.acknowledge() and not overlay.alerts.holds(640, 600)


@pytest.mark.parametrize(
    ("image", "error"),
    [
        (np.zeros((90, 90, 3), np.float32), TypeError),
        (np.zeros((90, 90), np.uint8), ValueError),
        (np.zeros((90, 90, 3), np.uint8)[:, ::-1], ValueError),
        (np.zeros((90, 90, 3), np.uint8)[::-1], ValueError),
        (np.broadcast_to(np.uint8(0), (90, 90, 3)), ValueError),
    ],
)
def test_a_picture_that_cannot_be_drawn_on_is_refused(image, error):
    with pytest.raises(error, match="image: expected"):
        Overlay(EMOTIONS).draw_message(image, "Starting")


def test_a_camera_lost_before_the_model_is_there_is_said():
    image = np.zeros((360, 640, 3), np.uint8)
    Overlay(()).draw_waiting(image, "Camera 0 was unplugged", "Goes on by itself.")
    assert image.any()


def test_a_part_of_a_larger_picture_can_be_drawn_on():
    whole = np.zeros((500, 900, 3), np.uint8)
    alone = np.zeros((400, 700, 3), np.uint8)
    for image in (whole[50:450, 100:800], alone):
        draw(Overlay(EMOTIONS), image, make_track(1, (200, 100, 400, 300)), status=FULL)
    assert alone.any()
    assert np.array_equal(whole[50:450, 100:800], alone)
    whole[50:450, 100:800] = 0
    assert not whole.any()


def test_the_row_says_only_what_there_is_and_keeps_the_recording_longest():
    row = StatusRow()
    assert row.prepare(Status(), Sizes.of(640, 360), now=0.0) is None
    wide, _ = StatusRow().prepare(FULL, Sizes.of(1280, 720), now=0.0)
    narrow, rect = StatusRow().prepare(FULL, Sizes.of(200, 240), now=0.0)
    assert inside(rect, 200, 240)
    for sprite in (wide, narrow):
        blue, green, red = sprite.ink.reshape(-1, 3).astype(int).T
        assert ((red > 200) & (green < 100) & (blue < 100)).any()
    assert [clock(s) for s in (0, 61.9, 3600)] == ["0:00", "1:01", "1:00:00"]


def test_numbers_of_the_row_stand_still_for_a_moment():
    row, sizes = StatusRow(), Sizes.of(640, 360)
    sprites = [
        row.prepare(Status(fps=fps), sizes, now=now)[0]
        for fps, now in ((10, 0.0), (20, 0.1), (30, 0.3))
    ]
    assert sprites[0] is sprites[1] is not sprites[2]


# Machado, Oliveira and Fernandes 2009, severity 1, for linear RGB.
BLINDNESS = {
    "none": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
}


def seen_as_lab(colour, matrix):
    rgb = np.array(colour[::-1]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(matrix) @ linear, 0, 1)
    back = np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055)
    return cv2.cvtColor(back.astype(np.float32)[None, None], cv2.COLOR_RGB2LAB)[0, 0]


@pytest.mark.parametrize("matrix", BLINDNESS.values(), ids=BLINDNESS)
@pytest.mark.parametrize("colours", [tuple(EXPRESSIONS.values()), EXTRA], ids=["known", "extra"])
def test_colours_are_told_apart_by_colour_blind_people(matrix, colours):
    lab = [seen_as_lab(colour, matrix) for colour in colours]
    # A difference of 2 is just seen when two patches touch; bars and corners stand apart.
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(lab, 2)) > 12


def test_own_labels_get_colours_that_stay_and_other_words_for_an_expression_get_its_own():
    labels = ("bored", "Happiness", "tired", "anger")
    colours = colours_of(labels)
    assert colours == colours_of(labels)
    assert colours["Happiness"] == EXPRESSIONS["happy"]
    assert colours["anger"] == EXPRESSIONS["angry"]
    assert len(set(colours.values())) == 4


def test_every_expression_has_a_face_of_its_own():
    faces = [icons.mask(label, 24) for label in (*FERPLUS, "bored")]
    assert all(face.shape == (24, 24) and face.max() == 255 for face in faces)
    assert len({face.tobytes() for face in faces}) == len(faces)
    assert np.array_equal(icons.mask("tired", 24), icons.mask("bored", 24))


LETTERS = [chr(c) for c in (*range(0xC0, 0x180), *range(0x1EA0, 0x1EFA)) if chr(c) not in "×÷ŉ"]


@pytest.mark.parametrize("bold", [False, True])
def test_the_font_has_all_latin_letters_and_even_digits(bold):
    missing = text.mask("\ue000", 16, bold)
    boxes = [
        c for c in LETTERS + list("‘’“”…–—→·") if np.array_equal(text.mask(c, 16, bold), missing)
    ]
    assert boxes == []
    assert len({text.width(digit * 8, 16, bold) for digit in "0123456789"}) == 1


@given(string=st.text(max_size=60), room=st.integers(0, 300), size=st.integers(11, 40))
@settings(deadline=None, max_examples=60)
def test_fitted_text_fits(string, room, size):
    fitted = text.fit(string, size, room)
    assert text.width(fitted, size) <= room
    assert fitted == string or fitted.rstrip("…") in string


def test_importing_the_overlay_loads_no_pillow():
    code = "import sys, emoapp.overlay; print(sorted({'PIL', 'tensorflow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_camera_that_fails_before_the_model_is_there_is_waited_for():
    image = np.full((360, 640, 3), 90, np.uint8)
    Overlay(()).draw_waiting(image, "The camera is gone", "q quits.")
    assert image.std() > 5


def test_a_paused_picture_has_no_rate_from_its_first_moment_on():
    row, sizes = StatusRow(), Sizes.of(1280, 720)
    running, _ = row.prepare(Status(fps=30.0, latency_ms=12.0, faces=1), sizes, now=1.0)
    paused, _ = row.prepare(Status(faces=1, paused=True), sizes, now=1.01)
    later, _ = row.prepare(Status(faces=1, paused=True), sizes, now=9.0)
    assert paused.width == later.width < running.width
