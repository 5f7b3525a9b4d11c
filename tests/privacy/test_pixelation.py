"""Faces that are made unrecognizable in a picture."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.drawing import changed_outside
from support.faces import portrait

from emoapp.detectors import open_detector
from emoapp.overlay.layout import Rect
from emoapp.privacy import pixelate
from emoapp.privacy.pixelation import pixelate_all
from emoapp.types import Box

anywhere = st.integers(-300, 600)
faces = st.lists(
    st.tuples(anywhere, anywhere, st.floats(1, 400), st.floats(1, 400)).map(
        lambda b: Box(b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=4,
)


@settings(deadline=None, max_examples=80)
@given(width=st.integers(1, 400), height=st.integers(1, 300), found=faces)
@example(320, 240, [Box(100, 60, 180, 150)])
@example(320, 240, [Box(100, 60, 107, 67)])
@example(320, 240, [Box(-1000, -1000, 1400, 1300)])
def test_a_hidden_face_is_a_few_blocks_and_only_it_is_touched(width, height, found):
    before = np.arange(width * height * 3, dtype=np.uint32).reshape(height, width, 3)
    before = cv2.randShuffle((before * 2654435761 >> 16).astype(np.uint8))
    after = before.copy()
    assert pixelate(after, found) is None
    around = []
    for x0, y0, x1, y1 in found:
        more_x, more_y = 0.25 * (x1 - x0) + 1, 0.25 * (y1 - y0) + 1
        x0, y0, x1, y1 = x0 - more_x, y0 - more_y, x1 + more_x, y1 + more_y
        around.append(Rect(max(0, int(x0)), max(0, int(y0)), max(0, int(x1)), max(0, int(y1))))
    assert changed_outside(before, after, around) == 0
    for x0, y0, x1, y1 in found[-1:]:
        face = after[max(0, round(y0)) : max(0, round(y1)), max(0, round(x0)) : max(0, round(x1))]
        assert len(np.unique(face.reshape(-1, 3), axis=0)) <= 11 * 11
        small = max(x1 - x0, y1 - y0) < 8
        assert len(np.unique(face.reshape(-1, 3), axis=0)) <= 9 or not small


def test_pictures_that_cannot_be_hidden_in_are_refused():
    with pytest.raises(TypeError, match="image: expected"):
        pixelate(np.zeros((9, 9, 3), np.float32), [])


@pytest.mark.parametrize("share", [0.4, 0.6, 0.8, 0.95])
def test_a_face_of_any_size_is_found_by_nobody_where_the_whole_picture_is_hidden(share):
    image = portrait()
    with open_detector("blazeface") as detector:
        _, y0, _, y1 = detector.detect(image)[0].box
        middle, half = (y0 + y1) / 2, (y1 - y0) / share / 2
        top, bottom = max(0, round(middle - half)), min(len(image), round(middle + half))
        near = cv2.resize(image[top:bottom], None, fx=2, fy=2)
        detector.reset()
        assert detector.detect(near)
        pixelate_all(near)
        detector.reset()
        assert not detector.detect(near)
