"""The panel of settings: inside the picture at every size, and clicks find what they see."""

from __future__ import annotations

import pytest
from support.drawing import changed_outside, disjoint, inside, picture

from emoapp.overlay import text
from emoapp.overlay.blend import Painter
from emoapp.overlay.layout import Rect
from emoapp.overlay.settings_panel import Row, draw_settings, plan
from emoapp.overlay.theme import Sizes

ROWS = (
    Row("Mirror", on=True, heading="Picture"),
    Row("Detector", "mediapipe"),
    *(Row(f"Part {number}", on=False) for number in range(6)),
    Row("Text size", "100%", heading="Overlay"),
    *(Row(f"Limit {number}", "0.35") for number in range(6)),
    Row("Save as my defaults"),
)
SIZES_WH = [(160, 120), (320, 240), (640, 360), (640, 480), (1280, 720), (720, 1280), (3840, 2160)]


@pytest.mark.parametrize("size_wh", SIZES_WH)
@pytest.mark.parametrize("scale", [0.75, 1, 1.5, 2.5])
def test_the_panel_fits_and_its_rows_are_apart(size_wh, scale):
    sizes = Sizes.of(*size_wh, scale=scale)
    for selected in (0, 8, len(ROWS) - 1):
        layout = plan(ROWS, selected, sizes)
        assert inside(layout.rect, *size_wh)
        assert selected in layout.rows, "the selected row is always in sight"
        assert disjoint(layout.rows.values())
        places = list(layout.rows.values())
        assert all(inside(place, layout.rect.x1, layout.rect.y1 + 1) for place in places)
        for y in layout.headings.values():
            assert not any(
                Rect(*place).contains(layout.rect.x0 + layout.edge, y) for place in places
            )
        before = picture(*size_wh)
        painter = Painter(before.copy())
        draw_settings(painter, ROWS, selected, sizes)
        assert changed_outside(before, painter.image.bgr(), [layout.rect]) == 0


def test_all_rows_are_in_sight_from_640x360_on():
    for size_wh in SIZES_WH[2:]:
        assert len(plan(ROWS, 0, Sizes.of(*size_wh)).rows) == len(ROWS)


@pytest.mark.parametrize("size_wh", SIZES_WH[2:])
def test_a_click_finds_switches_arrows_and_the_key_that_closes(size_wh):
    layout = plan(ROWS, 0, Sizes.of(*size_wh))
    em, right = layout.sizes.text, layout.rect.x1 - layout.edge
    y = {index: rect.center[1] for index, rect in layout.rows.items()}
    assert layout.hit(layout.rect.x0 + layout.edge, y[0], ROWS) == (0, 1), "a switch, anywhere"
    assert layout.hit(right - em, y[1], ROWS) == (1, 1)
    assert layout.hit(right - layout.control + em, y[1], ROWS) == (1, -1)
    assert layout.hit(layout.rect.x0 + layout.edge, y[1], ROWS) == (1, 0)
    assert layout.hit(right - em, layout.rect.y0 + 1, ROWS) is None
    assert layout.closes(right, layout.rect.y0 + layout.edge)
    assert not layout.closes(right, y[0])


@pytest.mark.parametrize("size_wh", SIZES_WH[1:])
@pytest.mark.parametrize("scale", [1, 2.5])
def test_profiles_named_by_their_time_are_told_apart(size_wh, scale, monkeypatch):
    drawn, real = [], text.mask

    def mask(string, *args):
        drawn.append(string)
        return real(string, *args)

    monkeypatch.setattr(text, "mask", mask)
    rows = (Row("Profile", "2026-11-26 02.27"), *ROWS[:-1], Row("Save all this as my defaults"))
    draw_settings(Painter(picture(*size_wh)), rows, 0, Sizes.of(*size_wh, scale=scale))
    (shown,) = (string for string in drawn if string.startswith("2026"))
    assert shown.endswith("02.27"), "the days of a month begin alike"
    if scale == 1 and size_wh != (320, 240):
        assert {rows[0].value, rows[-1].name} <= set(drawn)


def test_large_text_stays_large_and_a_click_on_the_bar_scrolls():
    sizes = Sizes.of(1280, 720, scale=2.5)
    layout = plan(ROWS, 0, sizes)
    assert layout.sizes == sizes and layout.hidden
    last = layout.rows[max(layout.rows)]
    index, step = layout.hit(layout.rect.x1 - 2, last.y1 - 2, ROWS)
    assert index == len(ROWS) - 1 and step == 0
