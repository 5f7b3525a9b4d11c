"""The crop in use is the crop of training."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.faces import EYES, MOUTH, pasted, portrait
from support.paths import SHARED

from emoapp.alignment.align import FER2013_TEMPLATE, align, crop_transform
from emoapp.detectors import open_detector
from emoapp.types import Box, Face
from emoapp.utils.geometry import similarity

FRAMED = np.array(
    [FER2013_TEMPLATE.eye_left, FER2013_TEMPLATE.eye_right, FER2013_TEMPLATE.mouth], np.float64
)


def face(eyes=EYES, mouth=MOUTH) -> Face:
    return Face(Box(150, 60, 290, 200), 0.9, np.float32(eyes), None, np.float32(mouth))


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel().astype(float), b.ravel().astype(float))[0, 1])


@given(
    angle=st.floats(-3.1, 3.1),
    scale=st.floats(0.01, 50),
    shift=st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000)),
)
def test_a_face_however_placed_comes_to_the_framing(angle, scale, shift):
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    placed = FRAMED @ turn.T + shift
    transform = similarity(placed, FRAMED)
    np.testing.assert_allclose(
        placed @ transform[:, :2].T + transform[:, 2], FRAMED, atol=1e-6 * (1 + abs(max(shift)))
    )


@pytest.mark.parametrize("angle", [0, 25, -60, 180])
@pytest.mark.parametrize("times", [1, 4, 11])
def test_a_pasted_crop_comes_back_pixel_for_pixel(times, angle):
    """With known points: enlarged, turned, found again. What is lost is the interpolation's."""
    crop = align(portrait(), [face()])[0]
    picture, transform = pasted(crop, times=times, angle=angle)
    points = FRAMED @ transform[:, :2].T + transform[:, 2]
    again = align(picture, [face(points[:2], points[2])])[0]
    inner = (slice(3, -3), slice(3, -3))
    difference = np.abs(again[inner].astype(float) - crop[inner]).mean()
    assert difference < (0.8 if times == 1 and angle in (0, 180) else 6)
    assert correlation(again[inner], crop[inner]) > 0.98


def test_a_large_face_is_averaged_down_not_sampled():
    """A checkerboard finer than the crop's pixels must come out gray."""
    rows, columns = np.mgrid[:960, :960]
    board = np.uint8(((rows // 5 + columns // 5) % 2) * 255)
    points = FRAMED * 20
    crop = align(cv2.cvtColor(board, cv2.COLOR_GRAY2BGR), [face(points[:2], points[2])])[0]
    assert crop.std() < 8 and abs(crop.mean() - 127.5) < 3


def test_a_crop_that_leaves_the_picture_repeats_its_border():
    image = np.zeros((100, 100, 3), np.uint8)
    image[:, 50:] = 200
    points = FRAMED + (70, 20)
    inside = align(image, [face(points[:2], points[2])])[0]
    assert (inside == 200).all()
    outside = align(image, [face(points[:2] - (500, 0), points[2] - (500, 0))])[0]
    assert (outside == 0).all()


@settings(max_examples=200)
@given(
    size_wh=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    corner=st.tuples(st.floats(-900, 900), st.floats(-900, 900)),
    scale=st.floats(0.02, 60),
)
def test_no_face_is_too_large_too_small_or_too_far_out(size_wh, corner, scale):
    image = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)
    points = FRAMED * scale + corner
    (crop,) = align(image, [face(points[:2], points[2])])
    assert (crop == 90).all()


def test_without_eyes_the_box_decides():
    x0, y0, x1, y1 = FER2013_TEMPLATE.box
    transform = crop_transform(Face(Box(x0 * 3 + 7, y0 * 3 - 2, x1 * 3 + 7, y1 * 3 - 2), 1.0))
    np.testing.assert_allclose(transform, [[1 / 3, 0, -7 / 3], [0, 1 / 3, 2 / 3]], atol=1e-9)


def test_a_gray_picture_gives_the_same_crop():
    image = portrait()
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    np.testing.assert_array_equal(align(image, [face()]), align(gray, [face()]))


@pytest.mark.parametrize("angle", [-40, 0, 30])
def test_a_turned_portrait_comes_back_upright(angle):
    upright = align(portrait(), [face()])[0]
    middle = (225.0, 125.0)
    turned = cv2.warpAffine(
        portrait(), cv2.getRotationMatrix2D(middle, angle, 1.0), (512, 512), borderValue=(90,) * 3
    )
    with open_detector("blazeface") as detector:
        faces = detector.detect(turned)
    assert len(faces) == 1
    assert correlation(align(turned, faces)[0], upright) > 0.8


@pytest.mark.skipif(
    not (SHARED / "fer2013" / "fer2013.zip").exists(), reason="needs FER-2013 in ../shared"
)
@pytest.mark.parametrize("angle", [0, 20, -35])
def test_training_images_come_back_close_to_themselves(angle, fer2013):
    """Pasted large into a picture, detected and aligned.

    FER-2013's own faces lie 3 to 4 pixels about the template (quartiles) and are up to 20 degrees
    tilted; alignment takes that away, so the median correlation is 0.65 and not 1.
    """
    crops = fer2013["validation"].images[:: len(fer2013["validation"]) // 150]
    correlations, eyes, missed = [], [], 0
    with open_detector("blazeface") as detector:
        for crop in crops:
            picture, _ = pasted(crop, times=6, angle=angle)
            detector.reset()
            found = detector.detect(picture)
            if not found:
                missed += 1
                continue
            again = align(picture, found[:1])[0]
            correlations.append(correlation(again, crop))
            picture, transform = pasted(again, times=6)
            detector.reset()
            for found_again in detector.detect(picture)[:1]:
                back = cv2.invertAffineTransform(transform)
                eyes.append(found_again.eyes @ back[:, :2].T + back[:, 2])
    assert missed <= 0.08 * len(crops)
    assert np.median(correlations) > 0.58
    np.testing.assert_allclose(np.median(eyes, axis=0), FRAMED[:2], atol=1.0)
    left, right = np.moveaxis(np.array(eyes), 1, 0)
    tilt = np.degrees(np.arctan2(*(right - left).T[::-1]))
    assert np.percentile(np.abs(tilt), 75) < 6
