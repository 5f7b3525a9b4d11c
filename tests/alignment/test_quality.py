"""Faces that get no label, and labels that do not flicker."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from support.faces import EYES, MOUTH, portrait

from emoapp.alignment.align import align
from emoapp.alignment.quality import Limits, rejection_reason, yaw
from emoapp.tracking import Tracker
from emoapp.types import Box, Face, Frame, Rejection, Scores

NOSE = np.array([225.0, 124.0])
LABELS = ("happy", "sad", "neutral")


def face(scale: float = 1.0, nose: np.ndarray = NOSE) -> Face:
    return Face(
        Box(150 * scale, 60 * scale, 290 * scale, 200 * scale),
        0.9,
        np.float32(EYES * scale),
        np.float32(nose * scale),
        np.float32(MOUTH * scale),
    )


def seen(image: np.ndarray, looked_at: Face) -> Rejection | None:
    return rejection_reason(looked_at, align(image, [looked_at])[0], Limits())


def test_an_ordinary_face_is_believed():
    assert seen(portrait(), face()) is None


@pytest.mark.parametrize("scale, rejection", [(0.3, None), (0.15, Rejection.TOO_SMALL)])
def test_too_small(scale, rejection):
    small = cv2.resize(portrait(), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    assert seen(small, face(scale)) is rejection


@pytest.mark.parametrize("exposure, rejection", [(0.3, None), (0.06, Rejection.TOO_DARK)])
def test_too_dark(exposure, rejection):
    assert seen(np.uint8(portrait() * exposure), face()) is rejection


@pytest.mark.parametrize("light, rejection", [(190, Rejection.TOO_PALE), (20, Rejection.TOO_DARK)])
def test_too_little_contrast(light, rejection):
    assert seen(np.uint8(portrait() * 0.08 + light), face()) is rejection


@pytest.mark.parametrize("sigma, rejection", [(1.0, None), (8.0, Rejection.BLURRED)])
def test_blurred(sigma, rejection):
    assert seen(cv2.GaussianBlur(portrait(), (0, 0), sigma), face()) is rejection


@pytest.mark.parametrize("angle", [0, 70, 180])
def test_turned_away_however_tilted(angle):
    radians = np.deg2rad(angle)
    tilt = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])

    def tilted(nose):
        eyes, mouth = EYES @ tilt.T, MOUTH @ tilt.T
        return Face(Box(0, 0, 9, 9), 1.0, np.float32(eyes), np.float32(nose @ tilt.T), mouth)

    assert yaw(tilted(NOSE)) < 0.1
    assert yaw(tilted(NOSE + (28, 0))) > Limits().yaw


def test_real_faces_are_hardly_ever_doubted(fer2013):
    middle = Face(Box(0, 0, 99, 99), 1.0)
    rejected = [
        rejection_reason(middle, crop, Limits()) is not None
        for crop in fer2013["validation"].images[::4]
    ]
    assert np.mean(rejected) < 0.01


def labels_of(rows: list[list[float]], **settings) -> list[str]:
    tracker = Tracker(smoothing_s=0, **settings)
    found = []
    for step, row in enumerate(rows):
        frame = Frame(np.zeros((4, 4, 3), np.uint8), step, step / 30)
        tracker.assign(frame, [face()])
        (track,) = tracker.update([Scores(LABELS, np.float32(row))])
        found.append("?" if track.rejection else track.label)
    return found


def test_a_label_does_not_flicker_between_equals():
    rows = [[0.50, 0.45, 0.05], [0.46, 0.49, 0.05]] * 10
    assert set(labels_of(rows)) == {"happy"}
    assert labels_of([*rows, [0.2, 0.7, 0.1]])[-1] == "sad"


def test_unsure_comes_and_goes_with_some_room_between():
    low, between, high = [0.34, 0.33, 0.33], [0.38, 0.31, 0.31], [0.5, 0.25, 0.25]
    assert labels_of([high, between, low, between, high]) == ["happy", "happy", "?", "?", "happy"]


def test_what_is_not_believed_does_not_linger():
    tracker = Tracker(smoothing_s=0.5)
    happy, sad = (Scores(LABELS, np.float32(row)) for row in ([0.9, 0.05, 0.05], [0, 1, 0]))
    for step in range(60):
        frame = Frame(np.zeros((4, 4, 3), np.uint8), step, step / 30)
        turned = 20 <= step < 40
        rejections = [Rejection.TURNED_AWAY if turned else None]
        tracker.assign(frame, [face()])
        (track,) = tracker.update([sad if turned else happy], rejections)
        assert track.label == "happy" and track.smoothed.of("happy") == pytest.approx(0.9)
        assert track.rejection is rejections[0]
