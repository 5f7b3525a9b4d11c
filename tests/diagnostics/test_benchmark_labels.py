"""Label changes a minute, where they can be counted by hand, and in a film."""

from __future__ import annotations

import numpy as np
import pytest
from support.paths import SHARED

from emoapp.diagnostics.benchmark import labels
from emoapp.diagnostics.benchmark.labels import STEPS, measure_labels


class Moody:
    """A classifier whose pictures are in turn a little more happy and a little more sad."""

    labels = ("happy", "sad")

    def __init__(self, real) -> None:
        self.description, self.close = real.description, real.close
        self._calls = 0

    def classify(self, crops: np.ndarray) -> np.ndarray:
        self._calls += 1
        happy = 0.52 if self._calls % 2 else 0.48
        return np.float32([[happy, 1 - happy]] * len(crops))


def test_changes_of_each_step(demo, monkeypatch):
    real = labels.open_classifier
    monkeypatch.setattr(labels, "open_classifier", lambda: Moody(real()))
    found = measure_labels(demo, smoothing_s=0, frames=31)
    assert found["minutes"] == pytest.approx(1 / 60, abs=1e-4)
    # 30 changes in a second; without averaging, only the reluctance keeps the shown label.
    assert found["changes_per_minute"] == {
        STEPS[0]: pytest.approx(1800, rel=0.01),
        STEPS[1]: pytest.approx(1800, rel=0.01),
        STEPS[2]: 0,
    }
    averaged = measure_labels(demo, smoothing_s=1.0, frames=31)["changes_per_minute"]
    assert averaged[STEPS[0]] > 1700 and averaged[STEPS[1]] < 100


@pytest.mark.skipif(not (SHARED / "samples").exists(), reason="needs ../shared/samples")
def test_a_real_face_flickers_less_than_its_frames():
    changes = measure_labels(SHARED / "samples" / "crying.mp4", frames=200)["changes_per_minute"]
    assert changes[STEPS[2]] <= changes[STEPS[1]] < changes[STEPS[0]]
