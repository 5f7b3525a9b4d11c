"""Write the results of a training run: the model in both formats, its description, its report."""

from __future__ import annotations

import os
import platform
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

import emoapp
from emoapp.classifiers.description import FILE_NAME, Head, ModelDescription, sha256_of
from emoapp.classifiers.litert import LiteRTClassifier
from emoapp.errors import DataError
from emoapp.labels import EMOTIONS
from emoapp.training.batches import head_labels
from emoapp.training.calibrate import calibrate_heads, calibrate_shown, measure_frequencies
from emoapp.training.config import HISTORY_FILE
from emoapp.training.dataset import Dataset, ferplus_majority
from emoapp.training.evaluate import evaluate
from emoapp.training.export import write_tflite
from emoapp.training.report import write_curves, write_report
from emoapp.training.results import Evaluation
from emoapp.utils.files import already_there
from emoapp.utils.outputs import check_outputs

KERAS_FILE, TFLITE_FILE = "model.keras", "emotion.tflite"

KERNEL_BITS, VECTOR_BITS = 6, 11
"""Significant bits of the weights in the `.keras` file. Six bits change a kernel's weights by 0.7%
(root mean square); int8 changes a typical weight by about 1%."""

MAX_SAMPLES = 500
"""Representative crops for the export."""


def check_model_folder(
    output: Path,
    inputs: Iterable[Path | None],
    *,
    others: Iterable[str] = (),
    overwrite: bool = False,
    restart: bool = False,
) -> None:
    """Check that a model can be written into a folder.

    Args:
        output: The folder.
        inputs: Files and folders that are read, which must not be replaced; None for none.
        others: Names of other files that are to be written there.
        overwrite: Replace a model or a training run that is there.
        restart: Replace a training run that is there, but no model.

    Raises:
        UsageError: If an input would be replaced.
        OutputExistsError: If a model or a training run is there that must not be replaced.
    """
    models = KERAS_FILE, TFLITE_FILE, FILE_NAME
    check_outputs([output / name for name in (*models, *others)], inputs)
    if not overwrite:
        for name in models if restart else (*models, *others, HISTORY_FILE):
            if os.path.lexists(output / name):
                raise already_there(output / name)


def write_artifacts(
    model: keras.Model,
    validation: Dataset,
    output: Path,
    *,
    made: dict[str, Any],
    precision: str = "int8",
    report: bool = True,
    test: Dataset | None = None,
    photographs: Dataset | None = None,
) -> Evaluation:
    """Write a model with its description and report, and evaluate the exported file.

    Args:
        model: The trained network.
        validation: Fits the temperatures.
        output: Folder to write into.
        made: What the model was made of (data, settings), for the description.
        precision: One of `export.PRECISIONS`.
        report: Write plots and tables beside the model too.
        test: Is evaluated too; None where there is only the validation split.
        photographs: Crops that were found in photographs (`photos.cut_again`), on which the shown
            probabilities are calibrated; None to calibrate on `validation` alone.

    Returns:
        The figures on the test split, or on the validation split without one.

    Raises:
        DataError: If the model and the data have different labels.
    """
    heads = head_labels(validation)
    _check_heads(model, heads)
    output.mkdir(parents=True, exist_ok=True)
    save_compact(model, output / KERAS_FILE)
    samples = validation.images[:MAX_SAMPLES]
    write_tflite(output / TFLITE_FILE, model, list(heads), precision=precision, samples=samples)
    made = {
        **made,
        "precision": precision,
        "parameters": model.count_params(),
        "versions": versions(),
    }
    description = ModelDescription(
        labels=EMOTIONS if "fer2013" in heads else validation.names,
        heads=tuple(Head(name, labels) for name, labels in heads.items()),
        sha256={name: sha256_of(output / name) for name in (KERAS_FILE, TFLITE_FILE)},
        made=made,
    )
    description = _calibrate(description, output, validation, photographs)
    evaluation, metrics = _evaluate(output, validation, test)
    replace(description, made={**made, "metrics": metrics}).write(output / FILE_NAME)
    if report:
        write_report(evaluation, output)
        if (output / HISTORY_FILE).exists():
            write_curves(output / HISTORY_FILE, output)
    return evaluation


