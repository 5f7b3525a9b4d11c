"""Tracks to draw, and measures of what was drawn."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import strategies as st

from emoapp.labels import EMOTIONS
from emoapp.overlay import Status
from emoapp.types import Box, Face, Frame, Result, Scores, Track

FULL = Status(
    fps=29.97,
    latency_ms=12.4,
    faces=3,
    detector="mediapipe",
    recording_s=61,
    room_s=9,
    missed=2,
    paused=True,
)


def make_track(number, box, label="happy", share=0.8, labels=EMOTIONS):
    rest = (1 - share) / (len(labels) - 1)
    shares = [share if one == label else rest for one in labels]
    scores = Scores(tuple(labels), np.array(shares, np.float32))
    return Track(number, Face(Box(*box), 0.9), scores, scores, 0.0, 0.0)


def make_result(image, *tracks, t=0.0):
    """A result in which the largest face is followed."""
    largest = max(tracks, key=lambda track: track.face.box.area, default=None)
    return Result(Frame(image, 0, t), tracks, selected=largest and largest.id)


def picture(width, height):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def draw(overlay, image, *tracks, status=None, now=0.0):
    overlay.draw(image, make_result(image, *tracks), status or Status(), now=now)
    return image


def inside(rect, width, height):
    return 0 <= rect.x0 < rect.x1 <= width and 0 <= rect.y0 < rect.y1 <= height


def disjoint(rects):
    return not any(a.overlaps(b) for a, b in itertools.combinations(rects, 2))


def changed_outside(before, after, rects):
    changed = (before != after).any(axis=2)
    for rect in rects:
        changed[rect.y0 : rect.y1, rect.x0 : rect.x1] = False
    return int(changed.sum())


side = st.integers(-400, 1100)


boxes = st.lists(
    st.tuples(side, side, st.integers(1, 900), st.integers(1, 900)).map(
        lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3])
    ),
    max_size=10,
)


def draw_at(overlay, image, *tracks, t=0.0, now=None, status=None):
    result = make_result(image, *tracks, t=t)
    overlay.draw(image, result, status or Status(), now=t if now is None else now)
    return image
