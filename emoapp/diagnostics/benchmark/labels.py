"""How often the label of a person changes: of single frames, averaged, and as it is shown."""

from __future__ import annotations

import os

from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.sources import open_source

STEPS = ("each frame alone", "averaged over time", "shown")
"""What the label is taken from: the scores of the frame, their average, and the average with the
reluctance by which a label gives way to another."""


def measure_labels(
    clip: str | os.PathLike[str], *, smoothing_s: float = 0.3, frames: int | None = None
) -> dict:
    """Label changes a minute in a clip, for each of `STEPS`, summed over the people in it.

    smoothing_s: time constant of the average, seconds.
    frames: look at so many at most; None for all.

    Gives "clip", "minutes" (during which a person was in sight, the sum over people), and
    "changes_per_minute", a number for each step; None where nobody was in sight. A person who
    comes back after a while is a new one, and a first label is no change.

    Raises SourceError where the clip can't be read.
    """
    last: dict[str, dict[int, str]] = {step: {} for step in STEPS}
    changes = dict.fromkeys(STEPS, 0)
    seen_s: dict[int, float] = {}
    with (
        open_source(clip) as source,
        Pipeline(open_detector(), open_classifier(), smoothing_s=smoothing_s) as pipeline,
    ):
        for number, frame in enumerate(source):
            if number == frames:
                break
            for track in pipeline.process(frame).tracks:
                labels = track.raw.label, track.smoothed.label, track.label
                for step, label in zip(STEPS, labels, strict=True):
                    changes[step] += last[step].get(track.id, label) != label
                    last[step][track.id] = label
                seen_s[track.id] = track.last_t - track.first_t
    minutes = sum(seen_s.values()) / 60
    return {
        "clip": os.fspath(clip),
        "minutes": round(minutes, 4),
        "changes_per_minute": {
            step: round(count / minutes, 2) if minutes else None for step, count in changes.items()
        },
    }
