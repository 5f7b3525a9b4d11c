"""Knowledge distillation: train on teachers' probabilities beside the labels (Hinton et al. 2015).

The labels of FER-2013 are noisy. The mean probabilities of several networks are less so, and tell
which other expressions a face resembles. The teachers' probabilities for the training images are
written to a small file, which is all that the student needs.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import keras
import numpy as np

from emoapp.classifiers.description import FILE_NAME, ModelDescription
from emoapp.errors import DataError
from emoapp.training.batches import head_labels
from emoapp.training.dataset import Dataset
from emoapp.utils.files import write_whole

BATCH_SIZE = 256
SUFFIX = ".npz"

SoftLabels = Mapping[str, np.ndarray]
"""Head name -> float32 (N, K), each row a probability distribution over the head's labels."""


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
    model: keras.Model,
    images: np.ndarray,
    *,
    views: int = 2,
    progress: Callable[[int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Compute a network's probabilities for each image, averaged over several views of it.

    Args:
        model: Returns logits by head (see `model.build_model`).
        images: uint8 (N, 48, 48).
        views: Number of `VIEWS` to average.
        progress: Called with the number of images done.

    Returns:
        Head -> float32 (N, K).
    """
    parts: dict[str, list[np.ndarray]] = {}
    for start in range(0, len(images), BATCH_SIZE):
        batch = images[start : start + BATCH_SIZE]
        logits = [model(view(batch, *chosen), training=False) for chosen in VIEWS[:views]]
        for head in logits[0]:
            found = [keras.ops.convert_to_numpy(keras.ops.softmax(one[head])) for one in logits]
            parts.setdefault(head, []).append(np.mean(found, axis=0))
        if progress is not None:
            progress(start + len(batch))
    return {head: np.concatenate(found) for head, found in parts.items()}


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
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as exc:
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


def gather(
    teachers: Sequence[Path],
    dataset: Dataset,
    *,
    views: int = 2,
    progress: Callable[[str, int], None] | None = None,
) -> dict[str, np.ndarray]:
    """Average the probabilities of all teachers for the dataset's images.

    Args:
        teachers: Networks (`model.keras`, or a folder with one) and files of soft labels (`.npz`).
        dataset: The training images.
        views: Number of `VIEWS` to average for each network.
        progress: Called with (name of the teacher, images done).

    Returns:
        Head -> float32 (N, K), for the heads that all teachers have.

    Raises:
        DataError: If a teacher can't be read or was trained on other labels, or if the teachers
            share no head.
    """
    found = []
    for path in teachers:
        if path.suffix == SUFFIX:
            soft = read_soft_labels(path, dataset)
            _check_labels({head: values.shape[1] for head, values in soft.items()}, dataset, path)
        else:
            model = _load_teacher(path / "model.keras" if path.is_dir() else path, dataset)
            report = None if progress is None else partial(progress, str(path))
            soft = answers(model, dataset.images, views=views, progress=report)
        found.append(soft)
    mean = mean_answers(found)
    if not mean:
        raise DataError("the teachers answer different questions: they share no set of labels")
    return mean


def _load_teacher(file: Path, dataset: Dataset) -> keras.Model:
    try:
        model = keras.models.load_model(file, compile=False)
    except (OSError, ValueError) as exc:
        raise DataError(f"{file}: not a network to learn from ({exc})") from exc
    _check_labels({head: output.shape[-1] for head, output in model.output.items()}, dataset, file)
    description = file.with_name(FILE_NAME)
    if description.exists():
        wanted = head_labels(dataset)
        for head in ModelDescription.read(description).heads:
            if wanted.get(head.name, head.labels) != head.labels:
                raise DataError(
                    f"{file}: knows the labels {', '.join(head.labels)}, the data has "
                    f"{', '.join(wanted[head.name])}"
                )
    return model


def _check_labels(counts: Mapping[str, int], dataset: Dataset, source: Path) -> None:
    for head, labels in head_labels(dataset).items():
        if counts.get(head, len(labels)) != len(labels):
            raise DataError(
                f"{source}: speaks of {counts[head]} labels, the data has {len(labels)}: "
                f"{', '.join(labels)}"
            )
