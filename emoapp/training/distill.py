"""Knowledge distillation: train on teachers' probabilities beside the labels (Hinton et al. 2015).

The labels of FER-2013 are noisy. The mean probabilities of several networks are less so, and tell
which other expressions a face resembles. The teachers' probabilities for the training images are
written to a small file, which is all that the student needs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from emoapp.errors import DataError
from emoapp.training.dataset import Dataset
from emoapp.utils.files import write_whole
from emoapp.utils.npz import NPZ_ERRORS

SUFFIX = ".npz"

SoftLabels = Mapping[str, np.ndarray]
"""Head name -> float32 (N, K), each row a probability distribution over the head's labels."""


def mean_answers(teachers: Sequence[SoftLabels]) -> dict[str, np.ndarray]:
    """Average the teachers' probabilities.

    Args:
        teachers: Probabilities of each teacher, at least one.

    Returns:
        Head -> float32 (N, K), for the heads that all teachers have.
    """
    shared = set(teachers[0]).intersection(*teachers[1:])
    return {head: np.mean([t[head] for t in teachers], axis=0) for head in sorted(shared)}


def blend(wanted: SoftLabels, soft: SoftLabels, share: float) -> dict[str, np.ndarray]:
    """Mix the teachers' probabilities into the target distributions of the labels.

    Args:
        wanted: Targets of the labels. A row of zeros means that the label is not known; such an
            image is learned from the teachers alone.
        soft: The teachers' probabilities.
        share: Share of the teachers' probabilities, 0 to 1.

    Returns:
        Head -> float32 (N, K), for all heads of `wanted`.
    """
    mixed = {}
    for head, labels in wanted.items():
        if head not in soft:
            mixed[head] = labels
            continue
        known = labels.sum(axis=1, keepdims=True) > 0
        both = (1 - share) * labels + share * soft[head]
        mixed[head] = np.where(known, both, soft[head]).astype(np.float32)
    return mixed


def write_soft_labels(path: Path, soft: SoftLabels, dataset: Dataset) -> None:
    """Write soft labels in half precision: two bytes a label and image.

    Args:
        path: File to write.
        soft: The soft labels.
        dataset: The images that they belong to; the file can be read with the same images only.
    """
    arrays = {head: values.astype(np.float16) for head, values in soft.items()}
    arrays["of_images"] = np.array(_fingerprint(dataset))

    save: Callable[..., None] = np.savez_compressed

    def write(half: Path) -> None:
        with half.open("wb") as file:
            save(file, **arrays)

    write_whole(path, write)


def read_soft_labels(path: Path, dataset: Dataset) -> dict[str, np.ndarray]:
    """Read soft labels.

    Args:
        path: File that `write_soft_labels` wrote.
        dataset: The images that they belong to.

    Returns:
        Head -> float32 (N, K).

    Raises:
        DataError: If the file can't be read or belongs to other images.
    """
    try:
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
    except NPZ_ERRORS as exc:
        raise DataError(f"{path}: not a file of soft labels ({exc})") from exc
    of_images = str(arrays.pop("of_images", ""))
    if of_images != _fingerprint(dataset):
        raise DataError(
            f"{path}: was made for other training images; make it again with: emoapp distill "
            "--teachers and the teachers' networks"
        )
    return {head: values.astype(np.float32) for head, values in arrays.items()}


def _fingerprint(dataset: Dataset) -> str:
    return hashlib.sha256(np.ascontiguousarray(dataset.images).reshape(-1).data).hexdigest()
