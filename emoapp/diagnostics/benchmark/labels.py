"""Count how often a person's label changes: in single frames, averaged, and as shown."""

from __future__ import annotations

import os
from typing import Any

from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector
from emoapp.pipeline import Pipeline
from emoapp.sources import open_source

STEPS = ("each frame alone", "averaged over time", "shown")
"""Stages from which the label is taken: the scores of the frame, their average over time, and that
average with the hysteresis that keeps the shown label."""


def measure_labels(
    clip: str | os.PathLike[str], *, smoothing_s: float = 0.3, frames: int | None = None
) -> dict[str, Any]:
    """Measure the label changes per minute in a clip, summed over all tracks.

    A person who comes back after a while is a new track, and a first label is no change.

    Args:
        clip: Path of a video.
        smoothing_s: Time constant of the average in seconds.
        frames: Maximum number of frames; None for all.

    Returns:
        "clip"; "minutes" (the sum of the tracks' durations); and "changes_per_minute", with a
        number for each of `STEPS`, None without any track.

    Raises:
        SourceError: The clip cannot be read.
    """
    last: dict[str, dict[int, str | None]] = {step: {} for step in STEPS}
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
