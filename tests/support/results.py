"""Results that sinks write."""

from __future__ import annotations

import numpy as np

from emoapp.labels import EMOTIONS
from emoapp.types import Box, Face, Frame, Result, Scores, Track
from support.pictures import picture


def result(index: int, t: float, *tracks: Track) -> Result:
    return Result(Frame(picture(0), index, t), tracks)


def track(number: int, *, raw: int, smoothed: int) -> Track:
    """A track that is sure of the labels of these numbers."""
    one_hot = np.eye(len(EMOTIONS), dtype=np.float32)
    scores = [Scores(EMOTIONS, one_hot[label]) for label in (raw, smoothed)]
    face = Face(Box(10, 20.26, 110, 140), 0.875)
    return Track(number, face, *scores, first_t=0.0, last_t=1.0)
