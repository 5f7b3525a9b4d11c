"""Learn a correction from labeled samples, and cross-validate whether it helps."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from emoapp.profiles.baseline import baseline
from emoapp.profiles.calibration import fit_temperature
from emoapp.profiles.correction import (
    Correction,
    append,
    components,
    fit_weights,
    kernel,
    log,
    redistribute,
    sharpen,
    squared_distances,
    unit,
)
from emoapp.profiles.own_labels import OwnLabels, fit_own, learn_own
from emoapp.profiles.samples import Samples

RIDGES = (0.2, 0.1)
"""Strengths of the regularization that cross-validation chooses from, the strongest first."""

FOLDS = 10
"""Largest number of folds; with fewer groups, each is a fold."""

MIN_GAIN = 0.01
"""Least fall of the mean cross-entropy for which a correction is adopted.

Where there is nothing to learn, chance alone stays below it in 19 of 20 cases."""

MAX_SHIFT = 0.5
"""Most that the learned labels gain on the others, in logarithms.

On photographs of four people, a label that was left out of learning loses 4 points of recall with
it, 5 with 0.6, and 31 without a limit."""

FULL_SHIFT_SHARE = 0.03
"""Share of the samples taken for a label that was not learned at which the shift is largest."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen when a correction was learned; with the samples, all that it takes.

    Attributes:
        ridge: Strength of the regularization; None for no redistribution among the labels.
        temperature: See `Correction.temperature`.
        provisional: Whether there was nothing to check it with yet.
        shown: Which labels of one's own are shown.
    """

    ridge: float | None = None
    temperature: float = 1.0
    provisional: bool = False
    shown: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A correction and its cross-validated figures.

    Attributes:
        correction: None where none helps.
        choice: What was chosen for it.
        before: float32 (N, K + O), the model's probabilities of the samples.
        after: float32 (N, K + O), those that corrections learned without each sample's fold have.
        tested: bool (N,), samples that were in a fold.
    """

    correction: Correction | None
    choice: Choice
    before: np.ndarray
    after: np.ndarray
    tested: np.ndarray


def learn(samples: Samples, *, provisional: bool = False) -> Learned:
    """Learn a correction, and adopt it only if it helps in cross-validation.

    Args:
        samples: At least one.
        provisional: Where there is nothing to check a correction with yet, adopt the strongest
            regularized one.

    Returns:
        The correction and its figures.
    """
    folds = split_groups(samples.labels, samples.groups)
    usual = samples.labels < len(samples.names)
    after = samples.probabilities.copy()
    if not usual.any():  # labels of one's own can only be told from others
        return Learned(None, Choice(), samples.padded(), samples.padded(), folds >= 0)
    chosen, after[usual] = _learn_usual(samples.take(usual), folds[usual], provisional)
    adopted, choice = chosen is not None, chosen or Choice()
    own: OwnLabels | None = None
    if samples.own:
        numbers = np.where(usual, 0, samples.labels - len(samples.names) + 1)
        own, found = learn_own(samples.features, numbers, folds, len(samples.own))
        after = append(after, found)
        choice = replace(choice, shown=tuple(own.shown.tolist()))
        adopted = adopted or bool(own.shown.any())
    correction = fit(samples, choice) if adopted else None
    return Learned(correction, choice, samples.padded(), after, folds >= 0)


def fit(samples: Samples, choice: Choice) -> Correction:
    """Fit a correction.

    Args:
        samples: At least one.
        choice: How.

    Returns:
        The correction.
    """
    usual = samples.take(samples.labels < len(samples.names))
    learned = np.unique(usual.labels)
    features = unit(usual.features)
    width = _median_distance(features)
    weights = np.zeros((len(usual), len(learned)))
    if choice.ridge is not None:
        inputs, back = components(kernel(features, features, width))
        logs = log(usual.probabilities)[:, learned]
        weights = back @ fit_weights(inputs, logs, _targets(usual, learned), choice.ridge)
    single = choice.provisional and len(learned) == 1
    own = None
    if choice.shown:
        numbers = np.maximum(samples.labels - len(samples.names) + 1, 0)
        own = fit_own(samples.features, numbers, len(choice.shown), np.array(choice.shown))
    return Correction(
        learned,
        features,
        width,
        weights,
        0.0 if single else _shift(usual, learned),
        bias=baseline(usual) if single else None,
        temperature=choice.temperature,
        own=own,
    )


