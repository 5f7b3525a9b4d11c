"""Learning helps where something can be learned, and leaves all as it is where not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.people import corrector, made_up

from emoapp.labels import EMOTIONS
from emoapp.profiles.learning import MAX_SHIFT, learn, split_groups
from emoapp.profiles.scores import balanced_accuracy

SEVEN = dict.fromkeys(EMOTIONS, 6)


@pytest.mark.parametrize(
    "bias", [{"neutral": 3.0}, {"sad": 2.5, "angry": -1.5}, {"happy": -3.0}], ids=str
)
def test_a_bias_is_found_and_removed(bias):
    learned = learn(made_up(SEVEN, bias=bias))
    assert learned.correction is not None
    fresh = made_up(dict.fromkeys(EMOTIONS, 100), bias=bias, seed=1)
    after = learned.correction.apply(fresh.probabilities, fresh.features)
    np.testing.assert_allclose(after.sum(axis=1), 1, atol=1e-5)
    before = balanced_accuracy(fresh.probabilities, fresh.labels)
    assert balanced_accuracy(after, fresh.labels) > before + 0.03


@pytest.mark.parametrize("seed", range(4))
def test_without_a_bias_hardly_anything_changes(seed):
    # One that is calibrated: the logarithms are those of the odds that made it.
    learned = learn(made_up(dict.fromkeys(EMOTIONS, 20), certainty=6.0, seed=seed))
    fresh = made_up(dict.fromkeys(EMOTIONS, 100), certainty=6.0, seed=seed + 10)
    if learned.correction is not None:
        after = learned.correction.apply(fresh.probabilities, fresh.features)
        lost = balanced_accuracy(fresh.probabilities, fresh.labels) - balanced_accuracy(
            after, fresh.labels
        )
        assert lost < 0.01


def test_labels_at_random_are_not_learned():
    samples = made_up(SEVEN, certainty=0.0)
    rng = np.random.default_rng(0)
    even = np.full((len(samples), 7), 1 / 7, np.float32)
    object.__setattr__(samples, "probabilities", even)
    object.__setattr__(samples, "labels", rng.permutation(samples.labels))
    learned = learn(samples)
    assert learned.correction is None
    np.testing.assert_array_equal(learned.after, samples.probabilities)


@pytest.mark.parametrize("left_out", ["sad", "neutral", "fear"])
def test_a_label_that_was_left_out_stays_possible(left_out):
    counts = {label: 6 for label in EMOTIONS if label != left_out}
    learned = learn(made_up(counts, bias={left_out: 3.0}))
    assert learned.correction is not None
    fresh = made_up({left_out: 200}, bias={left_out: 3.0}, seed=1)
    # Calibration divides the logarithms, which changes no label.
    uncalibrated = replace(learned.correction, temperature=1.0)
    after = uncalibrated.apply(fresh.probabilities, fresh.features)
    index = EMOTIONS.index(left_out)
    odds = [rows[:, index] / (1 - rows[:, index]) for rows in (fresh.probabilities, after)]
    assert (odds[1] >= odds[0] * np.exp(-MAX_SHIFT) * 0.999).all()
    lost = (fresh.probabilities.argmax(1) == index).mean() - (after.argmax(1) == index).mean()
    assert lost < 0.05


def test_of_another_person_nothing_changes():
    samples = made_up(SEVEN, bias={"neutral": 3.0})
    correct = corrector(samples)
    others = made_up(SEVEN, seed=2)
    assert np.abs(correct(others) - others.probabilities).max() > 0.1
    object.__setattr__(others, "looks", -others.looks)
    np.testing.assert_allclose(correct(others), others.probabilities, atol=0.01)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12)), min_size=1, max_size=40))
@settings(max_examples=50, deadline=None)
def test_a_group_is_never_on_both_sides(rows):
    labels, groups = (np.array(column) for column in zip(*rows, strict=True))
    folds = split_groups(labels, groups)
    for group in np.unique(groups):
        assert len(set(folds[groups == group])) == 1
    for fold in set(folds) - {-1}:
        assert (folds != fold).any()


@pytest.mark.parametrize("counts", [{"happy": 1}, {"happy": 4}, {"happy": 1, "sad": 1}], ids=str)
def test_few_samples_do_no_harm(counts):
    learned = learn(made_up(counts))
    assert learned.after.shape == (sum(counts.values()), 7)
    if learned.correction is not None:
        assert np.isfinite(learned.correction.weights).all()
