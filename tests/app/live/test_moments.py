"""Looking back: which pictures are kept, and what they cost."""

from __future__ import annotations

import time
from types import SimpleNamespace

import numpy as np
import pytest

from emoapp.app.live.moments import INTERVAL_S, KEPT_S, MAX_WIDTH, LookBack, Moments
from emoapp.images import BgrImage
from emoapp.overlay.blend import Painter
from emoapp.overlay.history import SPAN_S
from emoapp.overlay.moment import draw_moment, moment_at
from emoapp.overlay.theme import Sizes
from emoapp.overlay.timeline import LAG_S, plan


def plain(level: int, size_wh=(1280, 720)) -> BgrImage:
    return BgrImage(np.full((size_wh[1], size_wh[0], 3), level, np.uint8))


@pytest.fixture
def moments():
    kept = Moments()
    yield kept
    kept.close()


def fill(moments: Moments, count: int, **options) -> None:
    for number in range(count):
        moments.add(plain(number, **options), number * INTERVAL_S)
        # The next one is left out while this one is still being compressed.
        moments.nearest(number * INTERVAL_S)


def test_the_picture_of_a_moment_is_found(moments):
    fill(moments, 40)
    found = moments.nearest(5.1)
    assert found.shape == (360, MAX_WIDTH, 3)
    assert abs(int(found[100, 100, 0]) - 20) <= 1
    assert abs(int(moments.nearest(99.0)[0, 0, 0]) - 39) <= 1


def test_only_the_last_seconds_and_few_a_second_are_kept(moments):
    fill(moments, 200, size_wh=(64, 36))
    assert len(moments._kept) <= KEPT_S / INTERVAL_S + 1
    moments.add(plain(0), 200 * INTERVAL_S - INTERVAL_S / 2)
    assert len(moments._kept) <= KEPT_S / INTERVAL_S + 1
    moments.add(plain(7), 0.0)
    assert len(moments._kept) == 1, "an earlier time is another source"


def test_faces_that_are_to_be_hidden_are_not_kept():
    look_back = LookBack(SimpleNamespace(), lambda: None)
    look_back.add(plain(1), 0.0, private=False)
    look_back.add(plain(2), 1.0, private=True)
    assert int(look_back._moments.nearest(0.0)[0, 0, 0]) == 2
    look_back.close()


@pytest.mark.parametrize("size_wh", [(640, 480), (1280, 720), (3840, 2160)])
def test_an_x_of_the_band_is_a_moment(size_wh):
    sizes = Sizes.of(*size_wh)
    layout = plan(sizes)
    left = layout.rect.x0 + layout.x
    assert moment_at(left + layout.length, sizes) == LAG_S
    assert moment_at(left, sizes) == LAG_S + SPAN_S == moment_at(0, sizes)
    image = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    painter = Painter(image)
    draw_moment(painter, LAG_S + SPAN_S / 2, sizes)
    line, label = painter.touched
    assert abs(line.center[0] - left - layout.length / 2) < 3
    assert label.y1 < line.y0 and abs(label.center[0] - line.center[0]) < 3


def test_a_frame_costs_little(moments):
    image, frames = plain(99), 60
    moments.add(image, 0.0)
    began = time.perf_counter()
    for number in range(1, frames + 1):
        moments.add(image, number / 30)
    # 0.08 ms on average; a busy machine may take longer.
    assert (time.perf_counter() - began) / frames < 0.3e-3
