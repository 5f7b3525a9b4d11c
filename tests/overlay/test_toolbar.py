"""The buttons for the mouse: inside the picture at every size, and all of them different."""

from __future__ import annotations

import numpy as np
import pytest
from support.drawing import changed_outside, disjoint, inside, picture

from emoapp.overlay import shapes
from emoapp.overlay.blend import Painter
from emoapp.overlay.theme import Sizes
from emoapp.overlay.toolbar import (
    BUTTONS,
    KEYS,
    ToolbarState,
    button_at,
    button_rects,
    draw_toolbar,
)


@pytest.mark.parametrize("size_wh", [(160, 120), (320, 240), (640, 480), (720, 1280), (3840, 2160)])
@pytest.mark.parametrize("scale", [0.75, 1, 2.5])
def test_buttons_fit_and_are_found_where_they_stand(size_wh, scale):
    sizes = Sizes.of(*size_wh, scale=scale)
    rects = button_rects(sizes)
    assert tuple(rects) == BUTTONS and set(BUTTONS) <= set(KEYS)
    assert all(inside(rect, *size_wh) for rect in rects.values()) and disjoint(rects.values())
    assert all(button_at(*rect.center, sizes) == name for name, rect in rects.items())
    assert button_at(0, 0, sizes) is None
    for hovered in (None, *BUTTONS):
        before = picture(*size_wh)
        painter = Painter(before.copy())
        draw_toolbar(painter, ToolbarState(hovered), sizes, opacity=0.5)
        assert changed_outside(before, painter.image.bgr(), painter.touched) == 0


def test_icons_differ_and_are_neither_empty_nor_full():
    names = ("record", "stop", "camera", "eye", "hidden eye", "gear", "question")
    icons = [shapes.mask(name, 24) for name in names]
    assert all(0.05 < np.mean(icon) / 255 < 0.75 for icon in icons)
    assert len({icon.tobytes() for icon in icons}) == len(names)
