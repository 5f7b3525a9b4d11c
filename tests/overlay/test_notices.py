"""Notices, the waiting picture, clicks on faces, and the keys' panel."""

from __future__ import annotations

import numpy as np
import pytest
from support.drawing import (
    changed_outside,
    disjoint,
    draw,
    draw_at,
    make_track,
    picture,
)

from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.overlay import HELP, Overlay, Status, panels
from emoapp.overlay.layout import Rect
from emoapp.overlay.theme import Sizes

HD = Sizes.of(1280, 720)


def test_a_notice_comes_before_the_hint_fades_and_goes():
    overlay, ink = Overlay(EMOTIONS, OverlayConfig(bars=False)), {}
    draw_at(overlay, picture(1280, 720), t=0.0)
    (hint,) = overlay.touched
    assert hint.y1 == 720 - HD.margin
    overlay.notify("Saved snapshot.png", now=10.0, seconds=2.0)
    for now in (9.9, 10.0, 11.5, 11.8, 11.95, 12.0):
        image = draw_at(overlay, np.full((720, 1280, 3), 128, np.uint8), now=now)
        ink[now] = int(abs(image.astype(int) - 128).sum())
        notice = overlay.touched[0]
        assert (notice == hint) == (now in (9.9, 12.0)) and notice.y1 == hint.y1
    assert ink[10.0] == ink[11.5] > 1.2 * ink[11.8] > 1.2 * ink[11.95] > 0


@pytest.mark.parametrize("size_wh", [(480, 270), (640, 480), (1280, 720), (360, 640)])
@pytest.mark.parametrize("text_size", [100, 150, 250])
def test_a_notice_covers_neither_bars_nor_status_row(size_wh, text_size):
    width, height = size_wh
    track = make_track(1, (0.5 * width, 0.1 * height, 0.8 * width, 0.5 * height))
    overlay, bars = Overlay(EMOTIONS, OverlayConfig(text_size=text_size)), set()
    for number, said in enumerate(("", "h: keys", "a frame takes 45 ms " * 4)):
        for thumbnail in (None, picture(160, 90)):
            overlay.notify(said, now=number, picture=thumbnail)
            draw(overlay, picture(width, height), track, status=Status(fps=30), now=number + 0.1)
            assert overlay.arrangement.notice or not said
            assert disjoint(overlay.arrangement.rects)
            bars.add(overlay.arrangement.bars)
    assert len(bars) == 1, "they stay where they are"


@pytest.mark.parametrize("size_wh", [(640, 480), (800, 600), (1280, 720)])
def test_a_notice_stands_above_an_alert(size_wh):
    width, height = size_wh
    track = make_track(1, (0.5 * width, 0.1 * height, 0.8 * width, 0.5 * height))
    overlay = Overlay(EMOTIONS)
    overlay.alerts.add("The profile cannot be used", "Eve has labels of its own. " * 3)
    overlay.notify("saved /home/ada/Pictures/emoapp-20261126-033000.png", now=0.0)
    draw(overlay, picture(width, height), track, status=Status(fps=30), now=0.1)
    (_, alert), (_, notice) = overlay.arrangement.alert, overlay.arrangement.notice
    assert not notice.overlaps(alert)


def test_a_notice_forgets_its_picture():
    overlay = Overlay(EMOTIONS)

    def height():
        draw(overlay, picture(640, 480), status=Status(fps=30), now=0.1)
        return overlay.arrangement.notice[1].y1 - overlay.arrangement.notice[1].y0

    overlay.notify("saved /home/ada/Pictures/emoapp.png", now=0.0, picture=picture(160, 90))
    with_picture = height()
    overlay.forget_thumbnail()
    assert height() < with_picture / 2


def test_the_waiting_picture_is_gray_dark_and_says_why():
    whole = picture(700, 500)
    image, plain = whole[50:450, 20:660], whole.copy()
    overlay = Overlay(EMOTIONS)
    draw_at(overlay, image.copy(), make_track(1, (100, 100, 300, 300)))
    overlay.draw_waiting(image, "Camera lost", "It goes on when the camera is back.")
    edge = image[:40].astype(int)
    assert (edge.max(axis=2) == edge.min(axis=2)).all()
    assert edge.mean() == pytest.approx(0.45 * plain[50:90, 20:660].mean(), rel=0.1)
    assert image[180:220].max() > 240
    assert changed_outside(plain, whole, [Rect(20, 50, 660, 450)]) == 0
    assert overlay.track_at(200, 200) is None and overlay.pills == {}


def test_the_smallest_face_under_a_point_is_found_and_pills_lie_above():
    overlay = Overlay(EMOTIONS, OverlayConfig(bars=False, timeline=False))
    large, small = make_track(1, (300, 200, 900, 700)), make_track(2, (500, 400, 600, 500))
    for order in ((large, small), (small, large)):
        draw_at(overlay, picture(1280, 720), *order)
        assert overlay.track_at(550, 450) == 2
        assert overlay.track_at(310, 210) == overlay.track_at(899.5, 450) == 1
        assert overlay.track_at(900, 450) is overlay.track_at(10, 10) is None
        for number, pill in overlay.pills.items():
            assert overlay.track_at(pill.x0 + 1, pill.y1 - 1) == number
    assert any(overlay.track_at(p.x0, p.y0) == 2 and p.y1 <= 400 for p in overlay.pills.values())


@pytest.mark.parametrize(
    "size_wh", [(320, 240), (240, 320), (640, 360), (640, 480), (1280, 720), (3840, 2160)]
)
def test_all_keys_fit_into_the_picture(size_wh):
    sizes = Sizes.of(*size_wh)
    panel = panels.help_panel(HELP, sizes)
    assert panel.width <= size_wh[0] and panel.height <= size_wh[1]
    # Two columns, if there is room for two.
    assert (panel.width > panel.height) == (size_wh != (240, 320))
