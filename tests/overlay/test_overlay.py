"""The overlay: where things stand, what they show, and that nothing else is touched."""

from __future__ import annotations

import subprocess
import sys

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

from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS, FERPLUS
from emoapp.overlay import HELP, Overlay, colors_of
from emoapp.overlay.bars import STAY_S
from emoapp.overlay.theme import (
    BRIGHTEST_GROUND,
    ICON_CONTRAST,
    QUIET,
    TEXT,
    TEXT_CONTRAST,
    contrast,
    legible,
    muted,
)


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


def test_the_hint_comes_when_faces_stay_away_and_not_when_the_detector_blinks():
    overlay, face = (
        Overlay(EMOTIONS, OverlayConfig(bars=False)),
        make_track(1, (500, 300, 700, 500)),
    )
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
    # Each line is to be seen: without it the panel is another one.
    for row in (row for _, rows in HELP for row in rows):
        overlay.keys = tuple(
            (heading, tuple(one for one in rows if one != row)) for heading, rows in HELP
        )
        without = np.full_like(image, 200)
        draw(overlay, without, make_track(1, (10, 60, 90, 140)))
        assert not np.array_equal(image, without), row


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
    overlay, plain = (
        Overlay(EMOTIONS, OverlayConfig(bars=False)),
        np.zeros((720, 1280, 3), np.uint8),
    )
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


def test_importing_the_overlay_loads_no_pillow():
    code = "import sys, emoapp.overlay; print(sorted({'PIL', 'tensorflow'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_camera_that_fails_before_the_model_is_there_is_waited_for():
    image = np.full((360, 640, 3), 90, np.uint8)
    Overlay(()).draw_waiting(image, "The camera is gone", "q quits.")
    assert image.std() > 5


@pytest.mark.parametrize("label", FERPLUS)
def test_icons_and_text_are_legible_on_every_ground(label):
    color = colors_of(FERPLUS)[label]
    for icon in (legible(color), muted(color)):
        assert contrast(icon, BRIGHTEST_GROUND) >= ICON_CONTRAST
    for ink in (TEXT, QUIET):
        assert contrast(ink, BRIGHTEST_GROUND) >= TEXT_CONTRAST
    assert contrast((255, 255, 255), (0, 0, 0)) == pytest.approx(21)


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (1280, 720), (720, 1280)])
@pytest.mark.parametrize("text_size", [75, 150, 250])
def test_text_of_any_size_stays_inside_and_its_panels_apart(size_wh, text_size):
    overlay = Overlay(EMOTIONS, OverlayConfig(text_size=text_size, high_contrast=True))
    width, height = size_wh
    track = make_track(1, (0.4 * width, 0.3 * height, 0.6 * width, 0.7 * height))
    draw(overlay, picture(width, height), track, status=FULL)
    assert all(inside(rect, width, height) for rect in overlay.touched)
    assert disjoint(overlay.arrangement.rects)
    overlay.help, overlay.labels = True, False
    image = np.full((height, width, 3), 200, np.uint8)
    draw(overlay, image)
    assert (image[:3] == 90).all() and (image[:, -3:] == 90).all()


def test_text_size_scales_the_tags():
    image, track, areas = picture(1280, 720), make_track(1, (500, 300, 700, 500)), []
    for text_size in (75, 100, 200):
        overlay = Overlay(EMOTIONS, OverlayConfig(text_size=text_size))
        draw(overlay, image.copy(), track)
        ((x0, y0, x1, y1),) = overlay.pills.values()
        areas.append((x1 - x0) * (y1 - y0))
    assert areas[0] < 0.7 * areas[1] and areas[2] > 3 * areas[1]


def test_high_contrast_lets_nothing_shine_through_the_tags():
    tags = []
    for level in (0, 255):
        overlay = Overlay(EMOTIONS, OverlayConfig(high_contrast=True))
        image = np.full((720, 1280, 3), level, np.uint8)
        draw(overlay, image, make_track(1, (500, 300, 700, 500)))
        ((x0, y0, x1, y1),) = overlay.pills.values()
        tags.append(image[y0 + 2 : y1 - 2, x0 + 16 : x1 - 16])
    assert (tags[0] == tags[1]).all()
