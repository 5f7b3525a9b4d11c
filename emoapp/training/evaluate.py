"""Evaluate a model on labeled images, through the same code as live use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np

from emoapp.classifiers import Classifier
from emoapp.classifiers.description import Head
from emoapp.errors import DataError
from emoapp.labels import FERPLUS
from emoapp.pipeline import Corrector
from emoapp.training.dataset import Dataset, Progress, ferplus_among, ferplus_majority
from emoapp.training.results import Evaluation, HeadResult

BATCH_SIZE = 64
TIMED_CALLS = 200
TINY = 1e-9
WARM_UP_CALLS = 10
"""The first timed calls, which allocate memory and warm the caches, do not count."""

SHOWN = "as shown"
"""Name of what live use shows, where heads are listed."""


def evaluate(
    classifier: Classifier,
    dataset: Dataset,
    *,
    shown: bool | None = None,
    timed: bool = True,
    only: Sequence[str] = (),
    corrector: Corrector | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Evaluation:
    """Evaluate a model on a dataset.

    Args:
        classifier: The model.
        dataset: Labeled crops, or crops that were found in photographs.
        shown: Evaluate what live use shows instead of the head of these labels; None does so for
            photographs.
        timed: Measure the milliseconds for a face too.
        only: Choose the answers from these labels alone; () for all.
        corrector: Corrects what is shown, which is then evaluated; None for none.
        progress: Called with (images done, number of images).

    Returns:
        The figures.

    Raises:
        DataError: If the dataset is empty or has labels that the model lacks.
    """
    if len(dataset) == 0:
        raise DataError("there are no images to evaluate on")
    heads = classifier.description.heads
    if shown is None:
        shown = dataset.missed is not None or corrector is not None
    if shown:
        heads = (Head(SHOWN, classifier.labels),)
    head = _head_for(heads, dataset.names)
    by_head = _classify(classifier, dataset, progress, corrector)
    if only:
        by_head[head.name] = _restricted(by_head[head.name], head.labels, only)

    order = np.array([head.labels.index(name) for name in dataset.names])
    title = "FER-2013" if head.name == "fer2013" else head.name
    main = HeadResult(title, head.labels, order[dataset.labels], by_head[head.name])
    ferplus = _ferplus_result(dataset, by_head)
    return Evaluation(
        main,
        ferplus,
        None if head.name != SHOWN or ferplus is None else _on_both(main, dataset),
        None if dataset.missed is None else int(dataset.missed.sum()),
        _milliseconds_per_face(classifier, dataset.images) if timed else None,
    )


def _head_for(heads: Sequence[Head], names: tuple[str, ...]) -> Head:
    for head in heads:
        if set(names) <= set(head.labels):
            return head
    missing = [name for name in names if name not in heads[0].labels]
    raise DataError(
        f"the model lacks the labels {', '.join(missing)}; it knows "
        f"{', '.join(heads[0].labels)}. Rename the folders, or train a model on these labels"
    )


def _classify(
    classifier: Classifier,
    dataset: Dataset,
    progress: Progress | None,
    corrector: Corrector | None,
) -> dict[str, np.ndarray]:
    """Return the probabilities of each head and those shown; zeros where no face was found."""
    found: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(dataset), BATCH_SIZE):
        batch = dataset.images[start : start + BATCH_SIZE]
        for name, probabilities in classifier.by_head(batch).items():
            found.setdefault(name, []).append(probabilities)
        if progress is not None:
            progress(min(start + BATCH_SIZE, len(dataset)), len(dataset))
    by_head = {name: np.concatenate(parts) for name, parts in found.items()}
    by_head[SHOWN] = classifier.mix(by_head)
    if corrector is not None:
        by_head[SHOWN] = _corrected(classifier, dataset, by_head[SHOWN], corrector)
    if dataset.missed is not None:
        for probabilities in by_head.values():
            probabilities[dataset.missed] = 0
    return by_head


def _corrected(
    classifier: Classifier, dataset: Dataset, shown: np.ndarray, corrector: Corrector
) -> np.ndarray:
    parts = []
    for start in range(0, len(dataset), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        _, features = classifier.classify_with_features(dataset.images[rows])
        found = corrector.correct(dataset.images[rows], shown[rows], features)
        # The data set has no labels of one's own.
        parts.append(found[:, : shown.shape[1]])
    return np.concatenate(parts)


def _restricted(
    probabilities: np.ndarray, labels: Sequence[str], only: Sequence[str]
) -> np.ndarray:
    """Share the probability out among some labels; rows of zeros stay."""
    missing = [label for label in only if label not in labels]
    if missing:
        raise DataError(f"the model lacks the labels {', '.join(missing)}")
    kept = np.where([label in only for label in labels], np.maximum(probabilities, TINY), 0)
    kept[~probabilities.any(axis=1)] = 0
    return np.float32(kept / np.maximum(kept.sum(axis=1, keepdims=True), TINY))


def _ferplus_result(dataset: Dataset, by_head: dict[str, np.ndarray]) -> HeadResult | None:
    if dataset.votes is None or "ferplus" not in by_head:
        return None
    truth = ferplus_majority(dataset.votes)
    counted = truth >= 0
    if not counted.any():
        return None
    return HeadResult("FER+", FERPLUS, truth[counted], by_head["ferplus"][counted])


def _on_both(main: HeadResult, dataset: Dataset) -> HeadResult | None:
    """Return the result on the data's own labels and on FER+'s majority labels together."""
    if dataset.votes is None:
        return None
    agreed = ferplus_among(main.labels, dataset.votes)
    counted = agreed >= 0
    return HeadResult(
        "both label sets",
        main.labels,
        np.concatenate([main.truth, agreed[counted]]),
        np.concatenate([main.probabilities, main.probabilities[counted]]),
    )


def _milliseconds_per_face(classifier: Classifier, images: np.ndarray) -> float:
    times = []
    for i in range(TIMED_CALLS):
        crop = images[i % len(images)][None]
        began = perf_counter()
        classifier.classify(crop)
        times.append(perf_counter() - began)
    return float(np.median(times[WARM_UP_CALLS:])) * 1e3
