"""The numbers of a run."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emoapp.utils import stats
from emoapp.utils.stats import RECENT_S, Recent, Sample, Stats


def test_hours_of_frames_stay_small_and_keep_their_percentiles():
    rng = np.random.default_rng(0)
    # It gets slower with time: a sample of one part of the run would tell something else.
    values = rng.gamma(4.0, 2.5, 300_000) * np.linspace(1.0, 2.0, 300_000)
    sample = Sample()
    for value in values:
        sample.add(value)
    assert stats.MAX_SAMPLES / 2 < len(sample.values) <= stats.MAX_SAMPLES
    found, expected = (np.percentile(of, (5, 50, 95)) for of in (sample.values, values))
    np.testing.assert_allclose(found, expected, rtol=0.03)


def test_a_short_run_is_counted_whole():
    numbers = Stats()
    for ms, faces in ((3.0, 1), (1.0, 0), (2.0, 5)):
        numbers.add({"detect": ms, "total": 2 * ms}, faces=faces)
    said = numbers.as_dict(source="camera 0", size_wh=(4, 3), source_fps=30.0, missed=7)
    assert said["ms"]["detect"] == {"median": 2.0, "p95": 2.9}
    assert said["ms"]["total"]["median"] == 4.0 and said["ms"]["align"]["median"] is None
    assert said["faces"] == {"mean": 2.0, "max": 5}
    assert said["frames"]["analysed"] == 3 and said["frames"]["missed"] == 7


steps = st.lists(st.tuples(st.floats(0.001, 10.0), st.floats(0.0, 1000.0)), min_size=2)


@given(steps=steps)
@example(steps=[(1 / 30, 10.0)] * 300 + [(60.0, 10.0)] + [(1 / 30, 20.0)] * 10)  # a minute's pause
def test_rate_and_latency_are_of_the_last_two_seconds(steps):
    recent, at, shown = Recent(), 100.0, []
    for step, ms in steps:
        at += step
        recent.add(at, ms)
        shown.append((at, ms))
    last = [(t, ms) for t, ms in shown if at - t <= RECENT_S]
    if len(last) == 1:
        assert recent.fps is None
    else:
        assert recent.fps == pytest.approx((len(last) - 1) / (at - last[0][0]))
    assert recent.latency_ms == pytest.approx(sum(ms for _, ms in last) / len(last))


def test_nothing_shown_has_neither_rate_nor_latency():
    recent = Recent()
    assert recent.fps is None and recent.latency_ms is None
    recent.add(1.0)
    assert recent.fps is None and recent.latency_ms is None
