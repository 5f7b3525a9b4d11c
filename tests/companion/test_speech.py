"""The companion's panel on the picture."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.companion_server import REPLY
from support.drawing import boxes, changed_outside, disjoint, draw, inside, make_track, picture

from emoapp.companion import words
from emoapp.config import OverlayConfig
from emoapp.labels import EMOTIONS
from emoapp.overlay import Overlay
from emoapp.overlay.speech import ago
from emoapp.speech import Speech


@settings(deadline=None, max_examples=40)
@given(
    width=st.integers(1, 1300),
    height=st.integers(1, 800),
    found=boxes,
    text=st.sampled_from(["", "That looks fine.", REPLY * 4, "x" * 300]),
    note=st.sampled_from(["", words.HUMAN_HELP]),
)
def test_the_panel_stays_in_any_picture_and_off_the_pills(width, height, found, text, note):
    overlay = Overlay(EMOTIONS)
    overlay.speech = Speech(text, note, "a model " * 9, "sad", 75.0, coming=True)
    before = picture(width, height)
    tracks = [make_track(i + 1, box) for i, box in enumerate(found)]
    after = draw(overlay, before.copy(), *tracks)
    assert changed_outside(before, after, overlay.touched) == 0
    assert all(inside(rect, width, height) for rect in overlay.touched)
    assert disjoint(overlay.pills.values())


@pytest.mark.parametrize("size_wh", [(320, 240), (640, 480), (1280, 720), (720, 1280)])
def test_the_panel_keeps_off_the_face_wherever_it_is(size_wh):
    width, height = size_wh
    side = 0.3 * min(size_wh)
    seen = 0
    for x in (0.0, 0.5, 1.0):
        for y in (0.15, 0.9):
            x0, y0 = x * (width - side), y * (height - side)
            box = x0, y0, x0 + side, y0 + side
            overlay = Overlay(EMOTIONS, OverlayConfig(bars=False, timeline=False))
            plain = draw(overlay, picture(width, height), make_track(1, box))
            overlay.speech = Speech(REPLY, "", "written reply", "happy", 2.0)
            spoken = draw(overlay, picture(width, height), make_track(1, box))
            changed = (plain != spoken).any(axis=2)
            seen += changed.mean() > 0.03
            x0, y0, x1, y1 = (round(one) for one in box)
            assert changed[y0:y1, x0:x1].mean() < 0.02
    assert seen == 6


def test_the_age_is_told_in_few_words():
    assert [ago(s) for s in (0.4, 1, 12.4, 59.4, 90)] == [
        *("now", "1 s ago", "12 s ago", "59 s ago"),
        "2 min ago",
    ]
