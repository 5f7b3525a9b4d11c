"""Mixed images and their labels: the same share of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emoapp.training.batches import Batches
from emoapp.training.config import TrainConfig
from emoapp.training.dataset import Dataset
from emoapp.training.mix import cutmix, mix, mixup

BLACK_AND_WHITE = np.repeat(np.uint8([0, 255]), 4)[:, None, None] * np.ones((1, 48, 48), np.uint8)
WANTED = {"labels": np.repeat(np.float32([[1, 0], [0, 1]]), 4, axis=0)}


@settings(max_examples=50)
@given(
    seed=st.integers(0, 2**32), alpha=st.floats(0.1, 2), other=st.sampled_from(["mixup", "cutmix"])
)
def test_an_image_is_as_white_as_its_label_says(seed, alpha, other):
    config = TrainConfig(**{f"{other}_alpha": alpha})
    images, wanted = mix(BLACK_AND_WHITE, WANTED, np.random.default_rng(seed), config)
    white = images.mean(axis=(1, 2)) / 255
    np.testing.assert_allclose(wanted["labels"][:, 1], white, atol=0.003)
    np.testing.assert_allclose(wanted["labels"].sum(axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("method", [mixup, cutmix])
def test_a_share_of_one_changes_nothing(method):
    others = np.arange(8)[::-1]
    images, share = method(BLACK_AND_WHITE, others, 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(images, BLACK_AND_WHITE)
    assert share == 1.0


def test_only_the_asked_share_of_the_batches_is_mixed():
    config = TrainConfig(mixup_alpha=1.0, mix_probability=0.3)
    rng = np.random.default_rng(0)
    mixed = [
        mix(BLACK_AND_WHITE, WANTED, rng, config)[0] is not BLACK_AND_WHITE for _ in range(500)
    ]
    assert np.mean(mixed) == pytest.approx(0.3, abs=0.07)
    off = replace(config, mixup_alpha=0.0)
    assert mix(BLACK_AND_WHITE, WANTED, rng, off)[0] is BLACK_AND_WHITE


def test_batches_come_in_the_size_that_is_asked_for():
    dataset = Dataset(BLACK_AND_WHITE, np.repeat([0, 1], 4), ("black", "white"))
    batches = Batches(dataset, WANTED, TrainConfig(batch_size=4), size=24)
    images, wanted = batches[0]
    assert images.shape == (4, 24, 24) and images.dtype == np.uint8
    assert wanted["labels"].shape == (4, 2)