def _calibrate(
    description: ModelDescription, folder: Path, validation: Dataset, photographs: Dataset | None
) -> ModelDescription:
    """Calibrate the exported file; write its description and return it.

    Not the network that it came from: quantization changes the logits.
    """
    description.write(folder / FILE_NAME)
    by_head = _by_head(folder, validation.images)
    description = calibrate_heads(description, by_head, _head_truth(validation))
    description.write(folder / FILE_NAME)
    if len(description.heads) > 1:
        description = measure_frequencies(description, _by_head(folder, validation.images))
        description.write(folder / FILE_NAME)
    if photographs is not None:
        found = photographs.with_face()
        with LiteRTClassifier(folder) as classifier:
            shown = classifier.classify(found.images)
        description = calibrate_shown(description, shown, found)
        description.write(folder / FILE_NAME)
    return description


def _by_head(folder: Path, images: np.ndarray) -> dict[str, np.ndarray]:
    """Return the probabilities of each head of the model in a folder, as it is described there."""
    with LiteRTClassifier(folder) as classifier:
        return classifier.by_head(images)


def _head_truth(dataset: Dataset) -> dict[str, np.ndarray]:
    """Return the true labels of each head: int64 (N,), -1 for an image that does not count."""
    first, *_ = head_labels(dataset)
    truth = {first: dataset.labels}
    if dataset.votes is not None:
        truth["ferplus"] = ferplus_majority(dataset.votes)
    return truth


def _evaluate(
    folder: Path, validation: Dataset, test: Dataset | None
) -> tuple[Evaluation, dict[str, dict]]:
    """Return the figures on the last existing split, and those on all splits by name."""
    with LiteRTClassifier(folder) as classifier:
        evaluation = evaluate(classifier, validation)
        metrics = {"validation": evaluation.as_dict()}
        if test is not None:
            evaluation = evaluate(classifier, test)
            metrics["test"] = evaluation.as_dict()
    return evaluation, metrics


def save_compact(model: keras.Model, path: Path) -> None:
    """Write a `.keras` file of a third of the usual size.

    The kernels are rounded to a few significant bits, and the file is compressed. They remain
    float32, so that nothing else changes. Vectors, which are few, keep the eleven bits of half
    precision.

    Args:
        model: Is not changed.
        path: File to write.
    """
    rounded = keras.models.clone_model(model)
    rounded.set_weights([_rounded(weight) for weight in model.get_weights()])
    half = path.with_name(f"half.{path.name}")
    rounded.save(half)
    with (
        zipfile.ZipFile(half) as loose,
        zipfile.ZipFile(path, "w", compression=zipfile.ZIP_LZMA) as compact,
    ):
        for name in loose.namelist():
            compact.writestr(name, loose.read(name))
    half.unlink()


def _rounded(weight: np.ndarray) -> np.ndarray:
    """Round to a few significant bits, so that the zeros behind them compress: float32."""
    fraction, exponent = np.frexp(weight)
    bits = KERNEL_BITS if weight.ndim > 1 else VECTOR_BITS
    return np.ldexp(np.round(np.ldexp(fraction, bits)), exponent - bits).astype(np.float32)


def _check_heads(model: keras.Model, heads: Mapping[str, tuple[str, ...]]) -> None:
    found = {head: output.shape[-1] for head, output in model.output.items()}
    if found != {head: len(labels) for head, labels in heads.items()}:
        raise DataError(
            f"the data has the labels {', '.join(next(iter(heads.values())))} for the heads "
            f"{', '.join(heads)}, the network has the heads {', '.join(found)}; it must be the "
            "data that the network was trained on"
        )


def versions() -> dict[str, str]:
    """Return the versions of what a model depends on, by name."""
    from importlib.metadata import version

    backend = keras.backend.backend()
    return {
        "emoapp": emoapp.__version__,
        "python": platform.python_version(),
        "keras": keras.__version__,
        backend: version(backend),
        "numpy": np.__version__,
    }
