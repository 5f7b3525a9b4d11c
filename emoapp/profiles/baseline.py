"""Correct faces of one label: where others outrank it, they fall behind it."""

from __future__ import annotations

import numpy as np

from emoapp.profiles.correction import log
from emoapp.profiles.samples import Samples

MARGIN = 0.3
"""How far the label comes to lie in front of those that outranked it, in logarithms."""

MAX_FALL = 1.5
"""Most that a label falls, in logarithms: a face that is clearly sad stays so."""


def baseline(samples: Samples) -> np.ndarray:
    """Return what to add to the logarithms of all labels so that one label is found.

    With faces of a single label, such as neutral ones, nothing is known of the others. So only
    those labels fall that the faces are taken for, and no further than need be.

    Args:
        samples: Of one label.

    Returns:
        float64 (K,), 0 or less.
    """
    own = int(samples.labels[0])
    logs = log(samples.probabilities)
    ahead = np.median(logs - logs[:, [own]], axis=0) + MARGIN
    ahead[own] = 0.0
    return np.asarray(-np.clip(ahead, 0.0, MAX_FALL))
