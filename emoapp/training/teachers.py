"""Ask trained networks for their probabilities of the training images, for a student to learn."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import cv2
import keras
import numpy as np

from emoapp.classifiers.description import FILE_NAME, Head, ModelDescription
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.errors import DataError
from emoapp.training.batches import head_labels
from emoapp.training.dataset import Dataset
from emoapp.training.distill import SUFFIX, SoftLabels, mean_answers, read_soft_labels

BATCH_SIZE = 256

Teacher = Callable[[np.ndarray], SoftLabels]
"""Takes crops, uint8 (N, 48, 48)."""


VIEWS = (
    # (mirrored, pixels to the right, pixels down, scale)
    *((False, 0, 0, 1.0), (True, 0, 0, 1.0), (False, 2, 0, 1.0), (True, 0, 2, 1.0)),
    *((False, 0, -2, 1.0), (True, -2, 0, 1.0), (False, 0, 0, 1.07), (True, 0, 0, 0.93)),
)
"""Views of an image over which a teacher's probabilities are averaged, the most useful first."""


def view(images: np.ndarray, mirrored: bool, right: float, down: float, scale: float) -> np.ndarray:
    """Mirror, shift and scale images; the border is repeated as in alignment.

    Args:
        images: uint8 (N, S, S).
        mirrored: Whether to mirror them first.
        right: Shift to the right, pixels.
        down: Shift downwards, pixels.
        scale: Factor around the center.

    Returns:
        uint8 (N, S, S).
    """
    if mirrored:
        images = images[:, :, ::-1]
    if (right, down, scale) == (0, 0, 1.0):
        return images
    size = images.shape[1]
    middle = (size - 1) / 2 * (1 - scale)
    matrix = np.array([[scale, 0, middle + right], [0, scale, middle + down]])
    moved = [
        cv2.warpAffine(
            np.ascontiguousarray(image), matrix, (size, size), borderMode=cv2.BORDER_REPLICATE
        )
        for image in images
    ]
    return np.stack(moved)


def answers(
    teacher: Teacher,
    images: np.ndarray,
    *,
    views: int = 2,
    progress: Callable[[int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Compute a network's probabilities for each image, averaged over several views of it.

    Args:
        teacher: The network.
        images: uint8 (N, 48, 48).
        views: Number of `VIEWS` to average.
        progress: Called with the number of images done.

    Returns:
        Head -> float32 (N, K).
    """
    parts: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(images), BATCH_SIZE):
        batch = images[start : start + BATCH_SIZE]
        found = [teacher(view(batch, *chosen)) for chosen in VIEWS[:views]]
        for head, mean in mean_answers(found).items():
            parts.setdefault(head, []).append(mean)
        if progress is not None:
            progress(start + len(batch))
    return {head: np.concatenate(found) for head, found in parts.items()}


def gather(
    teachers: Sequence[Path],
    dataset: Dataset,
    *,
    views: int = 2,
    progress: Callable[[str, int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Average the probabilities of all teachers for the dataset's images.

    Args:
        teachers: Networks (`model.keras` or a folder with one; `.tflite`, which is several times
            faster) and files of soft labels (`.npz`).
        dataset: The training images.
        views: Number of `VIEWS` to average for each network.
        progress: Called with (name of the teacher, images done).

    Returns:
        Head -> float32 (N, K), for the heads that all teachers have.

    Raises:
        DataError: If a teacher can't be read or was trained on other labels, or if the teachers
            share no head with each other or with the data.
        ModelError: If an exported network is missing or damaged.
    """
    found = []
    for path in teachers:
        if path.suffix == SUFFIX:
            soft = read_soft_labels(path, dataset)
            _check_labels({head: values.shape[1] for head, values in soft.items()}, dataset, path)
        else:
            report = None if progress is None else partial(progress, str(path))
            with _opened_teacher(path, dataset) as teacher:
                soft = answers(teacher, dataset.images, views=views, progress=report)
        found.append(soft)
    mean = mean_answers(found)
    if not mean:
        raise DataError("the teachers answer different questions: they share no set of labels")
    if not mean.keys() & head_labels(dataset).keys():
        raise DataError(
            f"the teachers know the labels of {', '.join(mean)}, the data has those of "
            f"{', '.join(head_labels(dataset))}: there is nothing to learn from them"
        )
    return mean


@contextmanager
def _opened_teacher(path: Path, dataset: Dataset) -> Iterator[Teacher]:
    if path.suffix == ".tflite":
        with LiteRTClassifier(path, threads=os.cpu_count() or 1) as classifier:
            _check_names(classifier.description.heads, dataset, path)
            yield classifier.by_head
    else:
        yield _keras_teacher(path / "model.keras" if path.is_dir() else path, dataset)


def _keras_teacher(file: Path, dataset: Dataset) -> Teacher:
    try:
        model = keras.models.load_model(file, compile=False)
    except (OSError, ValueError) as exc:
        raise DataError(f"{file}: not a network to learn from ({exc})") from exc
    _check_labels({head: output.shape[-1] for head, output in model.output.items()}, dataset, file)
    description = file.with_name(FILE_NAME)
    if description.exists():
        _check_names(ModelDescription.read(description).heads, dataset, file)

    def teacher(images: np.ndarray) -> SoftLabels:
        logits = model(images, training=False)
        return {
            head: keras.ops.convert_to_numpy(keras.ops.softmax(values))
            for head, values in logits.items()
        }

    return teacher


def _check_names(heads: Sequence[Head], dataset: Dataset, source: Path) -> None:
    wanted = head_labels(dataset)
    for head in heads:
        if wanted.get(head.name, head.labels) != head.labels:
            raise DataError(
                f"{source}: knows the labels {', '.join(head.labels)}, the data has "
                f"{', '.join(wanted[head.name])}"
            )


def _check_labels(counts: Mapping[str, int], dataset: Dataset, source: Path) -> None:
    for head, labels in head_labels(dataset).items():
        if counts.get(head, len(labels)) != len(labels):
            raise DataError(
                f"{source}: speaks of {counts[head]} labels, the data has {len(labels)}: "
                f"{', '.join(labels)}"
            )
