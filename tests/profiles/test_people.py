"""What profiles bring four people, of whom there are photographs beside the repository."""

from __future__ import annotations

import numpy as np
import pytest
from support.paths import SHARED
from support.people import corrector, gain, read_people, recall_gain, split

from emoapp.classifiers import open_classifier
from emoapp.detectors import open_detector

PEOPLE = SHARED / "people"
SPLITS = 10

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PEOPLE.is_dir(), reason="the photographs are not there"),
]


@pytest.fixture(scope="module")
def people():
    with open_detector("blazeface") as detector, open_classifier(device="cpu") as classifier:
        return read_people(PEOPLE, detector, classifier)


def test_own_profiles_help_and_others_do_not_hurt(people):
    """The figures of the model card: five photographs of each label, ten splits."""
    own, wrong, recall = {}, {}, {}
    for name, samples in people.items():
        for seed in range(SPLITS):
            rows, rest = split(samples, seed)
            correct = corrector(samples.take(rows))
            own.setdefault(name, []).append(gain(correct, samples.take(rest)))
            for other, others in people.items():
                if other != name:
                    wrong.setdefault((name, other), []).append(gain(correct, others))
            for label in np.unique(samples.labels):
                kept = rows[samples.labels[rows] != label]
                without = corrector(samples.take(kept))
                lost = recall_gain(without, samples.take(rest), label)
                recall.setdefault((name, samples.names[label]), []).append(lost)
    gains = {name: np.mean(found, axis=0) for name, found in own.items()}
    losses = {pair: np.mean(found, axis=0) for pair, found in wrong.items()}
    recalls = {key: float(np.mean(found)) for key, found in recall.items()}
    print("own (among the labels, among all):", gains)
    print("another's profile:", losses)
    print("recall of a label left out:", recalls)
    among, all_labels = np.mean(list(gains.values()), axis=0)
    assert among > 2.5 and all_labels > 2.9
    assert min(found.min() for found in gains.values()) > -1
    assert min(found.min() for found in losses.values()) > -3
    assert np.mean(list(recalls.values())) > -5
