"""Labeled faces for profiles: made up, or those of four people where they are at hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from emoapp.labels import EMOTIONS
from emoapp.profiles import appearance
from emoapp.profiles.collect import Collected, from_photos
from emoapp.profiles.learning import learn
from emoapp.profiles.samples import Samples
from emoapp.profiles.scores import balanced_accuracy

SHOTS = 5
"""Photographs of each label to learn from."""


def made_up(
    counts: dict[str, int],
    *,
    bias: dict[str, float] | None = None,
    certainty: float = 2.0,
    seed: int = 0,
) -> Samples:
    """Samples of a network that is mostly right, but for a bias toward some labels."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([[EMOTIONS.index(label)] * n for label, n in counts.items()])
    logits = rng.normal(0, 1, (len(labels), 7)) + certainty * np.eye(7)[labels]
    for label, amount in (bias or {}).items():
        logits[:, EMOTIONS.index(label)] += amount
    shares = np.exp(logits)
    looks = rng.normal(0, 0.2, (len(labels), 8)) + np.eye(8)[0]
    return Samples(
        EMOTIONS,
        labels.astype(np.int64),
        np.float32(shares / shares.sum(axis=1, keepdims=True)),
        np.float32(rng.normal(0, 1, (len(labels), 16))),
        np.float32(looks / np.linalg.norm(looks, axis=1, keepdims=True)),
        np.zeros(len(labels)),
        np.arange(len(labels)),
    )


def read_people(folder: Path, detector, classifier) -> dict[str, Samples]:
    """The samples of each person: `<person>/<label>/*.jpg`."""
    found: dict[str, Samples] = {}
    for person in sorted(path for path in folder.iterdir() if path.is_dir()):
        collected: Collected = from_photos(person, detector, classifier)
        found[person.name] = collected.samples(classifier)
    return found


def split(samples: Samples, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from, `SHOTS` of each label, and the rest."""
    rng = np.random.default_rng(seed)
    learned = []
    for label in np.unique(samples.labels):
        rows = rng.permutation(np.flatnonzero(samples.labels == label))
        learned.append(rows[: min(SHOTS, len(rows) - 1)])
    rows = np.concatenate(learned)
    return rows, np.setdiff1d(np.arange(len(samples)), rows)


def corrector(samples: Samples) -> Callable[[Samples], np.ndarray]:
    """What a profile of these samples makes of others: their probabilities."""
    correction = learn(samples).correction

    def correct(others: Samples) -> np.ndarray:
        if correction is None:
            return others.probabilities
        weight = appearance.weight(appearance.similarity(others.looks, samples.looks))
        return correction.apply(others.probabilities, others.features, weight)

    return correct


def gain(correct: Callable[[Samples], np.ndarray], others: Samples) -> np.ndarray:
    """Points of balanced accuracy won: among the person's labels, and among all."""
    truth, only = others.labels, np.unique(others.labels)
    before, after = others.probabilities, correct(others)
    return 100 * np.array(
        [
            balanced_accuracy(after, truth, only=labels)
            - balanced_accuracy(before, truth, only=labels)
            for labels in (only, None)
        ]
    )


def recall_gain(correct: Callable[[Samples], np.ndarray], others: Samples, label: int) -> float:
    """Points of recall that a label wins."""
    of_label = others.take(others.labels == label)
    after, before = correct(of_label), of_label.probabilities
    right = [(rows.argmax(axis=1) == label).mean() for rows in (after, before)]
    return float(100 * (right[0] - right[1]))