def _learn_usual(
    samples: Samples, folds: np.ndarray, provisional: bool
) -> tuple[Choice | None, np.ndarray]:
    """Choose a correction of the model's labels, None where none helps; see `learn`.

    The redistribution among the learned labels and their shift against the others are judged apart.
    """
    tested = folds >= 0
    before = samples.probabilities
    learned = np.unique(samples.labels)
    checked = len(np.unique(samples.labels[tested])) > 1
    if provisional and not checked:
        ridge = None if len(learned) == 1 else RIDGES[0]
        return Choice(ridge, provisional=True), before.copy()
    if not tested.any():
        return None, before.copy()
    truth = samples.labels[tested]
    best, after = None, before.copy()
    lowest = _loss(before[tested], truth, learned) - MIN_GAIN
    inputs = _components(samples)
    for ridge in RIDGES if len(learned) > 1 else ():
        corrected = _cross_validated(samples, learned, inputs, folds, ridge)
        loss = _loss(corrected[tested], truth, learned)
        if loss < lowest:
            best, lowest, after = ridge, loss, corrected
    shift = _shift(samples, learned)
    if best is None and shift == 0.0:
        return None, before.copy()
    if best is None:
        after = redistribute(before, learned, np.zeros((len(before), len(learned))), shift)
    temperature = fit_temperature(after[tested], truth)
    return Choice(best, temperature), sharpen(after, temperature)


def split_groups(labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Distribute the groups of each label over folds.

    Args:
        labels: int64 (N,).
        groups: int64 (N,). A group with several labels counts for its first.

    Returns:
        int64 (N,): the fold, or -1 for labels with a single group, which are always learned from.
    """
    folds = np.full(len(labels), -1, np.int64)
    _, first = np.unique(groups, return_index=True)
    for label in np.unique(labels):
        own = sorted(i for i in first if labels[i] == label)
        if len(own) > 1:
            for number, row in enumerate(own):
                folds[groups == groups[row]] = number % FOLDS
    return folds


def _cross_validated(
    samples: Samples, learned: np.ndarray, inputs: np.ndarray, folds: np.ndarray, ridge: float
) -> np.ndarray:
    """Return the probabilities that a correction learned without each one's fold makes.

    The components are those of all samples, which are found without their labels.
    """
    after = samples.probabilities.copy()
    logs, targets = log(after)[:, learned], _targets(samples, learned)
    for fold in np.unique(folds[folds >= 0]):
        out = folds == fold
        weights = fit_weights(inputs[~out], logs[~out], targets[~out], ridge)
        shift = _shift(samples.take(~out), learned)
        after[out] = redistribute(after[out], learned, inputs[out] @ weights, shift)
    return after


def _components(samples: Samples) -> np.ndarray:
    features = unit(samples.features)
    return components(kernel(features, features, _median_distance(features)))[0]


def _targets(samples: Samples, learned: np.ndarray) -> np.ndarray:
    return np.asarray((samples.labels[:, None] == learned).astype(float))


def _shift(samples: Samples, learned: np.ndarray) -> float:
    """How much the learned labels gain: by how often they are taken for others."""
    mistaken = ~np.isin(samples.probabilities.argmax(axis=1), learned)
    return MAX_SHIFT * min(1.0, float(mistaken.mean()) / FULL_SHIFT_SHARE)


def _loss(probabilities: np.ndarray, truth: np.ndarray, learned: np.ndarray) -> float:
    """Return the cross-entropy among the learned labels, each with the same weight.

    It is less noisy than the balanced accuracy: with five photographs of each label, requiring that
    one not to fall either left out two thirds of the corrections that helped.
    """
    among = probabilities[:, learned]
    among = log(among / np.maximum(among.sum(axis=1, keepdims=True), 1e-12))
    own = -among[np.arange(len(truth)), np.searchsorted(learned, truth)]
    return float(np.mean([own[truth == label].mean() for label in np.unique(truth)]))


def _median_distance(features: np.ndarray) -> float:
    distances = np.sqrt(squared_distances(features, features))
    between = distances[np.triu_indices(len(features), 1)]
    return float(np.median(between)) or 1.0 if len(between) else 1.0
